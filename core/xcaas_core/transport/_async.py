"""The transport of async clients."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

import anyio

from .._errors import ConfigurationError, XCaaSError
from .._fork import resets_after_fork
from ..sansio._event_loops import has_ended, in_thread, running_loop
from ._leftovers import guard, guarded_auth
from ._library import Connection, is_connected
from ._messages import BodyBuffer, HttpResponse, RequestBuilder, http_response, map_exception
from ._pool import AsyncTransportPool, inherited_error

if TYPE_CHECKING:
    from ..sansio._messages import Request, Response
    from ._deadlines import Deadline

__all__ = ["AsyncHttpTransport"]


class AsyncHttpTransport:
    """Carries out steps with an async HTTP client: the user's, or the SDK's own, one per event loop."""

    def __init__(self, client: object = None, *, connection: Connection | None = None, auth: object = None) -> None:
        self._user_client = client
        self.connection = None if client is not None else connection or Connection()
        self._auth = auth
        self._direct = self.connection is not None and auth is None and self.connection.direct
        self._abandoned: list[object] = []
        self._builder = RequestBuilder(self.connection, blocking=False, direct=self._direct)
        self._pools: list[tuple[object, AsyncTransportPool]] = []
        self._lock = Lock()  # for loops of several threads
        self._closed = False
        self._is_inherited = False
        resets_after_fork(self)

    def _new_pool(self) -> AsyncTransportPool:
        connection = self.connection
        if connection is None:
            return AsyncTransportPool(lambda: self._user_client, separate=False)
        return AsyncTransportPool(lambda: connection.make(blocking=False, direct=self._direct), separate=True)

    def _loop_pool(self) -> AsyncTransportPool:
        """Return the pool of the running event loop. Loops cannot share connections."""
        loop = running_loop()
        for pool_loop, pool in self._pools:
            if pool_loop is loop:
                return pool
        if self._closed:
            raise ConfigurationError("the client was closed", advice="Make a new one.")
        pool = self._new_pool()
        # Drop the entries of loops that ended.
        with self._lock:
            alive = [(pool_loop, other) for pool_loop, other in self._pools if not has_ended(pool_loop)]
            self._pools = [(loop, pool), *alive]
        return pool

    def reset(self) -> None:
        """Use new pools in a forked child: the old sockets are the parent's."""
        self._abandoned.append(self._pools)
        self._pools = []
        self._lock = Lock()
        self._is_inherited = is_connected(self._user_client)

    async def send(self, request: Request, stream: bool) -> HttpResponse:
        """Send a request. Read the response unless it is streamed."""
        if self._is_inherited:
            raise inherited_error()
        pool = self._loop_pool()
        client = pool.acquire()
        response = None
        try:
            message = self._build(client, request)
            deadline: Deadline = message.extensions["timeout"]
            # The scope is out here, as the library's generators unwind only if cancelled, not if left in the middle.
            with anyio.move_on_after(deadline.backstop()):
                response = await self._open(client, message)
                response.release = lambda: pool.release(client)
                if stream:
                    response.leave_open()
                    return response
                return await self._read_body(response, BodyBuffer(request, response))
            deadline.expire()
        except Exception as exc:
            error = map_exception(exc, client, self.connection)
            if error is None:
                raise
        finally:
            if response is None:
                await pool.release(client)
        raise error

    def _build(self, client: Any, request: Request) -> Any:
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
            return await client.send(message, stream=True, follow_redirects=False, **guarded_auth(self._auth, client))
        except Exception as error:
            from ._watch import redirect_of  # imported only after an error

            redirect = redirect_of(error, message)
            if redirect is None:
                raise
            return redirect

    async def _read_body(self, response: HttpResponse, body: BodyBuffer) -> HttpResponse:
        pieces: Any = aiter(response.raw.stream if response.is_plain else _decode(response))
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
        """Read the rest of a streamed response."""
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
                received.chunks = _decode(received)
            async for piece in received.chunks:
                if piece:
                    return bytes(piece)
            await self.close_response(received)
            return b""
        except Exception as exc:
            await self.close_response(received)
            error = map_exception(exc)
            if error is None:
                raise
        raise error

    async def close_response(self, response: Response) -> None:
        """Close a response and release its connection."""
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
        """Close the connections of this loop. The user's client and other loops' connections stay open."""
        self._closed = True
        loop = running_loop()
        for pool_loop, pool in self._pools:
            if pool_loop is loop and self._user_client is None:
                await pool.close()


async def _decode(response: HttpResponse) -> AsyncGenerator[bytes]:
    """Yield the decoded body in pieces, some of which may be empty."""
    decoder, raw = response.decoder, response.raw
    pieces: AsyncIterator[bytes] = raw.aiter_raw() if decoder is not None or response.is_plain else raw.aiter_bytes()
    del response  # holds this generator: without a cycle, abandoned responses are closed at once
    try:
        async for data in pieces:
            if decoder is None:
                yield data
                continue
            for piece in decoder.decode(data):
                yield piece
        if decoder is not None:
            decoder.finish()
    except BaseException:  # the reader stopped early, or the body is damaged
        await _unwind(pieces)
        raise


async def _unwind(pieces: AsyncIterator[bytes]) -> None:
    """Cancel the library's generators. Closing one would not close those below it. Errors of what is not read are ignored."""
    with anyio.CancelScope() as scope, suppress(Exception):
        scope.cancel()
        async for _ in pieces:
            pass
