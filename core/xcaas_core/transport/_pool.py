"""Pools of HTTP clients (or transports): one for all calls, or one per call in flight.

The pool of httpx 0.28 iterates over all connections several times per request, probes idle sockets and closes idle ones
too early: with 50 calls in flight it costs more than the calls. That of httpx2 is better, but not free. With a client
per call, each pool has one connection. The last one released is reused first; idle ones are closed.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from .._errors import ConfigurationError

__all__ = ["AsyncTransportPool", "TransportPool", "inherited_error"]

_MAX_IDLE: Final = 30.0  # seconds after which an unused client is closed


def _closed_error() -> ConfigurationError:
    return ConfigurationError("the client was closed", advice="Make calls before it is closed, or make a new one.")


def inherited_error() -> ConfigurationError:
    """Return the error for a user's client with connections of the parent process."""
    return ConfigurationError(
        "the HTTP client holds connections of the process that this one was forked from",
        advice="Make a client in each process, or fork before the first call.",
    )


class _Clients:
    """Free clients, the last one released at the right end; or one client for all calls."""

    __slots__ = ("_clock", "_closed", "_free", "_make", "_single")

    def __init__(self, make: Callable[[], Any], *, separate: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._make = make
        self._clock = clock
        first = make()  # now, so that the first call does not wait for it
        self._single: Any = None if separate else first
        self._free: deque[tuple[Any, float]] = deque([(first, clock())] if separate else ())
        self._closed = False


class TransportPool(_Clients):
    """Blocking clients. Safe for threads: deque operations are atomic."""

    __slots__ = ()

    def acquire(self) -> Any:
        """Return a client for one call. Release it afterwards."""
        if self._closed:
            raise _closed_error()
        if self._single is not None:
            return self._single
        try:
            return self._free.pop()[0]
        except IndexError:
            return self._make()

    def release(self, client: Any) -> None:
        """Return a client to the pool, when its response was read or closed."""
        if self._single is not None:
            return
        now = self._clock()
        self._free.append((client, now))
        if self._closed:  # perhaps just now by another thread
            self.close()
            return
        idle = self._pop_idle(now)
        if idle is not None:
            idle.close()

    def _pop_idle(self, now: float) -> Any:
        try:
            if now - self._free[0][1] < _MAX_IDLE:
                return None
            return self._free.popleft()[0]
        except IndexError:
            return None

    def close(self) -> None:
        """Close all clients; those in use are closed when they are released."""
        self._closed = True
        if self._single is not None:
            self._single.close()
        while True:
            try:
                client, _ = self._free.pop()
            except IndexError:  # another thread may be closing, too
                return
            client.close()


class AsyncTransportPool(_Clients):
    """Clients of one event loop."""

    __slots__ = ()

    def acquire(self) -> Any:
        """Return a client for one call. Release it afterwards."""
        if self._closed:
            raise _closed_error()
        if self._single is not None:
            return self._single
        return self._free.pop()[0] if self._free else self._make()

    async def release(self, client: Any) -> None:
        """Return a client to the pool, when its response was read or closed."""
        if self._single is not None:
            return
        if self._closed:
            await client.aclose()
            return
        now = self._clock()
        self._free.append((client, now))
        if now - self._free[0][1] >= _MAX_IDLE:
            await self._free.popleft()[0].aclose()

    async def close(self) -> None:
        """Close all clients; those in use are closed when they are released."""
        self._closed = True
        if self._single is not None:
            await self._single.aclose()
        while self._free:
            await self._free.pop()[0].aclose()
