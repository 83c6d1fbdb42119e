"""A connection on asyncio's own transport, as the HTTP library's core reads and writes it."""

from __future__ import annotations

import asyncio
import select
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from ._asyncio_dial import dial

if TYPE_CHECKING:
    import ssl

__all__ = ["AsyncioStream"]

# So much may lie unread before the peer is held back: what asyncio reads at once, twice.
_HIGH: Final = 512 * 1024


class AsyncioStream(asyncio.Protocol):
    """Bytes in and out, each with its own time limit.

    HTTP/1.1 sends, then reads, in one task: a single waiter is enough. `core` is the module whose
    errors (`ReadTimeout`, `WriteError`, …) are raised, since the library's connection looks for those.
    """

    def __init__(self, core: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._core = core
        self._loop = loop
        self._transport: Any = None
        self._pieces: deque[bytes] = deque()
        self._unread = 0
        self._held = False
        self._full = False
        self._ended = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[bool] | None = None

    @classmethod
    async def connect(
        cls, core: Any, host: str, port: int, tls: ssl.SSLContext | None, timeout: float | None
    ) -> AsyncioStream:
        """Connect to whichever of the server's addresses answers first; with TLS if there is a context for it."""
        loop = asyncio.get_running_loop()
        options: dict[str, Any] = {} if tls is None else {"ssl": tls, "server_hostname": host}
        try:
            async with asyncio.timeout(timeout):
                sock = await dial(loop, host, port)
                _, stream = await loop.create_connection(lambda: cls(core, loop), sock=sock, **options)
        except TimeoutError as error:
            raise core.ConnectTimeout(str(error)) from error
        except OSError as error:  # TLS errors too
            raise core.ConnectError(str(error)) from error
        return stream

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)
        self._unread += len(data)
        if self._unread > _HIGH and not self._held:
            self._held = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._error = exc
        self._wake()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    # What the library's connection calls.

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at whatever size it came: cutting it to `max_bytes` would only copy it. Empty at the end."""
        while not self._pieces and not self._ended:
            await self._wait(timeout, self._core.ReadTimeout)
        if not self._pieces:
            if self._error is not None:
                raise self._core.ReadError(str(self._error)) from self._error
            return b""
        piece = self._pieces.popleft()
        self._unread -= len(piece)
        if self._held and not self._pieces and not self._ended:
            self._held = False
            self._transport.resume_reading()
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._ended:
            raise self._core.WriteError("the server closed the connection") from self._error
        self._transport.write(buffer)
        while self._full:
            await self._wait(timeout, self._core.WriteTimeout)
            if self._ended:
                raise self._core.WriteError("the server closed the connection") from self._error

    async def aclose(self) -> None:
        """Nothing is owed to the server any more: HTTP itself has said where messages end."""
        self._transport.abort()

    def get_extra_info(self, info: str) -> object:
        if info == "is_readable":
            return self._ended or bool(self._pieces) or _readable(self._transport.get_extra_info("socket"))
        return self._transport.get_extra_info(info)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    async def _wait(self, timeout: float | None, late: type[Exception]) -> None:
        waiter = self._waiter = self._loop.create_future()
        timer = None if timeout is None else self._loop.call_later(timeout, _expire, waiter)
        try:
            in_time = await waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()
        if not in_time:
            raise late


def _expire(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)


def _readable(sock: Any) -> bool:
    """Whether an idle server has said something, or goodbye. Asks the system: a loop that was busy may not know yet."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock.fileno()], [], [], 0)[0])
