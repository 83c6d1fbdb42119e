"""Enforcing the total timeout of a call while the HTTP library waits for the network.

Libraries read a limit once per phase, but may wait many times in it: for each interim response, header line or piece of
the body. Async clients put a cancel scope around all of them; in blocking ones, connections recompute the limit for
every wait.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Thread
from typing import Any, Final, NoReturn

from .._errors import CallTimeoutError
from ._errors import timed_out

__all__ = ["Backend", "Deadline"]

# Bytes sent at a time. Libraries start a new wait each time that the network takes part of a write.
_WRITE_SIZE: Final = 64 * 1024
_GRACE: Final = 0.1
# The library's errors in phases before the request is sent.
_BEFORE_SENDING: Final = {"pool": "PoolTimeout", "connect": "ConnectTimeout"}


class Deadline(dict[str, float | None]):
    """The `timeout` extension of a request. No limit exceeds the rest of the call's total.

    Libraries look up a limit when its phase begins (pool, connect, write, read).
    """

    __slots__ = ("at", "phase")

    def __init__(self, timeout: float | None, connect: float | None, read: float | None) -> None:
        super().__init__(connect=connect, read=read, write=read, pool=connect)
        self.phase = ""
        self.at = None if timeout is None else time.monotonic() + timeout

    def get(self, key: Any, default: Any = None, /) -> float | None:
        self.phase = key
        seconds = self.remaining(key)
        if seconds is None or self.at is None:
            return seconds
        limit = _Limit(seconds)
        limit.deadline = self
        limit.key = key
        return limit

    def remaining(self, key: str) -> float | None:
        """Return the maximum wait in seconds for a phase."""
        limit = self[key]
        if self.at is None:
            return limit
        total = self.at - time.monotonic()
        if limit is not None and limit < total:
            return limit
        # For sockets, zero means non-blocking, and raises another error than a timeout.
        return total if total > 0.001 else 0.001

    def backstop(self) -> float | None:
        """Return the seconds after which to cancel; None for never. Limits of phases end first, with a clearer error."""
        return None if self.at is None else max(0.0, self.at - time.monotonic()) + _GRACE

    def check(self) -> None:
        """Raise `CallTimeoutError` if the total has passed. Called between the pieces of a body."""
        if self.at is not None and time.monotonic() > self.at:
            self.expire()

    def expire(self) -> NoReturn:
        """Raise the error for the total. The phase tells whether the request can have reached the server."""
        if self.phase in _BEFORE_SENDING:
            raise timed_out(_BEFORE_SENDING[self.phase])
        raise CallTimeoutError("the response was not complete in time", advice="Allow a longer timeout.")


class _Limit(float):
    """The limit at the start of a phase, which can be recomputed."""

    __slots__ = ("deadline", "key")

    deadline: Deadline
    key: str


def _remaining(timeout: float | None) -> float | None:
    return timeout.deadline.remaining(timeout.key) if isinstance(timeout, _Limit) else timeout


class Backend:
    """Makes blocking connections, with the library's own backend. Every wait is limited by the deadline.

    `failures` are the library's errors for a failed connection and for a timeout.
    """

    def __init__(self, backend: Any, failures: tuple[type[Exception], type[Exception]]) -> None:
        self._backend = backend
        self._failures = failures

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> Stream:
        """Connect to the first address that responds. Each gets an equal share of the time."""
        limit = _remaining(timeout)
        end = None if limit is None else time.monotonic() + limit
        addresses = self._addresses(host, port, limit)
        while True:
            share = None if end is None else max(0.001, (end - time.monotonic()) / len(addresses))
            try:
                return Stream(self._backend.connect_tcp(addresses.pop(0), port, share, **options))
            except self._failures:
                if not addresses:
                    raise

    def _addresses(self, host: str, port: int, limit: float | None) -> list[str]:
        """Return a server's addresses. Looked up in a thread, as the system may take half a minute."""
        from queue import Empty, SimpleQueue  # imported only if needed

        failed, timed_out = self._failures
        with suppress(OSError, UnicodeError):
            return _resolve(host, port, socket.AI_NUMERICHOST)
        results: SimpleQueue[list[str] | OSError] = SimpleQueue()

        def look_up() -> None:
            try:
                results.put(_resolve(host, port))
            except Exception as error:  # any error, as the caller waits
                results.put(OSError(str(error)))

        try:
            Thread(target=look_up, name="xcaas-dns", daemon=True).start()
        except RuntimeError:  # the interpreter is shutting down
            look_up()
        try:
            addresses = results.get(timeout=limit)
        except Empty:
            raise timed_out(f"the address of {host} was not found in time") from None
        if isinstance(addresses, OSError):
            raise failed(str(addresses))
        return addresses


class Stream:
    """Wraps a connection of the library. Every wait is limited by the deadline."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._is_new = True

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._network.read(max_bytes, _remaining(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._is_new:
            self._is_new = False
            from ._early import refuse_early  # imported only if needed

            refuse_early(self._network)
        if len(buffer) <= _WRITE_SIZE:
            self._network.write(buffer, _remaining(timeout))
            return
        view = memoryview(buffer)
        for start in range(0, len(view), _WRITE_SIZE):
            self._network.write(view[start : start + _WRITE_SIZE], _remaining(timeout))

    def close(self) -> None:
        self._network.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Stream:
        return Stream(self._network.start_tls(ssl_context, server_hostname, _remaining(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._network.get_extra_info(info)


def _resolve(host: str, port: int, flags: int = 0) -> list[str]:
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    # getnameinfo, as link-local addresses need their zone, which the first field lacks.
    numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    return list(dict.fromkeys(socket.getnameinfo(address, numeric)[0] for *_, address in addresses))
