"""Keeping to the total of a call while the HTTP library waits for the network.

Libraries ask for a limit once per phase, and a phase may have any number of waits: for each interim response, each
header line, each piece of the body. Async clients put a cancel scope around all of them; blocking ones can be stopped
only where they wait, so their connections ask again what is left.
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

# How much is sent at a time. A library waits anew for each part of what it is given that the network takes.
_PIECE: Final = 64 * 1024
_GRACE: Final = 0.1
# What the library would raise in a phase that comes before the request.
_BEFORE: Final = {"pool": "PoolTimeout", "connect": "ConnectTimeout"}


class Deadline(dict[str, float | None]):
    """The `timeout` extension of a request, each limit cut to what is left of the call's total.

    Libraries look a limit up when its phase begins (pool, connect, write, read), so that
    the phases together cannot take longer than the total.
    """

    __slots__ = ("at", "phase")

    def __init__(self, timeout: float | None, connect: float | None, read: float | None) -> None:
        super().__init__(connect=connect, read=read, write=read, pool=connect)
        self.phase = ""
        self.at = None if timeout is None else time.monotonic() + timeout

    def get(self, key: Any, default: Any = None, /) -> float | None:
        self.phase = key
        left = self.now(key)
        if left is None or self.at is None:
            return left
        limit = _Limit(left)
        limit.deadline = self
        limit.key = key
        return limit

    def now(self, key: str) -> float | None:
        """Return the seconds that may be waited for something of this kind."""
        limit = self[key]
        if self.at is None:
            return limit
        left = self.at - time.monotonic()
        if limit is not None and limit < left:
            return limit
        # Zero would mean "don't wait at all" to a socket, and be reported as something else than a timeout.
        return left if left > 0.001 else 0.001

    def backstop(self) -> float | None:
        """Return the seconds after which waiting is cancelled; None for never. Limits of phases, which say more, come first."""
        return None if self.at is None else max(0.0, self.at - time.monotonic()) + _GRACE

    def check(self) -> None:
        """Raise `CallTimeoutError` if the total is used up: a response may come in drops for ever."""
        if self.at is not None and time.monotonic() > self.at:
            self.expire()

    def expire(self) -> NoReturn:
        """Raise the error of a total that is used up: in which phase tells whether the server can have the request."""
        if self.phase in _BEFORE:
            raise timed_out(_BEFORE[self.phase])
        raise CallTimeoutError("the response was not complete in time", advice="Allow a longer timeout.")


class _Limit(float):
    """A limit as it is when a phase begins, which knows how to ask for it again."""

    __slots__ = ("deadline", "key")

    deadline: Deadline
    key: str


def _now(timeout: float | None) -> float | None:
    return timeout.deadline.now(timeout.key) if isinstance(timeout, _Limit) else timeout


class Backend:
    """How blocking connections are made: by the library's own backend, whose every wait gets what is left.

    `failures` are what the library raises when no connection can be made, and when none is made in time.
    """

    def __init__(self, backend: Any, failures: tuple[type[Exception], type[Exception]]) -> None:
        self._backend = backend
        self._failures = failures

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> Stream:
        """Connect to the first of the server's addresses that responds. Each has an equal share of the time."""
        limit = _now(timeout)
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
        """Return a server's addresses. The system may look for them for half a minute, so a thread waits for it."""
        from queue import Empty, SimpleQueue  # not before there is something to look up

        failed, timed_out = self._failures
        with suppress(OSError, UnicodeError):
            return _resolve(host, port, socket.AI_NUMERICHOST)
        found: SimpleQueue[list[str] | OSError] = SimpleQueue()

        def look_up() -> None:
            try:
                found.put(_resolve(host, port))
            except Exception as error:  # whatever it is, somebody waits
                found.put(OSError(str(error)))

        try:
            Thread(target=look_up, name="xcaas-dns", daemon=True).start()
        except RuntimeError:  # the interpreter is about to end
            look_up()
        try:
            addresses = found.get(timeout=limit)
        except Empty:
            raise timed_out(f"the address of {host} was not found in time") from None
        if isinstance(addresses, OSError):
            raise failed(str(addresses))
        return addresses


class Stream:
    """A connection of the library's, whose every wait gets what is left."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._is_new = True

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._network.read(max_bytes, _now(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._is_new:
            self._is_new = False
            from ._early import refuse_early  # not before there is a connection

            refuse_early(self._network)
        if len(buffer) <= _PIECE:
            self._network.write(buffer, _now(timeout))
            return
        whole = memoryview(buffer)
        for start in range(0, len(whole), _PIECE):
            self._network.write(whole[start : start + _PIECE], _now(timeout))

    def close(self) -> None:
        self._network.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Stream:
        return Stream(self._network.start_tls(ssl_context, server_hostname, _now(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._network.get_extra_info(info)


def _resolve(host: str, port: int, flags: int = 0) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    # Link-local addresses are of use only with their zone, which the first field leaves out.
    numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    return list(dict.fromkeys(socket.getnameinfo(address, numeric)[0] for *_, address in found))
