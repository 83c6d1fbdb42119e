"""Which callers renew, wait or continue, in simulated time with deterministic interleavings."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

import pytest

from tests.support.credentials import SECRET, World, logged, no_steps, text_of
from tests.support.simulation import FakeResponse, TokenEndpoint
from xcaas_core import TokenPolicy, TokenRefusedError, TokenResponseError, TokenTimeoutError, TokenUnavailableError
from xcaas_core._errors import ConnectError

REFUSAL = FakeResponse(401, b'{"error": "invalid_client"}')
DOWN = FakeResponse(503, b"")


def test_hundred_first_calls_share_one_request() -> None:
    world = World()
    tasks = [world.simulation.start(world.acquire()) for _ in range(100)]
    world.simulation.run()
    assert [text_of(task.value) for task in tasks] == ["token-1"] * 100
    assert world.endpoint.requests == 1
    assert world.credential.counters.acquired == 1
    assert world.credential.counters.reused == 99


def test_fresh_token_is_used_without_a_step() -> None:
    world = World()
    world.token()
    world.clock.advance(1000)
    token = no_steps(world.acquire())
    assert token is world.manager.current


# CREDENTIALS 5
def test_advisory_window_one_caller_renews_and_others_continue() -> None:
    world = World(TokenEndpoint(latency=2.0))
    world.token()
    world.clock.advance(1799 - 250)
    leader = world.simulation.start(world.acquire())
    world.simulation.run(until=0.5)
    others = [world.simulation.start(world.acquire()) for _ in range(50)]
    started = world.clock.now
    world.simulation.run()
    assert text_of(leader.value) == "token-2"
    assert {text_of(other.value) for other in others} == {"token-1"}
    assert {other.finished_at for other in others} == {started}
    assert world.endpoint.requests == 2
    assert world.credential.counters.refreshed_early == 1
    assert world.token() == "token-2"


# CREDENTIALS 6
def test_failed_advisory_renewal_warns_and_delays_the_next(caplog: pytest.LogCaptureFixture) -> None:
    world = World(random=lambda: 1.0)
    world.token()
    world.endpoint.script = [DOWN, DOWN]
    world.clock.advance(1799 - 250)
    with caplog.at_level(logging.DEBUG, "xcaas.auth"):
        assert world.token() == "token-1"
    warnings = logged(caplog.records, logging.WARNING)
    assert len(warnings) == 1
    assert "503" in warnings[0]
    assert SECRET not in caplog.text
    assert "token-1" not in caplog.text
    assert world.endpoint.requests == 2
    assert [world.token() for _ in range(20)] == ["token-1"] * 20
    assert world.endpoint.requests == 2
    world.clock.advance(1.1)
    assert world.token() == "token-1"
    assert world.endpoint.requests == 3
    world.clock.advance(1.1)
    assert world.token() == "token-1"
    assert world.endpoint.requests == 3, "the second pause is longer than the first"
    world.clock.advance(5)
    assert world.token() == "token-4"


def test_damaged_response_to_an_early_renewal_does_not_fail_later_callers() -> None:
    world = World()
    world.token()
    world.endpoint.script = [FakeResponse(200, b'{"access_tok')]
    world.clock.advance(1799 - 250)
    assert world.token() == "token-1"
    token = world.manager.current
    assert token is not None
    world.manager.invalidate(token)
    assert world.token() == "token-3"


@pytest.mark.parametrize("remaining", [29.0, 0.0, -500.0])
def test_mandatory_window_all_callers_wait_for_one_request(remaining: float) -> None:
    world = World()
    world.token()
    world.clock.advance(1799 - remaining)
    tasks = [world.simulation.start(world.acquire()) for _ in range(50)]
    world.simulation.run()
    assert {text_of(task.value) for task in tasks} == {"token-2"}
    assert world.endpoint.requests == 2


# CREDENTIALS 7
def test_failed_renewal_raises_a_separate_error_for_each_waiting_caller() -> None:
    world = World(TokenEndpoint(script=(REFUSAL,)))
    tasks = [world.simulation.start(world.acquire()) for _ in range(50)]
    world.simulation.run()
    errors = [task.error for task in tasks]
    assert all(isinstance(error, TokenRefusedError) for error in errors)
    assert len({id(error) for error in errors}) == 50
    assert world.endpoint.requests == 1


class Killed(BaseException):
    """Thrown into a cancelled task or an interrupted thread."""


@pytest.mark.parametrize("error", [Killed(), KeyboardInterrupt(), RuntimeError("a bug")])
def test_cancelled_leader_is_replaced_by_a_waiting_caller(error: BaseException) -> None:
    world = World(TokenEndpoint(latency=1.0))
    leader = world.simulation.start(world.acquire())
    others = [world.simulation.start(world.acquire()) for _ in range(20)]
    world.simulation.at(0.5, lambda: world.simulation.cancel(leader, error))
    world.simulation.run()
    assert leader.error is error
    assert {text_of(other.value) for other in others} == {"token-2"}
    assert world.endpoint.requests == 2


def test_closed_leader_is_replaced() -> None:
    world = World()
    flow = world.acquire()
    next(flow)
    waiting = world.simulation.start(world.acquire())
    world.simulation.run(until=0.0)
    flow.close()
    world.simulation.run()
    assert text_of(waiting.value) == "token-1"
    assert waiting.finished_at == pytest.approx(1000.1)


def test_garbage_collected_leader_is_replaced() -> None:
    world = World()
    flow = world.acquire()
    next(flow)
    waiting = world.simulation.start(world.acquire())
    world.simulation.run(until=0.0)
    del flow
    world.simulation.run()
    assert text_of(waiting.value) == "token-1"


@pytest.mark.parametrize("total", [1.0, 30.0])
def test_lost_leader_is_replaced_after_its_time_limit(total: float) -> None:
    world = World(policy=TokenPolicy(total_timeout=total))
    flow = world.acquire()
    next(flow)  # kept but never resumed, as in a stopped event loop
    waiting = [world.simulation.start(world.acquire()) for _ in range(5)]
    world.simulation.run()
    assert {text_of(task.value) for task in waiting} == {"token-1"}
    assert max(task.finished_at for task in waiting) - 1000 < total * 1.1 + 0.5
    flow.close()
    assert world.token() == "token-1"


def test_leader_of_a_closed_event_loop_is_replaced_at_once() -> None:
    world = World(TokenEndpoint(latency=0.1))
    flow = world.acquire()

    async def lead() -> None:
        next(flow)

    asyncio.run(lead())
    waiting = world.simulation.start(world.acquire())
    world.simulation.run()
    assert text_of(waiting.value) == "token-1"
    assert waiting.finished_at == pytest.approx(1000.1)
    flow.close()


def test_timeout_of_the_leader_does_not_fail_other_callers() -> None:
    world = World(TokenEndpoint(latency=1.0))
    hurried = world.simulation.start(world.acquire(deadline=1000.2))
    patient = world.simulation.start(world.acquire(deadline=1060.0))
    world.simulation.run()
    assert isinstance(hurried.error, TokenTimeoutError)
    assert hurried.finished_at == pytest.approx(1000.2)
    assert text_of(patient.value) == "token-2"


def test_waiting_caller_times_out_at_its_own_deadline() -> None:
    world = World(TokenEndpoint(latency=5.0))
    leader = world.simulation.start(world.acquire())
    hurried = world.simulation.start(world.acquire(deadline=1001.0))
    world.simulation.run()
    assert isinstance(hurried.error, TokenTimeoutError)
    assert isinstance(hurried.error, TimeoutError)
    assert hurried.finished_at == pytest.approx(1001.0)
    assert text_of(leader.value) == "token-1"


def test_advisory_leader_keeps_time_for_its_own_call() -> None:
    world = World(TokenEndpoint(latency=60.0))
    world.endpoint.latency = 0.1
    world.token()
    world.endpoint.latency = 60.0
    world.clock.advance(1799 - 250)
    start = world.clock.now
    token = world.simulation.call(world.acquire(deadline=start + 2.0))
    assert text_of(token) == "token-1"
    assert world.clock.now == pytest.approx(start + 1.0)


def test_mandatory_callers_take_over_from_a_failed_advisory_leader() -> None:
    world = World(TokenEndpoint(latency=4.0))
    world.token()
    world.endpoint.script = [DOWN]
    world.clock.advance(1799 - 32)
    early = world.simulation.start(world.acquire())
    late = [world.simulation.start(world.acquire(), after=3.0) for _ in range(10)]
    world.simulation.run()
    assert {text_of(task.value) for task in late} == {"token-3"}
    assert text_of(early.value) == "token-3", "its current token expired during the attempt"
    assert world.endpoint.requests == 3


# CREDENTIALS 9
@pytest.mark.parametrize("life", ["60", "10", "2", 0.5])
def test_short_lived_tokens_are_not_renewed_at_every_call(life: object) -> None:
    world = World(TokenEndpoint(lifetime=life, latency=0.0))
    seconds = float(str(life))
    for _ in range(200):
        world.token()
        world.clock.advance(seconds / 50)
    lives = 200 / 50
    assert world.endpoint.requests <= lives / 0.8 + 1


@pytest.mark.parametrize("expires_in", ["0", "-1", 0, -3600])
def test_token_without_lifetime_is_used_once_and_the_next_raises(expires_in: object) -> None:
    world = World(TokenEndpoint(lifetime=expires_in))
    tasks = [world.simulation.start(world.acquire()) for _ in range(10)]
    world.simulation.run()
    assert {text_of(task.value) for task in tasks} == {"token-1"}, "waiting callers may use it"
    with pytest.raises(TokenResponseError, match="expired when it arrived"):
        world.token()
    assert world.endpoint.requests == 2


# CREDENTIALS 24
def test_renewed_token_that_has_expired_raises() -> None:
    world = World()
    world.token()
    world.clock.advance(1800)
    world.endpoint.lifetime = "0"
    with pytest.raises(TokenResponseError, match="expired when it arrived"):
        world.token()
    world.clock.advance(6)
    world.endpoint.lifetime = "1799"
    assert world.token() == "token-3"


def test_missing_lifetime_is_the_default() -> None:
    world = World(TokenEndpoint(lifetime=None, latency=0.0))
    world.token()
    world.clock.advance(TokenPolicy().default_life * 0.79)
    assert world.token() == "token-1"
    world.clock.advance(TokenPolicy().default_life * 0.3)
    assert world.token() == "token-2"


def test_lifetime_counts_from_the_request() -> None:
    world = World(TokenEndpoint(lifetime="100", latency=9.0))
    token = world.simulation.call(world.acquire())
    assert token.expires_at == pytest.approx(1100.0)


def test_invalidate_drops_only_the_given_token() -> None:
    world = World()
    first = world.simulation.call(world.acquire())
    world.manager.invalidate(first)
    assert world.token() == "token-2"
    world.manager.invalidate(first)
    assert world.token() == "token-2"
    assert world.endpoint.requests == 2
    assert world.credential.counters.rejected == 1


def test_refusal_is_remembered_for_seconds() -> None:
    world = World(TokenEndpoint(script=(REFUSAL,), latency=0.0))
    for _ in range(10):
        with pytest.raises(TokenRefusedError, match="invalid_client"):
            world.token()
    assert world.endpoint.requests == 1
    world.clock.advance(5.1)
    assert world.token() == "token-2"


def test_new_secret_is_used_at_once_after_a_refusal() -> None:
    world = World(TokenEndpoint(script=(REFUSAL,)))
    with pytest.raises(TokenRefusedError):
        world.token()
    world.credential.update_credentials("the new secret")
    assert world.token() == "token-2"


def test_callers_waiting_for_a_refused_secret_use_the_new_one() -> None:
    world = World(TokenEndpoint(script=(REFUSAL,), latency=1.0))
    tasks = [world.simulation.start(world.acquire()) for _ in range(5)]
    world.simulation.at(0.5, lambda: world.credential.update_credentials("the new secret"))
    world.simulation.run()
    assert {text_of(task.value) for task in tasks} == {"token-2"}


# CREDENTIALS 38
def test_events_are_emitted_and_failing_observers_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    kinds: list[str] = []

    def observe(event: object) -> None:
        kinds.append(getattr(event, "kind", "?"))
        raise ValueError("the observer's own trouble")

    world = World()
    world.credential._events.observer = observe  # pyright: ignore[reportPrivateUsage]
    world.token()
    world.token()
    world.clock.advance(1799 - 250)
    world.token()
    world.endpoint.script = [REFUSAL]
    world.clock.advance(1900)
    with pytest.raises(TokenRefusedError):
        world.token()
    assert kinds == ["acquired", "reused", "refreshed_early", "failed"]
    assert "ValueError" in caplog.text
    assert "own trouble" not in caplog.text


# CREDENTIALS 11
@pytest.mark.parametrize("shift", [-3600, 3600])
def test_wall_clock_jumps_have_no_effect(shift: float, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.token()
    import time

    wall: Callable[[], float] = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + shift)
    world.clock.advance(1000)
    assert world.token() == "token-1"
    world.clock.advance(1000)
    assert world.token() == "token-2"


def test_unreachable_endpoint_is_retried_and_fails_all_callers() -> None:
    world = World(TokenEndpoint(script=tuple(ConnectError("no route") for _ in range(10))))
    tasks = [world.simulation.start(world.acquire()) for _ in range(10)]
    world.simulation.run()
    assert all(isinstance(task.error, TokenUnavailableError) for task in tasks)
    assert world.endpoint.requests == TokenPolicy().attempts


# CREDENTIALS 4
def test_fresh_token_takes_no_lock() -> None:
    world = World()
    world.token()
    world.manager._lock.acquire()  # pyright: ignore[reportPrivateUsage]
    results: list[object] = []
    other = threading.Thread(target=lambda: results.append(no_steps(world.acquire())), daemon=True)
    other.start()
    other.join(10)
    world.manager._lock.release()  # pyright: ignore[reportPrivateUsage]
    assert results == [world.manager.current]


# CREDENTIALS 13
@pytest.mark.parametrize("issued_at", ["0", "9999999999999", "1e300", "soon", -5, None])
def test_servers_clock_has_no_effect(issued_at: object) -> None:
    world = World(TokenEndpoint(latency=0.0))
    response = world.endpoint.token("odd", issued_at=issued_at)
    response.headers = {"date": "Thu, 01 Jan 1970 00:00:00 GMT"}
    world.endpoint.script = [response]
    world.token()
    world.clock.advance(1400)
    assert world.token() == "odd"
    world.clock.advance(400)
    assert world.token() == "token-2"


def test_refusal_of_an_advisory_renewal_is_remembered() -> None:
    world = World()
    world.token()
    world.endpoint.script = [FakeResponse(401, b'{"error": "invalid_client"}')]
    world.clock.advance(1799 - 250)
    assert [world.token() for _ in range(10)] == ["token-1"] * 10
    assert world.endpoint.requests == 2
    world.clock.advance(250)
    assert world.token() == "token-3"
