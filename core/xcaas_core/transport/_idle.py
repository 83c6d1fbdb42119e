"""Async connections that know their socket.

Before it uses a connection again, and once more after each response, the library asks whether the socket of an idle one
is readable. To find the socket, anyio first gathers all that it knows of it, addresses included: 30 to 50 µs per call,
of 500. On a blocking connection the question costs a tenth of that.
"""

from __future__ import annotations

import select
from collections.abc import Awaitable, Callable
from typing import Any

from ._early import refuse_early

__all__ = ["AsyncBackend"]


class AsyncBackend:
    """How async connections are made: by the library's own backend."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    async def connect_tcp(self, *address: Any, **options: Any) -> AsyncStream:
        return AsyncStream(await self._backend.connect_tcp(*address, **options))


class AsyncStream:
    """A connection of the library's."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._socket = network.get_extra_info("socket")
        self.read = network.read
        self.write: Callable[..., Awaitable[None]] = self._first_write
        self.aclose = network.aclose

    async def _first_write(self, buffer: bytes, timeout: float | None = None) -> None:
        refuse_early(self)
        self.write = self._network.write
        await self.write(buffer, timeout)

    async def start_tls(self, *context: Any, **options: Any) -> AsyncStream:
        return AsyncStream(await self._network.start_tls(*context, **options))

    def get_extra_info(self, info: str) -> Any:
        return _is_readable(self._socket) if info == "is_readable" else self._network.get_extra_info(info)


def _is_readable(sock: Any) -> bool:
    """Return whether a server has said something, or goodbye: also when the socket is closed already."""
    number = sock.fileno()
    if number < 0:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))
