"""Limits on calls in flight and on calls per time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.origin import StubResponse, serving
from tests.support.shop import AsyncShop, Shop
from xcaas_core import ArgumentError, CallTimeoutError, RateLimit, Timeout
from xcaas_core.calls._rate_limits import FlightLimit, RateLimiter
from xcaas_core.sansio._steps import Sleep, WaitFor
from xcaas_core.testing import FakeClock


def test_slots_are_granted_in_the_order_of_the_queue() -> None:
    flight = FlightLimit(1)
    assert flight.try_enter()
    assert not flight.try_enter()
    first, second = flight.enter(None), flight.enter(None)
    granted: list[str] = []
    for name, flow in (("first", first), ("second", second)):
        step = next(flow)
        assert isinstance(step, WaitFor)
        step.waitable.on_done(lambda name=name: granted.append(name))  # type: ignore[misc]
    flight.leave()
    assert granted == ["first"]
    with pytest.raises(StopIteration):
        first.send(True)
    assert flight.in_flight == 1
    flight.leave()
    assert granted == ["first", "second"]
    with pytest.raises(StopIteration):
        second.send(True)
    flight.leave()
    assert flight.in_flight == 0


def test_a_call_that_times_out_leaves_the_queue() -> None:
    flight = FlightLimit(1)
    assert flight.try_enter()
    waiting = flight.enter(2.0)
    next(waiting)
    with pytest.raises(CallTimeoutError, match=r"waited 2\.0 s for one of 1 slots") as caught:
        waiting.send(False)
    assert not caught.value.connected
    flight.leave()
    assert flight.try_enter()


def test_a_slot_granted_to_a_cancelled_call_is_passed_on() -> None:
    flight = FlightLimit(1)
    assert flight.try_enter()
    cancelled = flight.enter(None)
    next(cancelled)
    flight.leave()  # grants the slot that is about to be given up
    cancelled.close()
    assert flight.in_flight == 0


def test_a_free_slot_is_taken_without_waiting() -> None:
    with pytest.raises(StopIteration):
        next(FlightLimit(1).enter(None))


def test_max_in_flight_holds_for_threads() -> None:
    with serving(StubResponse(delay=0.02)) as origin, Shop(base_url=origin.url, max_in_flight=3) as client:
        threads = [threading.Thread(target=client.items.get, args=(str(n),)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(origin.seen) == 12
    assert origin.busiest == 3


def test_waiting_for_a_slot_counts_towards_the_total_timeout(run: Callable[..., None]) -> None:
    async def main() -> None:
        import anyio

        with serving(StubResponse(delay=0.4)) as origin:
            async with AsyncShop(base_url=origin.url, max_in_flight=1, timeout=0.2, retries=0) as client:
                errors: list[Exception] = []

                async def call() -> None:
                    try:
                        await client.items.get("1")
                    except CallTimeoutError as error:
                        errors.append(error)

                started = time.monotonic()
                async with anyio.create_task_group() as group:
                    for _ in range(3):
                        group.start_soon(call)
                assert time.monotonic() - started < 1
                assert len(errors) == 3
                assert client.session.engine.shared.flight.in_flight == 0

    run(main)


# --- calls per time ----------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(1, 5), st.floats(0.5, 20)), min_size=1, max_size=3),
    st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_no_window_has_more_calls_than_its_limit(limits: list[tuple[int, float]], gaps: list[float]) -> None:
    clock = FakeClock()
    limiter = RateLimiter([RateLimit(calls, per) for calls, per in limits], clock)
    times: list[float] = []
    for gap in gaps:
        clock.now += gap
        wait = limiter.reserve(None)
        assert wait is not None
        assert wait >= 0
        times.append(clock.now + wait)
    assert times == sorted(times)
    for calls, per in limits:
        for first, last in zip(times, times[calls:], strict=False):
            assert last - first >= per - 1e-6


def test_a_call_sleeps_until_its_reserved_time() -> None:
    limiter = RateLimiter([RateLimit(1, 10)], FakeClock())
    assert list(limiter.enter(None)) == []
    (step,) = list(limiter.enter(None))
    assert isinstance(step, Sleep)
    assert step.seconds == 10


def test_too_long_a_wait_raises_and_reserves_nothing() -> None:
    limiter = RateLimiter([RateLimit(1, 10)], FakeClock())
    assert limiter.reserve(5) == 0
    with pytest.raises(CallTimeoutError, match="rate limit"):
        list(limiter.enter(5))
    assert limiter.reserve(None) == 10


def test_recorded_calls_are_sorted_by_time() -> None:
    limiter = RateLimiter([RateLimit(2, 10)], lambda: 100.0)
    for start in (109.0, 105.0, 101.0):  # recorded late; the last one does not count
        limiter.record(start)
    assert limiter.reserve(None) == 15.0


def test_calls_are_limited_by_the_rate_limits_of_their_product() -> None:
    with serving() as origin:
        limits = {"shop": [RateLimit(2, 0.2)]}
        with Shop(base_url=origin.url, rate_limits=limits, timeout=Timeout(5)) as client:
            started = time.monotonic()
            for number in range(5):
                client.items.get(str(number))
            assert time.monotonic() - started >= 0.4


@pytest.mark.parametrize(
    "arguments", [(0, 1.0), (1, 0.0), (1, -1.0), ("1", 1), (1, "1"), (1, float("nan")), (Decimal("NaN"), 1)]
)
def test_invalid_rate_limits_raise_argument_error(arguments: tuple[Any, Any]) -> None:
    with pytest.raises(ArgumentError, match=r"(calls|per) of a RateLimit"):
        RateLimit(*arguments)
