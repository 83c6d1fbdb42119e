"""Bounds that a client puts on itself: calls in flight, and calls per time for each product."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

from .._errors import CallTimeoutError
from ..operations._product import RateLimit
from ..sansio._steps import Flow, Sleep, wait_for

__all__ = ["FlightLimit", "RateLimiter"]


class _Ticket:
    """A place in the queue for a slot. Calls back once the slot is its own."""

    __slots__ = ("_callback", "granted")

    def __init__(self) -> None:
        self.granted = False
        self._callback: Callable[[], None] | None = None

    def on_done(self, callback: Callable[[], None]) -> None:
        self._callback = callback
        # A grant may have come between the two lines of another thread; calling twice does no harm.
        if self.granted:
            callback()

    def grant(self) -> None:
        self.granted = True
        if self._callback is not None:
            self._callback()


class FlightLimit:
    """At most `slots` calls at a time, each until its response is read; the rest wait.

    Waiting here instead of in the connection pool keeps tokens fresh (a token is put on after the
    wait) and the pool small. Shared by threads and event loops, first come, first served.
    """

    __slots__ = ("_free", "_lock", "_queue", "slots")

    def __init__(self, slots: int) -> None:
        self.slots: int = slots
        self._free = slots
        self._queue: deque[_Ticket] = deque()
        self._lock = Lock()

    def try_enter(self) -> bool:
        """Take a slot if one is free, without waiting."""
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return True
            return False

    def enter(self, timeout: float | None) -> Flow[None]:
        """Wait for a slot and take it. `CallTimeoutError` if none comes free in time."""
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            ticket = _Ticket()
            self._queue.append(ticket)
        try:
            granted = yield from wait_for(ticket, timeout)
        except BaseException:
            self._give_up(ticket)
            raise
        if not granted:
            self._give_up(ticket)
            error = CallTimeoutError(
                f"waited {timeout:.1f} s for one of {self.slots} slots for calls in flight",
                advice="Raise max_in_flight, make fewer calls at a time, or allow more time.",
            )
            error.connected = False
            raise error

    def _give_up(self, ticket: _Ticket) -> None:
        """Leave the queue. If the slot came in the last moment it is passed on."""
        with self._lock:
            if not ticket.granted:
                self._queue.remove(ticket)
                return
        self.leave()

    def leave(self) -> None:
        """Give the slot back, to the one that has waited longest."""
        with self._lock:
            if not self._queue:
                self._free += 1
                return
            ticket = self._queue.popleft()
            ticket.granted = True
        ticket.grant()

    @property
    def in_flight(self) -> int:
        """Slots that are taken."""
        return self.slots - self._free


class RateLimiter:
    """Spaces calls out so that no window of `per` seconds sees more than `calls`.

    Keeps the times of the last calls for each limit: exact for sliding windows, which is how the
    documented limits are worded. Calls reserve their time and then sleep, so the order is kept.
    """

    __slots__ = ("_clock", "_limits", "_lock", "_past")

    def __init__(self, limits: Sequence[RateLimit], clock: Callable[[], float]) -> None:
        self._limits = tuple(limits)
        self._clock = clock
        self._past: list[deque[float]] = [deque(maxlen=limit.calls) for limit in self._limits]
        self.reset()

    def reset(self) -> None:
        """Forget who holds the lock, after a fork. Calls that were made stay known."""
        self._lock = Lock()

    def reserve(self, longest: float | None) -> float | None:
        """Take the next free time and return the seconds until then; None if that is beyond `longest`."""
        with self._lock:
            now = self._clock()
            at = now
            for limit, past in zip(self._limits, self._past, strict=True):
                if len(past) == limit.calls:
                    at = max(at, past[0] + limit.per)
            if longest is not None and at - now > longest:
                return None
            self._note(at)
            return at - now

    def note(self, at: float) -> None:
        """Remember a call that somebody else has found the time for."""
        with self._lock:
            self._note(at)

    def _note(self, at: float) -> None:
        # In the order of times: threads may have noted later ones already.
        for past in self._past:
            later = deque[float]()
            while past and past[-1] > at:
                later.appendleft(past.pop())
            past.append(at)
            past.extend(later)

    def enter(self, timeout: float | None) -> Flow[None]:
        """Wait until the limits allow a call. `CallTimeoutError` at once if that is too long."""
        yield from self._pause(self.reserve(timeout))

    def _pause(self, wait: float | None) -> Flow[None]:
        if wait is None:
            error = CallTimeoutError(
                "the client's own rate limit for this product leaves no room in the time allowed",
                advice="Make fewer calls, allow more time, or change rate_limits.",
            )
            error.connected = False
            raise error
        if wait > 0:
            yield Sleep(wait)
