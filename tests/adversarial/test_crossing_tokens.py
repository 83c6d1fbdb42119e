"""A server cannot inject the token of later calls."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, own_client, run_async
from tests.adversarial.raw_server import Piece, RawServer, Request, json, respond, serving

ATTACKERS = respond(b'{"access_token":"ATTACKERS","token_type":"BearerToken","expires_in":"3600"}')
UNAUTHORIZED = json("no", 401)


def script(*, first: bytes, after_tokens: bytes = b"") -> Callable[[Request], list[Piece]]:
    """Send `first` to the first call, and correct responses afterwards. Each token is different."""
    first_responses = [first]
    numbers = count(1)

    def respond_to(request: Request) -> list[Piece]:
        if request.id == "token":
            token = b'{"access_token":"good-%d","token_type":"BearerToken","expires_in":"3600"}' % next(numbers)
            return [respond(token) + after_tokens]
        return [first_responses.pop() if first_responses else json(request.id)]

    return respond_to


def call(kind: str, library: str, url: str, *ids: str) -> list[str | None]:
    """Return the ids of the objects returned for these ids."""
    options: dict[str, Any] = {"http_library": library}
    if kind.startswith("own"):
        options = {"http_client": own_client(kind, library)}
    options |= {"base_url": url, "credentials": xcaas.ClientCredentials("id", "secret"), "retries": 0}
    if "blocking" in kind:
        with xcaas.XCaaS(**options) as client:
            received: list[str | None] = [client.storage.objects.get(id).id for id in ids]
        if "http_client" in options:
            options["http_client"].close()
        return received

    async def main() -> list[str | None]:
        async with xcaas.AsyncXCaaS(**options) as client:
            received: list[str | None] = [(await client.storage.objects.get(id)).id for id in ids]
        if "http_client" in options:
            await options["http_client"].aclose()
        return received

    results: list[str | None] = run_async(kind, main)
    return results


def tokens(server: RawServer) -> list[str]:
    """Return the authorization headers of calls."""
    return [request.headers.get("authorization", "") for request in server.requests if request.id != "token"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_data_after_a_401_is_not_read_as_a_token(kind: str, library: str) -> None:
    with serving(script(first=UNAUTHORIZED + ATTACKERS)) as server:
        assert call(kind, library, server.url, "a", "b", "c") == ["a", "b", "c"]
        assert tokens(server) == ["Bearer good-1", *["Bearer good-2"] * 3]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extra", [ATTACKERS, json("EVIL"), ATTACKERS[:40]], ids=["token", "item", "half a head"])
def test_data_after_a_token_response_is_not_read_by_calls(extra: bytes, kind: str, library: str) -> None:
    with serving(script(first=UNAUTHORIZED, after_tokens=extra)) as server:
        assert call(kind, library, server.url, "a", "b", "c") == ["a", "b", "c"]
        assert tokens(server) == ["Bearer good-1", *["Bearer good-2"] * 3]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("blocking", [True, False])
def test_http_auth_of_a_users_client_does_not_read_extra_data(blocking: bool, library: str) -> None:
    """It repeats a rejected request, on a connection that must hold no data."""
    module = import_module(library)

    async def main(url: str, credentials: xcaas.ClientCredentials) -> Any:
        async with (
            xcaas.AsyncXCaaS(base_url=url, credentials=credentials) as client,
            module.AsyncClient() as http_client,
        ):
            auth = client.http_auth(client.storage)
            return [(await http_client.get(f"{url}/storage/{id}", auth=auth)).json()["id"] for id in "abc"]

    with serving(script(first=UNAUTHORIZED + json("EVIL"))) as server:
        credentials = xcaas.ClientCredentials("id", "secret")
        if blocking:
            with xcaas.XCaaS(base_url=server.url, credentials=credentials) as client, module.Client() as http_client:
                auth = client.http_auth(client.storage)
                ids = [http_client.get(f"{server.url}/storage/{id}", auth=auth).json()["id"] for id in "abc"]
        else:
            ids = run_async("asyncio", lambda: main(server.url, credentials))
        assert ids == ["a", "b", "c"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_users_client_with_http_auth_does_not_read_extra_data(library: str) -> None:
    """Its `auth` works with both libraries."""
    credentials = xcaas.ClientCredentials("id", "secret")
    with (
        serving(script(first=UNAUTHORIZED + json("EVIL"))) as server,
        import_module(library).Client() as http_client,
        xcaas.XCaaS(base_url=server.url, credentials=credentials) as token_client,
    ):
        http_client.auth = token_client.http_auth(token_client.storage)
        with xcaas.XCaaS(base_url=server.url, http_client=http_client) as client:
            assert [client.storage.objects.get(id).id for id in "abc"] == ["a", "b", "c"]
