"""The acquisition state machine: who renews a credential value, when, and who waits.

                     now <  advisory_at   use it; no lock, no step
    advisory_at   <= now <  mandatory_at  the first caller renews it, the others use it
    mandatory_at  <= now                  the first caller renews it, the others wait

Any number of threads and event loops share one machine: it holds its lock for a few
instructions, never across a step, and waiting is a `Park` step that each driver carries out in
its own way. The caller that renews (the leader) does so with its own driver. If it raises, is
cancelled or disappears, the next one in line takes over.

`obtain` is the flow that gets a new value; the machine doesn't know from where.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ..._fork import resets_after_fork
from ...sansio._steps import Flow, Park
from ._events import Events
from ._failure import Failure
from ._policy import TokenPolicy
from ._refresh import Flight
from ._token import Lease

__all__ = ["Budget", "Machine", "Obtain", "Timeouts"]

# Seconds to connect, and to read; None is no limit.
Timeouts: TypeAlias = tuple[float | None, float | None]

_log = logging.getLogger("xcaas.auth")
_GRACE = 5.0


@dataclass(frozen=True, slots=True)
class Budget:
    """What one renewal may spend: requests, and time up to `deadline` (`callers`: the leader's own, not
    the policy's). `timeouts` are the leader's for connecting and for reading. `early`: there is a value to go on with, so
    waiting makes no sense. `current` marks the value in hand, `rejected` the one that the API refused last;
    `renewal`: there was one before."""

    attempts: int
    deadline: float
    callers: bool
    timeouts: Timeouts
    early: bool
    current: str
    rejected: str
    renewal: bool


class Obtain(Protocol):
    """Gets a new value. Expected failures are returned, not raised, so that no traceback holds a secret."""

    def __call__(self, budget: Budget) -> Flow[Lease | Failure]: ...


class Machine:
    """One credential value in one scope of sharing."""

    def __init__(
        self,
        obtain: Obtain,
        *,
        policy: TokenPolicy,
        clock: Callable[[], float],
        random: Callable[[], float],
        events: Events,
    ) -> None:
        self.current: Lease | None = None
        self.clock = clock
        self.events = events
        self.policy = policy
        self._obtain = obtain
        self._random = random
        # Reentrant: the garbage collector may close a leader's flow in a thread that holds the lock.
        self._lock = threading.RLock()
        self._flight: Flight | None = None
        self._generation = 0
        self._early_failures = 0
        self._early_again_at = -1.0
        self._refusal: tuple[float, Failure] | None = None
        self._rejected = ""
        self._had_one = False
        resets_after_fork(self)

    def acquire(self, deadline: float | None = None, timeouts: Timeouts = (None, None)) -> Flow[Lease]:
        """A value that can be used now. Raises a `CredentialsError` if there is none to be had by `deadline`.

        `timeouts` are for the requests that this caller makes, if it is the one to renew."""
        lease = self.current
        if lease is not None and self.clock() < lease.advisory_at:
            self.events.reused()
            return lease
        while True:
            turn = self._turn(deadline)
            if isinstance(turn, Lease):
                self.events.reused()
                return turn
            if isinstance(turn, Failure):
                raise turn.error()
            flight, leading = turn
            if leading:
                outcome = yield from self._lead(flight, deadline, timeouts)
            else:
                outcome = yield from self._wait(flight, deadline)
            if isinstance(outcome, Lease):
                if not leading:
                    self.events.reused()
                return outcome
            if isinstance(outcome, Failure):
                raise outcome.error()

    def invalidate(self, lease: Lease) -> None:
        """Drop this lease, and only this one: a newer one stays."""
        with self._lock:
            if self.current is not lease:
                return
            self.current = None
            self._rejected = lease.mark
        self.events.emit("rejected")

    def renew(self, *, drop: bool) -> None:
        """The credential behind this machine has changed: the next renewal uses the new one. A renewal
        under way goes on for those who wait for it. `drop`: the current value isn't used any more."""
        with self._lock:
            self._generation += 1
            self._flight = None
            self._refusal = None
            self._early_again_at = -1.0
            if drop:
                self.current = None

    def _turn(self, deadline: float | None) -> Lease | Failure | tuple[Flight, bool]:
        """What a caller does now: use a lease, fail, lead a flight (True) or wait for one (False)."""
        with self._lock:
            now = self.clock()
            lease, flight = self.current, self._flight
            if flight is not None and now >= flight.overdue_at:
                flight = self._flight = None
            usable = lease is not None and now < lease.mandatory_at
            if lease is not None and usable:
                if now < lease.advisory_at or flight is not None or now < self._early_again_at or self._refused(now):
                    return lease
            elif flight is not None:
                return flight, False
            elif (refusal := self._refused(now)) is not None:
                return refusal
            limit = now + self.policy.total_timeout
            overdue = (limit if deadline is None else min(limit, deadline)) + _GRACE
            self._flight = Flight(early=usable, overdue_at=overdue, generation=self._generation)
            return self._flight, True

    def _refused(self, now: float) -> Failure | None:
        if self._refusal is not None and now < self._refusal[0]:
            return self._refusal[1]
        self._refusal = None
        return None

    def _lead(self, flight: Flight, deadline: float | None, timeouts: Timeouts) -> Flow[Lease | Failure | None]:
        landed = False
        started = self.clock()
        try:
            outcome = yield from self._obtain(self._budget(flight, started, deadline, timeouts))
            landed = True
        finally:
            if not landed:  # raised, cancelled or closed: no step may follow, somebody else leads
                self._land(flight, None)
        elapsed = self.clock() - started
        if isinstance(outcome, Lease):
            self._install(flight, outcome, elapsed)
            return outcome
        if outcome.kind != "elsewhere":
            self.events.emit("failed", seconds=elapsed, error=outcome.name, code=outcome.code)
        return self._settle(flight, outcome)

    def _settle(self, flight: Flight, failure: Failure) -> Failure | None:
        """What a failure means for the leader; None: look again."""
        if flight.generation != self._generation:  # the credential was replaced in the meantime
            self._land(flight, None)
            return None
        if flight.early:
            self._early_failure(flight, failure)
            return None
        if failure.kind == "timeout":  # the leader's own time is up; those who wait may have more
            self._land(flight, None)
            return failure
        self._remember(flight, failure)
        self._land(flight, failure)
        return failure

    def _budget(self, flight: Flight, now: float, deadline: float | None, timeouts: Timeouts) -> Budget:
        """A leader in the advisory window has a token to go on with, so it spends little of its own time."""
        policy, lease = self.policy, self.current
        patience = policy.attempt_timeout / 2 if flight.early else policy.total_timeout
        limit = now + patience
        if deadline is not None:
            limit = min(limit, now + (deadline - now) / 2 if flight.early else deadline)
        return Budget(
            attempts=1 if flight.early else policy.attempts,
            deadline=limit,
            callers=not flight.early and deadline is not None and deadline < now + patience,
            timeouts=timeouts,
            early=flight.early,
            current="" if lease is None else lease.mark,
            rejected=self._rejected,
            renewal=self._had_one,
        )

    def _install(self, flight: Flight, lease: Lease, elapsed: float) -> None:
        with self._lock:
            if lease.reusable and flight.generation == self._generation:
                current = self.current
                if current is None or lease.obtained_at >= current.obtained_at:
                    self.current = lease
            self._had_one = True
            self._refusal = None
            self._early_failures = 0
            self._early_again_at = -1.0
        self._land(flight, lease)
        self.events.emit(
            "shared" if lease.shared else "refreshed_early" if flight.early else "acquired", seconds=elapsed
        )

    def _early_failure(self, flight: Flight, failure: Failure) -> None:
        """The token in hand is still good, so nobody fails; the next try comes after a pause."""
        if not failure.retry:
            # One damaged answer to the one early request says nothing to callers whose token is gone by then.
            self._remember(flight, failure)
        with self._lock:
            self._early_failures += failure.kind != "elsewhere"
            pause = self.policy.pause(self._early_failures + 2, self._random())
            self._early_again_at = self.clock() + max(pause, failure.wait or 0.0)
        self._land(flight, None)
        if failure.kind == "elsewhere":
            return
        _log.warning(
            "%s: the token could not be renewed ahead of time, the current one is used on: %s; next try in %.1f s",
            self.events.label(),
            failure.message,
            pause,
        )

    def _remember(self, flight: Flight, failure: Failure) -> None:
        with self._lock:
            if failure.remember > 0 and flight.generation == self._generation:
                self._refusal = (self.clock() + failure.remember, failure)

    def _land(self, flight: Flight, outcome: Lease | Failure | None) -> None:
        with self._lock:
            if self._flight is flight:
                self._flight = None
        flight.land(outcome)

    def _wait(self, flight: Flight, deadline: float | None) -> Flow[Lease | Failure | None]:
        now = self.clock()
        until = flight.overdue_at if deadline is None else min(flight.overdue_at, deadline)
        done = yield Park(flight, max(0.0, until - now))
        if done:
            return flight.outcome
        if deadline is not None and self.clock() >= deadline:
            return Failure(kind="timeout", message="the call's time was up while another call was getting the token")
        return None

    def reset(self) -> None:
        """Another thread of the parent may have held the lock, or led; neither exists in the child."""
        self._lock = threading.RLock()
        self._flight = None
