"""Client-side limits: calls in flight, and calls per time for each product."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

from .._errors import CallTimeoutError
from ..operations._product import RateLimit
from ..sansio._steps import Flow, Sleep, wait_for

__all__ = ["FlightLimit", "RateLimiter"]


class _Ticket:
    """A place in the queue for a slot, with a callback for when the slot is granted."""

    __slots__ = ("_callback", "granted")

    def __init__(self) -> None:
        self.granted = False
        self._callback: Callable[[], None] | None = None

    def on_done(self, callback: Callable[[], None]) -> None:
        self._callback = callback
        # Another thread may have granted it meanwhile; calling twice does no harm.
        if self.granted:
            callback()

    def grant(self) -> None:
        self.granted = True
        if self._callback is not None:
            self._callback()


class FlightLimit:
    """Allows `slots` calls at a time, each until its response is read; the rest wait.

    Waiting here instead of in the connection pool keeps tokens fresh, as they are added after the wait, and the
    pool small. Shared by threads and event loops, first come, first served.
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
        """Wait for a slot and take it. Raises `CallTimeoutError` if none is free in time."""
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            ticket = _Ticket()
            self._queue.append(ticket)
        try:
            granted = yield from wait_for(ticket, timeout)
        except BaseException:
            self._withdraw(ticket)
            raise
        if not granted:
            self._withdraw(ticket)
            error = CallTimeoutError(
                f"waited {timeout:.1f} s for one of {self.slots} slots for calls in flight",
                advice="Raise max_in_flight, make fewer calls at a time, or allow more time.",
            )
            error.connected = False
            raise error

    def _withdraw(self, ticket: _Ticket) -> None:
        """Leave the queue. A slot that was just granted is passed on."""
        with self._lock:
            if not ticket.granted:
                self._queue.remove(ticket)
                return
        self.leave()

    def leave(self) -> None:
        """Give the slot to the first in the queue."""
        with self._lock:
            if not self._queue:
                self._free += 1
                return
            ticket = self._queue.popleft()
            ticket.granted = True
        ticket.grant()

    @property
    def in_flight(self) -> int:
        """Number of slots taken."""
        return self.slots - self._free


class RateLimiter:
    """Spaces calls out so that no window of `per` seconds sees more than `calls`.

    Keeps the times of the last calls of each limit. This is exact for sliding windows, as documented by the services.
    Calls reserve a time and then sleep, so their order is kept.
    """

    __slots__ = ("_clock", "_limits", "_lock", "_times")

    def __init__(self, limits: Sequence[RateLimit], clock: Callable[[], float]) -> None:
        self._limits = tuple(limits)
        self._clock = clock
        self._times: list[deque[float]] = [deque(maxlen=limit.calls) for limit in self._limits]
        self.reset()

    def reset(self) -> None:
        """Replace the lock after a fork. Times of calls are kept."""
        self._lock = Lock()

    def reserve(self, longest: float | None) -> float | None:
        """Take the next free time and return the seconds until then; None if more than `longest`."""
        with self._lock:
            now = self._clock()
            start = now
            for limit, times in zip(self._limits, self._times, strict=True):
                if len(times) == limit.calls:
                    start = max(start, times[0] + limit.per)
            if longest is not None and start - now > longest:
                return None
            self._record(start)
            return start - now

    def record(self, start: float) -> None:
        """Record the time of a call that was reserved elsewhere."""
        with self._lock:
            self._record(start)

    def _record(self, start: float) -> None:
        # Sorted, as other threads may have recorded later times.
        for times in self._times:
            later = deque[float]()
            while times and times[-1] > start:
                later.appendleft(times.pop())
            times.append(start)
            times.extend(later)

    def enter(self, timeout: float | None) -> Flow[None]:
        """Wait until the limits allow a call. Raises `CallTimeoutError` at once if that is too long."""
        yield from self._wait(self.reserve(timeout))

    def _wait(self, wait: float | None) -> Flow[None]:
        if wait is None:
            error = CallTimeoutError(
                "the client's own rate limit for this product leaves no room in the time allowed",
                advice="Make fewer calls, allow more time, or change rate_limits.",
            )
            error.connected = False
            raise error
        if wait > 0:
            yield Sleep(wait)
