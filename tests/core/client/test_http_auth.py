"""Credentials outside of calls: token details, and `http_auth` for users' own HTTP clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest

import xcaas
from tests.support.origin import Origin, StubResponse, serving
from tests.support.shop import Shop
from xcaas_core import ConfigurationError, MissingCredentialsError

TOKEN = StubResponse(
    body=json.dumps(
        {
            "access_token": "t0",
            "token_type": "BearerToken",
            "expires_in": "1799",
            "api_product_list_json": ["storage", "QM - API"],
        }
    ).encode()
)
NEXT_TOKEN = StubResponse(body=TOKEN.body.replace(b"t0", b"t1"))
UNAUTHORIZED = StubResponse(401, b'{"fault":{"faultstring":"Invalid access token"}}')
OK = StubResponse(body=b'{"plain":true}')


@contextmanager
def client_for(*responses: StubResponse) -> Generator[tuple[Origin, xcaas.XCaaS]]:
    with serving(*responses) as origin:
        credentials = xcaas.ClientCredentials("id", "s3cret")
        with xcaas.XCaaS(base_url=origin.url, credentials=credentials) as client:
            yield origin, client


def test_token_info_returns_products_and_lifetime() -> None:
    with client_for(TOKEN) as (origin, client):
        assert client.token_info().products == ("storage", "QM - API")
        assert client.token_info().lifetime == 1799
    assert [seen.path for seen in origin.seen] == ["/oauth/v2/token"]


def test_token_info_of_an_async_client_returns_products() -> None:
    async def main() -> None:
        with serving(TOKEN) as origin:
            credentials = xcaas.ClientCredentials("id", "s3cret")
            async with xcaas.AsyncXCaaS(base_url=origin.url, credentials=credentials) as client:
                assert (await client.token_info()).products == ("storage", "QM - API")

    asyncio.run(main())


def test_token_info_raises_without_token_credentials() -> None:
    with Shop() as client, pytest.raises(MissingCredentialsError):
        client.token_info()


def test_http_auth_adds_the_clients_token(library: str) -> None:
    with client_for(TOKEN, OK) as (origin, client), import_module(library).Client() as http:
        auth = client.http_auth(client.storage)
        for _ in range(2):
            assert http.get(f"{origin.url}/storage/us-west/v3/anything", auth=auth).json() == {"plain": True}
    token, first, second = origin.seen
    assert token.path == "/oauth/v2/token"
    assert first.headers["authorization"] == second.headers["authorization"] == "Bearer t0"


def test_http_auth_replaces_a_rejected_token_once(library: str) -> None:
    with client_for(TOKEN, UNAUTHORIZED, NEXT_TOKEN, OK) as (origin, client), import_module(library).Client() as http:
        auth = client.http_auth(client.storage)
        assert http.post(f"{origin.url}/x", auth=auth, content=b"body").json() == {"plain": True}
    assert [seen.headers.get("authorization") for seen in origin.seen[1::2]] == ["Bearer t0", "Bearer t1"]
    assert [seen.body for seen in origin.seen[1::2]] == [b"body", b"body"]


def test_http_auth_does_not_repeat_a_streamed_body(library: str) -> None:
    with client_for(TOKEN, UNAUTHORIZED) as (origin, client), import_module(library).Client() as http:
        response = http.post(f"{origin.url}/x", auth=client.http_auth(client.storage), content=iter([b"body"]))
        assert response.status_code == 401
    assert len(origin.seen) == 2


class TokenRecorder:
    """A hook that records token requests."""

    def __init__(self) -> None:
        self.tokens: list[tuple[str, int, int | None]] = []

    def before(self, event: xcaas.AttemptEvent) -> None: ...

    def after(self, event: xcaas.AttemptEvent) -> None: ...

    def before_token(self, event: xcaas.TokenEvent) -> None:
        assert event.attempt is None

    def after_token(self, event: xcaas.TokenEvent) -> None:
        self.tokens.append((event.product, event.number, event.status))


def test_hooks_see_token_requests_of_http_auth(library: str) -> None:
    recorder = TokenRecorder()
    with client_for(TOKEN, UNAUTHORIZED, NEXT_TOKEN, OK) as (origin, client), import_module(library).Client() as http:
        auth = client.with_options(hooks=[recorder]).http_auth(client.storage)
        assert http.get(f"{origin.url}/storage/us-west/v3/anything", auth=auth).json() == {"plain": True}
    assert recorder.tokens == [("storage", 1, 200), ("storage", 1, 200)]


def test_http_auth_ignores_other_servers_and_own_authorization_headers(library: str) -> None:
    with client_for(TOKEN) as (_, client), serving(OK) as other, import_module(library).Client() as http:
        auth = client.http_auth(client.storage)
        http.get(f"{other.url}/x", auth=auth)
        assert "authorization" not in other.seen[0].headers
        http.get(f"{other.url}/x", auth=auth, headers={"authorization": "mine"})
        assert other.seen[1].headers["authorization"] == "mine"


def test_http_auth_of_an_async_client_works_in_async_http_clients_only(library: str) -> None:
    async def main() -> None:
        with serving(TOKEN, UNAUTHORIZED, NEXT_TOKEN, OK) as origin:
            credentials = xcaas.ClientCredentials("id", "s3cret")
            async with (
                xcaas.AsyncXCaaS(base_url=origin.url, credentials=credentials) as client,
                import_module(library).AsyncClient() as http,
            ):
                auth = client.http_auth(client.storage)
                assert (await http.get(f"{origin.url}/x", auth=auth)).json() == {"plain": True}
                with import_module(library).Client() as blocking, pytest.raises(ConfigurationError, match="async"):
                    blocking.get(f"{origin.url}/x", auth=auth)
        assert origin.seen[3].headers["authorization"] == "Bearer t1"

    asyncio.run(main())


def test_http_auth_of_a_blocking_client_raises_in_async_http_clients(library: str) -> None:
    async def main() -> None:
        with client_for(TOKEN) as (origin, client):
            async with import_module(library).AsyncClient() as http:
                with pytest.raises(ConfigurationError, match="blocking client"):
                    await http.get(f"{origin.url}/x", auth=client.http_auth(client.storage))

    asyncio.run(main())


def test_http_auth_takes_products_only() -> None:
    name: Any = "storage"
    with Shop() as client:
        for argument in (client.shop, name):
            with pytest.raises(ConfigurationError, match="not the client of a product"):
                client.http_auth(argument)


def test_calls_are_signed_by_a_users_auth_object(library: str) -> None:
    auth = import_module(library).BasicAuth("user", "word")
    with serving(OK) as origin, import_module(library).Client() as http:
        Shop(base_url=origin.url, http_client=http, auth=auth).items.secret()
        with import_module(library).Client(auth=auth) as http_with_auth:
            Shop(base_url=origin.url, http_client=http_with_auth).items.secret()
    assert [seen.headers["authorization"].split()[0] for seen in origin.seen] == ["Basic", "Basic"]


def test_the_repr_of_http_auth_shows_servers_but_no_secrets() -> None:
    with client_for(TOKEN, OK) as (origin, client), import_module("httpx").Client() as http:
        auth = client.http_auth(client.storage)
        http.get(f"{origin.url}/storage/us-west/v3/anything", auth=auth)
        assert repr(auth) == f"<HttpAuth for {origin.url}/storage/us-west/v3>"
