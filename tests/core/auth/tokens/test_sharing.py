"""Tokens shared through a cache, by short-lived objects and by processes."""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.support.credentials import OAUTH, SECRET, STORAGE, request, text_of
from tests.support.redis_server import redis_server, without_redis
from tests.support.signed_requests import product
from tests.support.simulation import FakeClock, FakeResponse, Simulation, TokenEndpoint, fake_context
from tests.support.token_server import TokenServer
from xcaas_core import (
    ClientCredentials,
    MemoryTokenCache,
    SecretUnavailableError,
    TokenCache,
    TokenPolicy,
    WorkAnalyticsLogin,
)
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import build_authorizer
from xcaas_core.auth.security._bindings import token_manager
from xcaas_core.auth.tokens._manager import TokenManager
from xcaas_core.auth.tokens._token import AccessToken
from xcaas_core.operations._product import Scheme
from xcaas_core.sansio._steps import Flow, RunInThread, Send


class Fleet:
    """Workers with one manager each and a common cache."""

    def __init__(self, cache: TokenCache | None = None, endpoint: TokenEndpoint | None = None) -> None:
        self.clock = FakeClock()
        self.simulation = Simulation(endpoint, self.clock)
        self.endpoint = self.simulation.endpoint
        self.cache = cache or MemoryTokenCache(self.clock)

    def worker(self, client_id: str = "id", secret: str = SECRET, scopes: str = "", **parameters: str) -> TokenManager:
        credential = ClientCredentials(client_id, secret, scopes=scopes, parameters=parameters, cache=self.cache)
        return token_manager(credential, STORAGE, OAUTH, fake_context(self.clock))

    def call(self, flow: Flow[AccessToken]) -> str:
        return text_of(self.simulation.call(flow))


def test_thousand_workers_share_one_request() -> None:
    fleet = Fleet(endpoint=TokenEndpoint(latency=0.5))
    tasks = [fleet.simulation.start(fleet.worker().acquire()) for _ in range(1000)]
    fleet.simulation.run()
    assert {text_of(task.value) for task in tasks} == {"token-1"}
    assert fleet.endpoint.requests == 1


def test_short_lived_credentials_share_one_token() -> None:
    fleet = Fleet()
    for _ in range(20):
        assert fleet.call(fleet.worker().acquire()) == "token-1"
        fleet.clock.advance(10)
    assert fleet.endpoint.requests == 1


def test_one_worker_renews_for_all_workers() -> None:
    fleet = Fleet(endpoint=TokenEndpoint(latency=0.5))
    workers = [fleet.worker() for _ in range(50)]
    for worker in workers:
        fleet.call(worker.acquire())
    fleet.clock.advance(1799 - 200)
    for _ in range(10):
        for worker in workers:
            fleet.simulation.start(worker.acquire())
        fleet.simulation.run()
        fleet.clock.advance(1)
    assert {fleet.call(worker.acquire()) for worker in workers} == {"token-2"}
    assert fleet.endpoint.requests == 2


def test_revoked_token_is_not_read_from_the_cache_again() -> None:
    fleet = Fleet()
    workers = [fleet.worker() for _ in range(20)]
    tokens = [fleet.simulation.call(worker.acquire()) for worker in workers]
    for worker, token in zip(workers, tokens, strict=True):
        worker.invalidate(token)
    tasks = [fleet.simulation.start(worker.acquire()) for worker in workers]
    fleet.simulation.run()
    assert {text_of(task.value) for task in tasks} == {"token-2"}
    assert fleet.endpoint.requests == 2


@pytest.mark.parametrize(
    "difference",
    [{"client_id": "other"}, {"secret": "other"}, {"scopes": "read"}, {"audience": "sub-account"}],
)
def test_different_identities_do_not_share_tokens(difference: dict[str, str]) -> None:
    fleet = Fleet()
    assert fleet.call(fleet.worker().acquire()) == "token-1"
    assert fleet.call(fleet.worker(**difference).acquire()) == "token-2"


def test_cache_key_ignores_the_order_of_scopes_and_reveals_no_secret() -> None:
    cache = MemoryTokenCache()
    fleet = Fleet(cache)
    fleet.call(fleet.worker(scopes="a b").acquire())
    fleet.call(fleet.worker(scopes="b a").acquire())
    (key,) = cache._entries  # pyright: ignore[reportPrivateUsage]
    assert SECRET not in key
    assert key.replace("-", "").isalnum()


def test_token_info_is_cached_with_the_token() -> None:
    fleet = Fleet()
    first = fleet.simulation.call(fleet.worker().acquire())
    fleet.clock.advance(100)
    second = fleet.simulation.call(fleet.worker().acquire())
    assert second.shared
    assert second.info == first.info
    assert second.info.issued_at is not None
    assert second.expires_at == pytest.approx(first.expires_at)


def test_worker_that_dies_with_the_lock_does_not_block_others() -> None:
    fleet = Fleet()
    dead = fleet.worker().acquire()
    step = next(dead)
    while isinstance(step, RunInThread):
        step = dead.send(step.function())
    assert isinstance(step, Send), "the worker stops at its token request, holding the lock"
    waiting = fleet.simulation.start(fleet.worker().acquire())
    fleet.simulation.run()
    assert text_of(waiting.value) == "token-1"
    assert waiting.finished_at - 1000 < TokenPolicy().attempt_timeout + 1
    dead.close()


class FailingCache:
    """A cache whose methods all fail."""

    def read(self, key: str) -> tuple[bytes, float] | None:
        raise ConnectionError("redis://:the-password@host")

    def write(self, key: str, payload: bytes, seconds: float) -> None:
        raise ConnectionError

    def try_lock(self, key: str, seconds: float) -> str | None:
        raise ConnectionError

    def unlock(self, key: str, owner: str) -> None:
        raise ConnectionError


class LockOnlyCache(FailingCache):
    """A cache that can be locked, but not read or written."""

    def try_lock(self, key: str, seconds: float) -> str | None:
        return "me"


@pytest.mark.parametrize("cache", [FailingCache(), LockOnlyCache()])
def test_failing_cache_fails_no_call(cache: TokenCache, caplog: pytest.LogCaptureFixture) -> None:
    fleet = Fleet(cache)
    with caplog.at_level(logging.DEBUG):
        assert fleet.call(fleet.worker().acquire()) == "token-1"
        assert fleet.call(fleet.worker().acquire()) == "token-2"
    assert "the-password" not in caplog.text
    assert "token cache" in caplog.text


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"{}", b'{"token": 7, "life": 60, "products": []}', b'{"token": "a\\nb", "life": 60, "products": []}',
     b'{"token": "a", "life": "x", "products": []}', b'{"token": "a", "life": 10, "products": []}'],
)  # fmt: skip
def test_invalid_entries_are_a_miss(payload: bytes) -> None:
    cache = MemoryTokenCache()
    fleet = Fleet(cache)
    fleet.call(fleet.worker().acquire())
    (key,) = cache._entries  # pyright: ignore[reportPrivateUsage]
    cache.write(key, payload, 60)
    assert fleet.call(fleet.worker().acquire()) == "token-2"


def test_wait_for_a_lock_is_limited() -> None:
    fleet = Fleet()
    fleet.call(fleet.worker().acquire())
    cache = fleet.cache
    assert isinstance(cache, MemoryTokenCache)
    (key,) = cache._entries  # pyright: ignore[reportPrivateUsage]
    cache._entries.clear()  # pyright: ignore[reportPrivateUsage]
    assert cache.try_lock(key, 1000) is not None
    start = fleet.clock.now
    assert fleet.call(fleet.worker().acquire()) == "token-2"
    assert fleet.clock.now - start == pytest.approx(TokenPolicy().attempt_timeout, abs=1)


def test_failures_are_not_shared_and_release_the_lock() -> None:
    fleet = Fleet(endpoint=TokenEndpoint(script=(FakeResponse(401, b'{"error": "invalid_client"}'),)))
    failed = fleet.simulation.start(fleet.worker().acquire())
    fleet.simulation.run()
    assert failed.error is not None
    assert fleet.call(fleet.worker().acquire()) == "token-2"
    assert fleet.clock.now < 1002


def test_cancelled_worker_releases_the_lock() -> None:
    fleet = Fleet(endpoint=TokenEndpoint(latency=5.0))
    first = fleet.simulation.start(fleet.worker().acquire())
    second = fleet.simulation.start(fleet.worker().acquire())
    fleet.simulation.run(until=1.0)
    fleet.simulation.cancel(first, KeyboardInterrupt())
    for _ in range(200):  # a thread releases the lock, in real time
        if not fleet.cache._locks:  # type: ignore[attr-defined]  # pyright: ignore
            break
        time.sleep(0.01)
    fleet.simulation.run()
    assert text_of(second.value) == "token-2"
    assert second.finished_at < 1008


def test_unavailable_secret_raises_before_the_cache_is_read() -> None:
    def vault() -> str:
        raise LookupError

    fleet = Fleet()
    credential = ClientCredentials("id", vault, cache=fleet.cache)
    manager = token_manager(credential, STORAGE, OAUTH, fake_context(fleet.clock))
    with pytest.raises(SecretUnavailableError):
        fleet.call(manager.acquire())


def test_work_analytics_tokens_are_shared() -> None:
    fleet = Fleet(endpoint=TokenEndpoint(lifetime=1800))
    key = Scheme("api-key", credential="work-analytics-login", location="header", parameter="x-key")
    target = product(key, OAUTH)
    for _ in range(2):
        login = WorkAnalyticsLogin("key", "user", "password", cache=fleet.cache)
        assert fleet.call(token_manager(login, target, OAUTH, fake_context(fleet.clock)).acquire()) == "token-1"


WORKER = """
import sys
from xcaas_core.sansio._drivers import run
from xcaas_core.transport._sync import HttpTransport
from xcaas_core.operations._product import Product, Scheme
from xcaas_core import ClientCredentials, FileTokenCache, RedisTokenCache
from xcaas_core.auth.security._bindings import token_manager
from tests.support.simulation import fake_context
import time
url, where = sys.argv[1:]
cache = RedisTokenCache(where) if where.startswith("redis") else FileTokenCache(where)
scheme = Scheme("oauth2", token_url=url)
product = Product("p", title="P", servers=(), schemes={"o": scheme}, package="x")
manager = token_manager(ClientCredentials("id", "secret", cache=cache), product, scheme, fake_context(time.monotonic))
io = HttpTransport()
print(run(manager.acquire(), io).value)
io.close()
"""


@pytest.mark.parametrize("store", ["file", pytest.param("redis", marks=without_redis)])
def test_processes_share_one_token(store: str, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(TokenServer())
        server.service.latency = 0.3
        cache = str(tmp_path / "tokens") if store == "file" else stack.enter_context(redis_server())
        command = [sys.executable, "-c", WORKER, server.token_url, cache]
        workers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
        tokens = {worker.communicate(timeout=60)[0] for worker in workers}
        assert len(tokens) == 1
        assert server.service.token_requests == 1


def test_policy_of_one_attempt_waits_for_another_worker() -> None:
    fleet = Fleet(endpoint=TokenEndpoint(latency=0.5))
    policy = TokenPolicy(attempts=1)
    managers: list[TokenManager] = []
    for _ in range(10):
        credential = ClientCredentials("id", SECRET, cache=fleet.cache, policy=policy)
        managers.append(token_manager(credential, STORAGE, OAUTH, fake_context(fleet.clock)))
    tasks = [fleet.simulation.start(manager.acquire()) for manager in managers]
    fleet.simulation.run()
    assert {text_of(task.value) for task in tasks} == {"token-1"}
    assert fleet.endpoint.requests == 1


def test_provider_credentials_use_the_cache() -> None:
    cache = MemoryTokenCache()
    simulation = Simulation()
    authorizer = build_authorizer(
        STORAGE,
        (("oauth",),),
        CredentialSet.parse(lambda: ClientCredentials("id", SECRET, cache=cache)),
        context=fake_context(simulation.clock),
    )
    assert authorizer is not None
    simulation.call(authorizer.authorize(request(), deadline=None))
    assert simulation.endpoint.requests == 1


class CacheWithoutUnlock(MemoryTokenCache):
    """A cache whose lock cannot be released."""

    def unlock(self, key: str, owner: str) -> None:
        raise ConnectionError


def test_failing_unlock_after_a_cancelled_renewal_is_ignored() -> None:
    simulation = Simulation()
    credential = ClientCredentials("id", SECRET, cache=CacheWithoutUnlock(simulation.clock))
    manager = token_manager(credential, STORAGE, OAUTH, fake_context(simulation.clock))
    task = simulation.start(manager.acquire())
    simulation.run(until=0.01)
    simulation.cancel(task, KeyboardInterrupt())
    for thread in threading.enumerate():
        if thread.daemon and thread is not threading.current_thread():
            thread.join(2)
    assert isinstance(task.error, KeyboardInterrupt)
    simulation.run()
    assert simulation.call(manager.acquire()).value == "Bearer token-2"


def test_deadline_spent_waiting_for_the_lock_raises_a_timeout() -> None:
    """After the wait for the cache's lock, too little time is left for a request."""
    simulation = Simulation()
    cache = MemoryTokenCache(simulation.clock)
    credential = ClientCredentials("id", SECRET, cache=cache)
    manager = token_manager(credential, STORAGE, OAUTH, fake_context(simulation.clock))
    simulation.call(manager.acquire())
    (key,) = cache._entries  # pyright: ignore[reportPrivateUsage]
    cache._entries.clear()  # pyright: ignore[reportPrivateUsage]
    manager.current = None
    assert cache.try_lock(key, 1000) is not None
    start = simulation.clock.now
    task = simulation.start(manager.acquire(deadline=start + 0.2))
    simulation.run()
    assert type(task.error).__name__ == "TokenTimeoutError"
    assert task.finished_at - start < 0.4
