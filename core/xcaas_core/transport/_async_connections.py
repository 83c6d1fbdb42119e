"""Async connections that know their socket, and listen while they write.

Before it uses a connection again, and once more after each response, the library asks whether the socket of an idle one
is readable. To find the socket, anyio first gathers all that it knows of it, addresses included: 30 to 50 µs per call,
of 500. On a blocking connection the question costs a tenth of that.
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

_LONG: Final = 64 * 1024  # bytes from which a write may be listened to; also, how many are read then


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
        self._is_new = True
        self._heard = b""
        self._has_listened = False
        self.aclose = network.aclose

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._heard:
            data, self._heard = self._heard, b""
        else:
            data = await self._network.read(max_bytes, timeout)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._is_new:
            self._is_new = False
            refuse_early(self)
        if len(buffer) >= _LONG and not self._heard and self._may_wait(len(buffer)):
            await self._write_and_listen(buffer, timeout)
        else:
            await self._network.write(buffer, timeout)

    def _may_wait(self, size: int) -> bool:
        """Return whether a write may have to wait for the server, or has come to be pointless. Listening to each of many
        pieces that the network takes at once would double the cost of an upload."""
        readable, writable = _state(self._socket)
        return size > 2 * _LONG or readable or not writable

    async def _write_and_listen(self, buffer: bytes, timeout: float | None) -> None:
        """Write, and read what the server says meanwhile: a refusal, perhaps, after which it closes the connection. After
        a write that fails, asyncio and the TLS of trio give up what was not read."""
        self._has_listened = True
        failure: Exception | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(self._listen)
            await anyio.lowlevel.checkpoint()
            try:
                await self._network.write(buffer, timeout)
            except Exception as error:  # not from within the group, which would wrap it
                failure = error
            group.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def _listen(self) -> None:
        with suppress(Exception):  # the library's, which its next read raises again
            self._heard = await self._network.read(_LONG, None)

    async def start_tls(self, *context: Any, **options: Any) -> AsyncStream:
        return AsyncStream(await self._network.start_tls(*context, **options))

    def get_extra_info(self, info: str) -> Any:
        if info != "is_readable":
            return self._network.get_extra_info(info)
        # A read that is given up leaves older versions of anyio (4.10) taking what comes from the socket.
        return bool(self._heard) or _is_readable(self._socket) or (self._has_listened and unread(self._network))


def _is_readable(sock: Any) -> bool:
    """Return whether a server has said something, or goodbye: also when the socket is closed already."""
    return _state(sock)[0]


def _state(sock: Any) -> tuple[bool, bool]:
    """Return whether a socket can be read, and whether it can be written to."""
    number = sock.fileno()
    if number < 0:
        return True, False
    if not hasattr(select, "poll"):
        readable, writable, _ = select.select([number], [number], [], 0)
        return bool(readable), bool(writable)
    poll = select.poll()
    poll.register(number, select.POLLIN | select.POLLOUT)
    events = dict(poll.poll(0)).get(number, 0)
    return bool(events & ~select.POLLOUT), bool(events & select.POLLOUT)
