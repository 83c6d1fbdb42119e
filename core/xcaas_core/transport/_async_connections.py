"""Async connections that keep their socket, and read while they write.

The library checks whether the socket of an idle connection is readable before each reuse and after each response. To
find it, anyio first gathers all attributes of the socket, addresses included: 30 to 50 µs of a call's 500. Blocking
connections need a tenth of that.
"""

from __future__ import annotations

import select
from contextlib import suppress
from typing import Any, Final

import anyio
import anyio.lowlevel

from ._early import refuse_early
from ._leftovers import unread

__all__ = ["AsyncBackend"]

_LONG_WRITE: Final = 64 * 1024  # bytes; during writes from this size, as much is read


class AsyncBackend:
    """Makes async connections, with the library's own backend."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    async def connect_tcp(self, *address: Any, **options: Any) -> AsyncStream:
        return AsyncStream(await self._backend.connect_tcp(*address, **options))


class AsyncStream:
    """Wraps a connection of the library."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._socket = network.get_extra_info("socket")
        self._is_new = True
        self._received = b""
        self._has_read_early = False
        self.aclose = network.aclose

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._received:
            data, self._received = self._received, b""
        else:
            data = await self._network.read(max_bytes, timeout)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._is_new:
            self._is_new = False
            refuse_early(self)
        if len(buffer) >= _LONG_WRITE and not self._received and self._might_block(len(buffer)):
            await self._write_and_read(buffer, timeout)
        else:
            await self._network.write(buffer, timeout)

    def _might_block(self, size: int) -> bool:
        """Return whether a write may block, or the server has sent something. Reading during every write would double the
        cost of an upload."""
        readable, writable = _poll(self._socket)
        return size > 2 * _LONG_WRITE or readable or not writable

    async def _write_and_read(self, buffer: bytes, timeout: float | None) -> None:
        """Write, and read meanwhile: the server may reject the request and close the connection. After a failed write,
        asyncio and trio's TLS drop unread data."""
        self._has_read_early = True
        failure: Exception | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(self._read_early)
            await anyio.lowlevel.checkpoint()
            try:
                await self._network.write(buffer, timeout)
            except Exception as error:  # raised below: the group would wrap it
                failure = error
            group.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def _read_early(self) -> None:
        with suppress(Exception):  # the library's next read raises it again
            self._received = await self._network.read(_LONG_WRITE, None)

    async def start_tls(self, *context: Any, **options: Any) -> AsyncStream:
        return AsyncStream(await self._network.start_tls(*context, **options))

    def get_extra_info(self, info: str) -> Any:
        if info != "is_readable":
            return self._network.get_extra_info(info)
        # In older versions of anyio (4.10), a cancelled read keeps taking data from the socket.
        return bool(self._received) or _is_readable(self._socket) or (self._has_read_early and unread(self._network))


def _is_readable(sock: Any) -> bool:
    """Return whether data or an end has arrived, or the socket is closed."""
    return _poll(sock)[0]


def _poll(sock: Any) -> tuple[bool, bool]:
    """Return whether a socket is readable, and whether it is writable."""
    fd = sock.fileno()
    if fd < 0:
        return True, False
    if not hasattr(select, "poll"):
        readable, writable, _ = select.select([fd], [fd], [], 0)
        return bool(readable), bool(writable)
    poll = select.poll()
    poll.register(fd, select.POLLIN | select.POLLOUT)
    events = dict(poll.poll(0)).get(fd, 0)
    return bool(events & ~select.POLLOUT), bool(events & select.POLLOUT)
