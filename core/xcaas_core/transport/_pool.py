"""Handing out HTTP clients (or transports): one for all calls, or one per call in flight.

The pool of httpx 0.28 walks over all its connections several times per request, probes idle sockets
and closes idle ones too early: at 50 calls in flight it costs more than the calls. That of httpx2 is
better, but not free. One per call serves a single call at a time, so that its pool has nothing to
look at; the last one given back is the first to be used again, and those left over are closed.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from .._errors import ConfigurationError

__all__ = ["AsyncTransportPool", "TransportPool", "inherited"]

_IDLE: Final = 30.0  # seconds after which one that nobody needed is closed


def _closed() -> ConfigurationError:
    return ConfigurationError("the client was closed", advice="Make calls before it is closed, or make a new one.")


def inherited() -> ConfigurationError:
    """Return the error of a user's client whose connections the parent process uses, too."""
    return ConfigurationError(
        "the HTTP client holds connections of the process that this one was forked from",
        advice="Make a client in each process, or fork before the first call.",
    )


class _Clients:
    """The clients that are free, the last one given back at the right end; or the `single` one."""

    __slots__ = ("_clock", "_closed", "_free", "_make", "_single")

    def __init__(self, make: Callable[[], Any], *, separate: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._make = make
        self._clock = clock
        first = make()  # at once, so that the first call does not have to wait for it
        self._single: Any = None if separate else first
        self._free: deque[tuple[Any, float]] = deque([(first, clock())] if separate else ())
        self._closed = False


class TransportPool(_Clients):
    """Blocking clients. Safe for threads: deque operations are atomic."""

    __slots__ = ()

    def acquire(self) -> Any:
        """Return a client for one call, to be given back."""
        if self._closed:
            raise _closed()
        if self._single is not None:
            return self._single
        try:
            return self._free.pop()[0]
        except IndexError:
            return self._make()

    def release(self, client: Any) -> None:
        """Take a client back: the call is over, its response read or closed."""
        if self._single is not None:
            return
        now = self._clock()
        self._free.append((client, now))
        if self._closed:  # perhaps by another thread, just now
            self.close()
            return
        idle = self._idle(now)
        if idle is not None:
            idle.close()

    def _idle(self, now: float) -> Any:
        try:
            if now - self._free[0][1] < _IDLE:
                return None
            return self._free.popleft()[0]
        except IndexError:
            return None

    def close(self) -> None:
        """Close all clients, those in use when they are given back."""
        self._closed = True
        if self._single is not None:
            self._single.close()
        while True:
            try:
                free, _ = self._free.pop()
            except IndexError:  # perhaps as another thread closes, too
                return
            free.close()


class AsyncTransportPool(_Clients):
    """Clients of one event loop."""

    __slots__ = ()

    def acquire(self) -> Any:
        """Return a client for one call, to be given back."""
        if self._closed:
            raise _closed()
        if self._single is not None:
            return self._single
        return self._free.pop()[0] if self._free else self._make()

    async def release(self, client: Any) -> None:
        """Take a client back: the call is over, its response read or closed."""
        if self._single is not None:
            return
        if self._closed:
            await client.aclose()
            return
        now = self._clock()
        self._free.append((client, now))
        if now - self._free[0][1] >= _IDLE:
            await self._free.popleft()[0].aclose()

    async def close(self) -> None:
        """Close all clients, those in use when they are given back."""
        self._closed = True
        if self._single is not None:
            await self._single.aclose()
        while self._free:
            await self._free.pop()[0].aclose()
