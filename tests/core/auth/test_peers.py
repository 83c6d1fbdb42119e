"""Mistakes of other libraries. Each test would fail with that library's approach."""

from __future__ import annotations

import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.credentials import World, request, text_of
from tests.support.sample_client import Client
from tests.support.simulation import FakeResponse, TokenEndpoint
from tests.support.token_server import Service, StubResponse, TokenServer
from xcaas_core import ApiKey, ClientCredentials, MemoryTokenCache
from xcaas_core._errors import AuthenticationError, RedirectError


def test_httpx_auth_waiting_callers_share_one_fetch() -> None:
    """Without a second check inside the lock, waiting callers fetch one after another."""
    world = World(TokenEndpoint(latency=0.5))
    tasks = [world.simulation.start(world.acquire(), after=index * 0.001) for index in range(100)]
    world.simulation.run()
    assert world.endpoint.requests == 1
    assert max(task.finished_at for task in tasks) <= 1000.6, "no caller waits for a second request"


def test_authlib_short_lived_clients_share_a_lock_and_a_token() -> None:
    credentials = ClientCredentials("id", "secret")
    cache = MemoryTokenCache()
    with TokenServer() as server:
        server.service.latency = 0.2

        def call_with_shared_credentials(_: int) -> object:
            with Client(credentials=credentials, base_url=server.url) as client:
                return client.sample.get()

        def call_with_new_credentials(_: int) -> object:
            new_credentials = ClientCredentials("id", "secret", cache=cache)
            with Client(credentials=new_credentials, base_url=server.url) as client:
                return client.sample.get()

        with ThreadPoolExecutor(20) as pool:
            assert list(pool.map(call_with_shared_credentials, range(20))) == [{"ok": True}] * 20
            assert server.service.token_requests == 1
            assert list(pool.map(call_with_new_credentials, range(20))) == [{"ok": True}] * 20
            assert server.service.token_requests == 2


def test_google_auth_no_stampede_at_each_expiry() -> None:
    world = World(TokenEndpoint(lifetime="60", latency=0.5))
    for _ in range(10):
        for _ in range(100):
            world.simulation.start(world.acquire())
        world.simulation.run()
        world.clock.advance(61)
    assert world.endpoint.requests == 10


def test_botocore_windows_longer_than_a_tokens_life_do_not_renew_at_every_call() -> None:
    world = World(TokenEndpoint(lifetime="60", latency=0.0))  # the default windows are 300 s and 30 s
    for _ in range(40):
        world.token()
        world.clock.advance(1)
    assert world.endpoint.requests == 1


def test_msal_and_azure_identity_many_threads_fetch_one_token() -> None:
    with TokenServer() as server:
        server.service.latency = 0.3
        with (
            Client(credentials=ClientCredentials("id", "secret"), base_url=server.url) as client,
            ThreadPoolExecutor(50) as pool,
        ):
            results = [future.result(30) for future in [pool.submit(client.sample.get) for _ in range(50)]]
        assert results == [{"ok": True}] * 50
        assert server.service.token_requests == 1


def test_twilio_opaque_token_is_kept() -> None:
    """It has no `exp` claim: its lifetime is the response's `expires_in`."""
    world = World()
    for _ in range(20):
        assert world.token() == "token-1"


def test_anthropic_a_wall_clock_that_jumps_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with TokenServer() as server, Client(credentials=ClientCredentials("id", "secret"), base_url=server.url) as client:
        client.sample.get()
        now = time.time()
        for jump in (3600.0, -3600.0):
            monkeypatch.setattr(time, "time", lambda jump=jump: now + jump)
            client.sample.get()
        assert server.service.token_requests == 1


def test_anthropic_invalidation_is_tied_to_the_token_that_failed() -> None:
    world = World()
    authorizer = world.authorizer()
    sent = request()
    applied = world.simulation.call(authorizer.authorize(sent, deadline=None))
    assert applied is not None
    world.manager.invalidate(world.simulation.call(world.acquire()))
    assert world.token() == "token-2"
    assert world.simulation.call(authorizer.rejected(sent, FakeResponse(401), applied, deadline=None))
    assert text_of(world.simulation.call(world.acquire())) == "token-2"


def test_anthropic_a_replay_does_not_depend_on_retries() -> None:
    with (
        TokenServer() as server,
        Client(credentials=ClientCredentials("id", "secret"), base_url=server.url, retries=0) as client,
    ):
        client.sample.get()
        server.service.revoke()
        assert client.sample.get() == {"ok": True}


class Redirecting(Service):
    def __init__(self, target: str) -> None:
        super().__init__()
        self._target = target

    def handle(self, method: str, path: str, head: bytes, body: bytes) -> StubResponse:
        return StubResponse(302, headers={"location": self._target})


def test_httpx_api_key_is_not_sent_along_a_redirect() -> None:
    with TokenServer() as target, TokenServer(Redirecting(f"{target.url}/v1/keyed")) as server:
        with Client(credentials=ApiKey("the-key"), base_url=server.url) as client, pytest.raises(RedirectError):
            client.sample.keyed()
        assert target.service.api_calls == 0


def test_openapi_python_client_no_token_in_the_repr_of_a_client() -> None:
    with (
        TokenServer() as server,
        Client(credentials=ClientCredentials("id", "the-secret"), base_url=server.url) as client,
    ):
        client.sample.get()
        (token,) = server.service.tokens
        text = f"{client!r} {client.sample!r} {client.options!r} {client.options}"
        assert token not in text
        assert "the-secret" not in text


def test_calls_end_when_every_token_is_refused() -> None:
    """Most libraries never recover from a revoked token; the opposite mistake is an endless loop."""
    service = Service(lifetime=-1.0)  # tokens that the API never accepts
    service.issue = lambda: b'{"access_token": "never", "token_type": "Bearer", "expires_in": "1799"}'  # type: ignore[method-assign]
    with (
        TokenServer(service) as server,
        Client(credentials=ClientCredentials("id", "secret"), base_url=server.url) as client,
    ):
        for _ in range(5):
            with pytest.raises(AuthenticationError):
                client.sample.get()
        assert service.token_requests <= 5
        assert service.api_calls <= 10
    gc.collect()
