"""Credentials outside of calls: what a token says, and signing for HTTP clients of the user's own."""

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
NEXT = StubResponse(body=TOKEN.body.replace(b"t0", b"t1"))
DENIED = StubResponse(401, b'{"fault":{"faultstring":"Invalid access token"}}')
PLAIN = StubResponse(body=b'{"plain":true}')


@contextmanager
def suite(*answers: StubResponse) -> Generator[tuple[Origin, xcaas.XCaaS]]:
    with serving(*answers) as origin:
        credentials = xcaas.ClientCredentials("id", "s3cret")
        with xcaas.XCaaS(base_url=origin.url, credentials=credentials) as client:
            yield origin, client


def test_a_token_says_what_it_opens() -> None:
    with suite(TOKEN) as (origin, client):
        assert client.token_info().products == ("storage", "QM - API")
        assert client.token_info().lifetime == 1799
    assert [seen.path for seen in origin.seen] == ["/oauth/v2/token"]


def test_a_token_says_so_to_async_clients() -> None:
    async def main() -> None:
        with serving(TOKEN) as origin:
            credentials = xcaas.ClientCredentials("id", "s3cret")
            async with xcaas.AsyncXCaaS(base_url=origin.url, credentials=credentials) as client:
                assert (await client.token_info()).products == ("storage", "QM - API")

    asyncio.run(main())


def test_without_a_token_there_is_nothing_to_tell() -> None:
    with Shop() as client, pytest.raises(MissingCredentialsError):
        client.token_info()


def test_a_users_own_http_client_signs_with_our_credentials(library: str) -> None:
    with suite(TOKEN, PLAIN) as (origin, client), import_module(library).Client() as http:
        auth = client.http_auth(client.storage)
        for _ in range(2):
            assert http.get(f"{origin.url}/storage/us-west/v3/anything", auth=auth).json() == {"plain": True}
    token, first, second = origin.seen
    assert token.path == "/oauth/v2/token"
    assert first.headers["authorization"] == second.headers["authorization"] == "Bearer t0"


def test_a_refused_token_is_replaced_once(library: str) -> None:
    with suite(TOKEN, DENIED, NEXT, PLAIN) as (origin, client), import_module(library).Client() as http:
        auth = client.http_auth(client.storage)
        assert http.post(f"{origin.url}/x", auth=auth, content=b"body").json() == {"plain": True}
    assert [seen.headers.get("authorization") for seen in origin.seen[1::2]] == ["Bearer t0", "Bearer t1"]
    assert [seen.body for seen in origin.seen[1::2]] == [b"body", b"body"]


def test_a_body_that_is_gone_is_not_sent_again(library: str) -> None:
    with suite(TOKEN, DENIED) as (origin, client), import_module(library).Client() as http:
        answer = http.post(f"{origin.url}/x", auth=client.http_auth(client.storage), content=iter([b"body"]))
        assert answer.status_code == 401
    assert len(origin.seen) == 2


class Watch:
    """A hook that notes the requests for tokens."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int | None]] = []

    def before(self, event: xcaas.AttemptEvent) -> None: ...

    def after(self, event: xcaas.AttemptEvent) -> None: ...

    def before_token(self, event: xcaas.TokenEvent) -> None:
        assert event.attempt is None

    def after_token(self, event: xcaas.TokenEvent) -> None:
        self.told.append((event.product, event.number, event.status))


def test_hooks_see_the_tokens_that_are_asked_for_to_sign(library: str) -> None:
    watch = Watch()
    with suite(TOKEN, DENIED, NEXT, PLAIN) as (origin, client), import_module(library).Client() as http:
        auth = client.with_options(hooks=[watch]).http_auth(client.storage)
        assert http.get(f"{origin.url}/storage/us-west/v3/anything", auth=auth).json() == {"plain": True}
    assert watch.told == [("storage", 1, 200), ("storage", 1, 200)]


def test_other_servers_and_signed_requests_are_left_alone(library: str) -> None:
    with suite(TOKEN) as (_, client), serving(PLAIN) as other, import_module(library).Client() as http:
        auth = client.http_auth(client.storage)
        http.get(f"{other.url}/x", auth=auth)
        assert "authorization" not in other.seen[0].headers
        http.get(f"{other.url}/x", auth=auth, headers={"authorization": "mine"})
        assert other.seen[1].headers["authorization"] == "mine"


def test_async_http_clients_sign_with_async_credentials(library: str) -> None:
    async def main() -> None:
        with serving(TOKEN, DENIED, NEXT, PLAIN) as origin:
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


def test_blocking_credentials_do_not_sign_for_async_clients(library: str) -> None:
    async def main() -> None:
        with suite(TOKEN) as (origin, client):
            async with import_module(library).AsyncClient() as http:
                with pytest.raises(ConfigurationError, match="blocking client"):
                    await http.get(f"{origin.url}/x", auth=client.http_auth(client.storage))

    asyncio.run(main())


def test_only_products_have_credentials_to_sign_with() -> None:
    wrong: Any = "storage"
    with Shop() as client:
        for given in (client.shop, wrong):
            with pytest.raises(ConfigurationError, match="not the client of a product"):
                client.http_auth(given)


def test_a_users_own_auth_signs_our_calls(library: str) -> None:
    own = import_module(library).BasicAuth("user", "word")
    with serving(PLAIN) as origin, import_module(library).Client() as http:
        Shop(base_url=origin.url, http_client=http, auth=own).items.secret()
        with import_module(library).Client(auth=own) as signed:
            Shop(base_url=origin.url, http_client=signed).items.secret()
    assert [seen.headers["authorization"].split()[0] for seen in origin.seen] == ["Basic", "Basic"]


def test_what_signs_shows_where_and_not_with_what() -> None:
    with suite(TOKEN, PLAIN) as (origin, client), import_module("httpx").Client() as http:
        auth = client.http_auth(client.storage)
        http.get(f"{origin.url}/storage/us-west/v3/anything", auth=auth)
        assert repr(auth) == f"<HttpAuth for {origin.url}/storage/us-west/v3>"
