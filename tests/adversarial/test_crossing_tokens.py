"""No server that is called gets to choose the token that later calls carry."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, own_client, run_async
from tests.adversarial.raw_server import Asked, Piece, RawServer, json, respond, serving

ATTACKERS = respond(b'{"access_token":"ATTACKERS","token_type":"BearerToken","expires_in":"3600"}')
REFUSED = json("no", 401)


def script(*, first: bytes, behind_tokens: bytes = b"") -> Callable[[Asked], list[Piece]]:
    """Answers the first call with `first`, and all else as it should be: each token is another."""
    left = [first]
    serial = count(1)

    def answer(asked: Asked) -> list[Piece]:
        if asked.id == "token":
            token = b'{"access_token":"good-%d","token_type":"BearerToken","expires_in":"3600"}' % next(serial)
            return [respond(token) + behind_tokens]
        return [left.pop() if left else json(asked.id)]

    return answer


def call(kind: str, library: str, url: str, *ids: str) -> list[str | None]:
    """The ids of what is got under these ids."""
    given: dict[str, Any] = {"http_library": library}
    if kind.startswith("own"):
        given = {"http_client": own_client(kind, library)}
    given |= {"base_url": url, "credentials": xcaas.ClientCredentials("id", "secret"), "retries": 0}
    if "blocking" in kind:
        with xcaas.XCaaS(**given) as client:
            found: list[str | None] = [client.storage.objects.get(id).id for id in ids]
        if "http_client" in given:
            given["http_client"].close()
        return found

    async def main() -> list[str | None]:
        async with xcaas.AsyncXCaaS(**given) as client:
            found: list[str | None] = [(await client.storage.objects.get(id)).id for id in ids]
        if "http_client" in given:
            await given["http_client"].aclose()
        return found

    awaited: list[str | None] = run_async(kind, main)
    return awaited


def tokens(server: RawServer) -> list[str]:
    """What calls carried."""
    return [asked.headers.get("authorization", "") for asked in server.asked if asked.id != "token"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_lies_behind_a_401_is_no_token(kind: str, library: str) -> None:
    with serving(script(first=REFUSED + ATTACKERS)) as server:
        assert call(kind, library, server.url, "a", "b", "c") == ["a", "b", "c"]
        assert tokens(server) == ["Bearer good-1", *["Bearer good-2"] * 3]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("left", [ATTACKERS, json("EVIL"), ATTACKERS[:40]], ids=["token", "item", "half a head"])
def test_what_lies_behind_a_token_is_no_answer(left: bytes, kind: str, library: str) -> None:
    with serving(script(first=REFUSED, behind_tokens=left)) as server:
        assert call(kind, library, server.url, "a", "b", "c") == ["a", "b", "c"]
        assert tokens(server) == ["Bearer good-1", *["Bearer good-2"] * 3]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("blocking", [True, False])
def test_an_http_client_that_signs_with_the_clients_credentials(blocking: bool, library: str) -> None:
    """It sends a refused request again, on a connection that must hold nothing."""
    module = import_module(library)

    async def main(url: str, credentials: xcaas.ClientCredentials) -> Any:
        async with xcaas.AsyncXCaaS(base_url=url, credentials=credentials) as client, module.AsyncClient() as own:
            auth = client.http_auth(client.storage)
            return [(await own.get(f"{url}/storage/{id}", auth=auth)).json()["id"] for id in "abc"]

    with serving(script(first=REFUSED + json("EVIL"))) as server:
        credentials = xcaas.ClientCredentials("id", "secret")
        if blocking:
            with xcaas.XCaaS(base_url=server.url, credentials=credentials) as client, module.Client() as own:
                auth = client.http_auth(client.storage)
                found = [own.get(f"{server.url}/storage/{id}", auth=auth).json()["id"] for id in "abc"]
        else:
            found = run_async("asyncio", lambda: main(server.url, credentials))
        assert found == ["a", "b", "c"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_http_client_that_signs_and_is_called_through(library: str) -> None:
    """Its `auth` is one of every library."""
    credentials = xcaas.ClientCredentials("id", "secret")
    with (
        serving(script(first=REFUSED + json("EVIL"))) as server,
        import_module(library).Client() as own,
        xcaas.XCaaS(base_url=server.url, credentials=credentials) as signing,
    ):
        own.auth = signing.http_auth(signing.storage)
        with xcaas.XCaaS(base_url=server.url, http_client=own) as client:
            assert [client.storage.objects.get(id).id for id in "abc"] == ["a", "b", "c"]
