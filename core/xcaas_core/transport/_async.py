"""Carrying out steps in event loops."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

import anyio

from .._errors import ConfigurationError, XCaaSError
from .._fork import resets_after_fork
from ..sansio._event_loops import has_ended, in_thread, running_loop
from ._leftovers import guard, guarding
from ._library import Connection, is_connected
from ._messages import BodyBuffer, HttpResponse, RequestBuilder, http_response, map_exception
from ._pool import AsyncTransportPool, inherited

if TYPE_CHECKING:
    from ..sansio._messages import Request, Response
    from ._deadlines import Deadline

__all__ = ["AsyncHttpTransport"]


class AsyncHttpTransport:
    """Carries out steps with an async HTTP client: the user's own, or the SDK's, one per event loop."""

    def __init__(self, client: object = None, *, connection: Connection | None = None, auth: object = None) -> None:
        self._users = client
        self.connection = None if client is not None else connection or Connection()
        self._auth = auth
        self._direct = self.connection is not None and auth is None and self.connection.direct
        self._abandoned: list[object] = []
        self._builder = RequestBuilder(self.connection, blocking=False, direct=self._direct)
        self._homes: list[tuple[object, AsyncTransportPool]] = []
        self._moving = Lock()  # loops of several threads may come at once
        self._closed = False
        self._is_inherited = False
        resets_after_fork(self)

    def _new_pool(self) -> AsyncTransportPool:
        connection = self.connection
        if connection is None:
            return AsyncTransportPool(lambda: self._users, separate=False)
        return AsyncTransportPool(lambda: connection.make(blocking=False, direct=self._direct), separate=True)

    def _here(self) -> AsyncTransportPool:
        """Return the clients of the running event loop. Connections cannot move from one loop to another."""
        loop = running_loop()
        for home, pool in self._homes:
            if home is loop:
                return pool
        if self._closed:
            raise ConfigurationError("the client was closed", advice="Make a new one.")
        pool = self._new_pool()
        # Loops that ended leave nothing behind but this entry; a program has few of them alive at a time.
        with self._moving:
            alive = [(home, theirs) for home, theirs in self._homes if not has_ended(home)]
            self._homes = [(loop, pool), *alive]
        return pool

    def reset(self) -> None:
        """Leave the parent's sockets alone, in a forked child."""
        self._abandoned.append(self._homes)
        self._homes = []
        self._moving = Lock()
        self._is_inherited = is_connected(self._users)

    async def send(self, request: Request, stream: bool) -> HttpResponse:
        """Send, and read the whole response unless it is to be streamed."""
        if self._is_inherited:
            raise inherited()
        pool = self._here()
        client = pool.acquire()
        response = None
        try:
            message = self._message(client, request)
            deadline: Deadline = message.extensions["timeout"]
            # Cancelled from outside, the library's generators unwind; left in the middle they would not.
            with anyio.move_on_after(deadline.backstop()):
                response = await self._open(client, message)
                response.release = lambda: pool.release(client)
                if stream:
                    response.leave_open()
                    return response
                return await self._finish(response, BodyBuffer(request, response))
            deadline.expire()
        except Exception as caught:
            error = map_exception(caught, client)
            if error is None:
                raise
        finally:
            if response is None:
                await pool.release(client)
        raise error

    def _message(self, client: Any, request: Request) -> Any:
        content = request.content() if callable(request.content) else request.content
        return self._builder.build(client, request, in_thread(content) if isinstance(content, Iterator) else content)

    async def _open(self, client: Any, message: Any) -> HttpResponse:
        if self._direct:
            raw = await client.handle_async_request(message)
            raw.request = message
        else:
            raw = await self._send(client, message)
        guard(raw)
        try:
            return HttpResponse(raw, message.extensions["timeout"])
        except XCaaSError:
            await raw.aclose()
            raise

    async def _send(self, client: Any, message: Any) -> Any:
        try:
            return await client.send(message, stream=True, follow_redirects=False, **guarding(self._auth, client))
        except Exception as error:
            from ._watch import redirect_of  # not before something has failed

            redirect = redirect_of(error, message)
            if redirect is None:
                raise
            return redirect

    async def _finish(self, response: HttpResponse, body: BodyBuffer) -> HttpResponse:
        pieces: Any = aiter(response.raw.stream if response.is_plain else _decoded(response))
        try:
            async for piece in pieces:
                if not body.add(piece):
                    await (_unwind(pieces) if response.is_plain else pieces.aclose())
                    break
            response.content = body.content()
        finally:
            await self.close_response(response)
        return response

    async def read(self, response: Response) -> None:
        """Read what is left of a streamed response."""
        received = http_response(response)
        body = BodyBuffer(None, received)
        try:
            with anyio.move_on_after(received.deadline.backstop()):
                while (piece := await self.chunk(received)) and body.add(piece):
                    pass
                received.content = body.content()
                return
        finally:
            await self.close_response(received)
        received.deadline.expire()

    async def chunk(self, response: Response) -> bytes:
        """Return the next piece; empty at the end."""
        received = http_response(response)
        try:
            if received.chunks is None:
                received.chunks = _decoded(received)
            async for piece in received.chunks:
                if piece:
                    return bytes(piece)
            await self.close_response(received)
            return b""
        except Exception as caught:
            await self.close_response(received)
            error = map_exception(caught)
            if error is None:
                raise
        raise error

    async def close_response(self, response: Response) -> None:
        """Give up a response, or return its connection after the last piece."""
        received = http_response(response)
        release, received.release = received.release, None
        if release is not None:
            try:
                if received.chunks is not None:
                    await received.chunks.aclose()
                await received.raw.aclose()
            finally:
                await release()

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)

    async def close(self) -> None:
        """Close the client. What the user brought stays open, and so does what belongs to other loops."""
        self._closed = True
        loop = running_loop()
        for home, pool in self._homes:
            if home is loop and self._users is None:
                await pool.close()


async def _decoded(response: HttpResponse) -> AsyncGenerator[bytes]:
    """Return the body in pieces, some of which may be empty, its content codings undone."""
    decoder, raw = response.decoder, response.raw
    pieces: AsyncIterator[bytes] = raw.aiter_raw() if decoder is not None or response.is_plain else raw.aiter_bytes()
    del response  # it holds this generator, which nobody may close
    try:
        async for data in pieces:
            if decoder is None:
                yield data
                continue
            for piece in decoder.decode(data):
                yield piece
        if decoder is not None:
            decoder.finish()
    except BaseException:  # whoever reads has left in the middle, or what came is damaged
        await _unwind(pieces)
        raise


async def _unwind(pieces: AsyncIterator[bytes]) -> None:
    """End the library's generators, which do not close those below them when they are left in the middle.

    What they raise meanwhile is of no use to anybody: damage in the part of the body that nobody wants to read.
    """
    with anyio.CancelScope() as scope, suppress(Exception):
        scope.cancel()
        async for _ in pieces:
            pass
