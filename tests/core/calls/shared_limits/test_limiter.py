"""Shared rate limits, also while their store is unavailable, slow or wrong."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import pytest

from tests.support.origin import serving
from tests.support.redis_server import redis_server, without_redis
from tests.support.shop import PRODUCT, AsyncShop, Shop
from xcaas_core import (
    ApiKey,
    CallTimeoutError,
    ConfigurationError,
    EnvironmentVariable,
    RateLimit,
    RedisRateLimits,
    SecretUnavailableError,
)
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.calls.shared_limits import RateLimitStore, SharedLimiter
from xcaas_core.sansio._drivers import run
from xcaas_core.testing import FakeServer


class Store:
    """A store with fixed responses, the last of which is repeated."""

    account: str | None = None

    def __init__(self, *responses: float | Exception | None, workers: int = 1) -> None:
        self.responses = list(responses)
        self.workers = workers
        self.reservations: list[tuple[str, float | None]] = []

    def reserve(self, key: str, limits: Sequence[RateLimit], longest: float | None) -> float | None:
        self.reservations.append((key, longest))
        response = self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
        if isinstance(response, Exception):
            raise response
        return response


class Worker:
    """One worker in simulated time."""

    def __init__(self, store: RateLimitStore, limit: RateLimit) -> None:
        self.server = FakeServer()
        self.clock = self.server.clock
        self.limiter = SharedLimiter([limit], self.clock, store, PRODUCT, None)

    def call(self, timeout: float | None = 60) -> float:
        """Wait for the limits, and return for how long."""
        started = self.clock()
        run(self.limiter.enter(timeout), self.server.sync_io())
        return self.clock() - started


def test_calls_wait_as_long_as_the_store_says() -> None:
    store = Store(0, 2.5, 0)
    worker = Worker(store, RateLimit(1, 10))
    assert [worker.call(), worker.call(30), worker.call(None)] == [0, 2.5, 0]
    assert [longest for _, longest in store.reservations] == [60, 30, None]


def test_no_slot_within_the_timeout_raises_at_once() -> None:
    with pytest.raises(CallTimeoutError, match="rate limit"):
        Worker(Store(None), RateLimit(1, 10)).call(5)


@pytest.mark.parametrize("response", [-1.0, float("nan"), float("inf"), 61, True, OSError("redis://:password@host")])
def test_a_store_that_fails_is_not_used_for_a_while(
    response: float | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(response)
    worker = Worker(store, RateLimit(2, 10))
    with caplog.at_level(logging.WARNING, "xcaas"):
        assert [worker.call() for _ in range(4)] == [0, 0, 10, 0]
        worker.clock.sleep(6)
        worker.call()
    assert len(store.reservations) == 3, "at first, and when the pause was over"
    assert [record.message for record in caplog.records] == [
        f"Store failed: {'OSError' if isinstance(response, Exception) else 'ValueError'}; "
        "this process keeps the rate limits of shop by itself"
    ]


def test_none_from_the_store_without_a_timeout_means_no_wait() -> None:
    store = Store(None)
    assert Worker(store, RateLimit(1, 10)).call(None) == 0


def test_each_worker_keeps_to_its_share_without_the_store() -> None:
    worker = Worker(Store(OSError(), workers=4), RateLimit(8, 10))
    assert [worker.call() for _ in range(4)] == [0, 0, 10, 0]
    limited = Worker(Store(OSError(), workers=100), RateLimit(8, 10))
    assert [limited.call() for _ in range(2)] == [0, 10]


def test_calls_before_the_store_failed_count() -> None:
    worker = Worker(Store(0, 0, OSError()), RateLimit(2, 10))
    assert [worker.call() for _ in range(4)] == [0, 0, 10, 0]


def test_calls_while_the_store_failed_count_after_its_return(caplog: pytest.LogCaptureFixture) -> None:
    store = Store(OSError(), 0)
    worker = Worker(store, RateLimit(2, 30))
    with caplog.at_level(logging.INFO, "xcaas"):
        assert [worker.call(), worker.call()] == [0, 0]
        worker.clock.sleep(6)
        assert worker.call() == 24
        assert len(store.reservations) == 2
        worker.clock.sleep(31)
        assert [worker.call() for _ in range(3)] == [0, 0, 0], "the store alone says how long"
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_jumps_of_the_process_clock_change_nothing() -> None:
    store = Store(0, 3, 0, 3)
    worker = Worker(store, RateLimit(1, 10))
    waits: list[float] = []
    for jump in (0, 3600, -7200, 3600):
        worker.clock.now += jump
        waits.append(worker.call())
    assert waits == [0, 3, 0, 3]
    assert len(store.reservations) == 4


class HangingStore(Store):
    """A store that does not respond until it is released."""

    def __init__(self) -> None:
        super().__init__(0)
        self.released = threading.Event()

    def reserve(self, key: str, limits: Sequence[RateLimit], longest: float | None) -> float | None:
        super().reserve(key, limits, longest)
        self.released.wait(10)
        return 0


def test_a_hanging_store_delays_no_call_beyond_its_deadline() -> None:
    store = HangingStore()
    with serving() as origin, Shop(base_url=origin.url, rate_limits=LIMITS, rate_limit_store=store) as client:
        impatient = client.with_options(timeout=0.6)
        started = time.monotonic()
        for number in range(3):
            impatient.items.get(str(number))
        assert time.monotonic() - started < 0.6
        assert len(store.reservations) == 1, "it is not asked again while it owes a response"
        store.released.set()
    assert len(origin.seen) == 3


def test_a_forked_child_does_not_wait_for_reservations_of_its_parent() -> None:
    store = HangingStore()
    worker = Worker(store, RateLimit(100, 1))
    counts: list[int] = []
    for _ in range(2):
        worker.call(0.1)
        worker.clock.now += 60
        counts.append(len(store.reservations))
    worker.limiter.reset()
    worker.call(0.1)
    store.released.set()
    assert [*counts, len(store.reservations)] == [1, 1, 2]


LIMITS = {"shop": [RateLimit(100, 1)]}


def test_a_hanging_store_does_not_block_the_event_loop(run: Callable[..., None]) -> None:
    store = HangingStore()

    async def main() -> None:
        import anyio

        with serving() as origin:
            async with AsyncShop(base_url=origin.url, rate_limits=LIMITS, rate_limit_store=store, timeout=2) as client:
                longest = 0.0

                async def measure_stalls() -> None:
                    nonlocal longest
                    while True:
                        started = time.monotonic()
                        await anyio.sleep(0.01)
                        longest = max(longest, time.monotonic() - started)

                async with anyio.create_task_group() as group:
                    group.start_soon(measure_stalls)
                    for number in range(3):
                        await client.items.get(str(number))
                    group.cancel_scope.cancel()
                assert longest < 0.5
            assert len(origin.seen) == 3

    run(main)
    store.released.set()


@without_redis
def test_a_redis_server_may_be_killed_and_restarted(caplog: pytest.LogCaptureFixture) -> None:
    with redis_server() as url:
        store = RedisRateLimits(url)
        worker = Worker(store, RateLimit(5, 30))
        assert [worker.call() for _ in range(2)] == [0, 0]
    assert [worker.call() for _ in range(3)] == [0, 0, 0]
    with pytest.raises(CallTimeoutError):
        worker.call(5)
    assert len(caplog.records) == 1
    worker.clock.sleep(60)
    with redis_server(urlsplit(url).port), caplog.at_level(logging.INFO, "xcaas"):
        worker.call()
        other = Worker(store, RateLimit(5, 30))
        assert [other.call() for _ in range(4)] == [0, 0, 0, 0], "one call of the first worker is in it"
        with pytest.raises(CallTimeoutError):
            other.call(5)
        assert "shared again" in caplog.text
    store.close()


def test_a_missing_secret_raises_the_usual_error() -> None:
    server = FakeServer()
    key = ApiKey(EnvironmentVariable("XCAAS_NOT_SET"))
    with Shop(credentials=key, http_client=server, rate_limits=LIMITS, rate_limit_store=Store(0)) as client:
        with pytest.raises(SecretUnavailableError, match="XCAAS_NOT_SET"):
            client.items.secret()
        assert server.requests == []


def test_a_client_uses_the_store_only_for_products_with_limits() -> None:
    store = Store(0)
    server = FakeServer()
    limits = {"shop": [RateLimit(1, 10)]}
    with Shop(http_client=server, credentials=ApiKey("the-key"), rate_limits=limits, rate_limit_store=store) as client:
        for number in range(3):
            client.with_options(retries=0).items.get(str(number))
    assert len({key for key, _ in store.reservations}) == 1
    assert store.reservations[0][0].startswith("shop:")
    assert "the-key" not in store.reservations[0][0]
    with Shop(http_client=server, rate_limits=False, rate_limit_store=store) as client:
        client.items.get("1")
    assert len(store.reservations) == 3


def test_rotated_keys_change_the_account() -> None:
    store = Store(0)
    key = ApiKey("one")
    clock = FakeServer().clock
    limiter = SharedLimiter([RateLimit(1, 1)], clock, store, PRODUCT, CredentialSet.parse(key))
    io = FakeServer().sync_io()
    run(limiter.enter(5), io)
    key.update_credentials("two")
    clock.sleep(61)
    run(limiter.enter(5), io)
    assert len({name for name, _ in store.reservations}) == 2


def test_an_invalid_store_raises_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="rate_limit_store must be a store"):
        Shop(rate_limit_store="redis://localhost")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
