"""Carrying out steps in threads that block."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from .._errors import ConfigurationError, XCaaSError
from .._fork import resets_after_fork
from ._leftovers import guard, guarding
from ._library import Connection, is_connected
from ._messages import BodyBuffer, HttpResponse, RequestBuilder, http_response, map_exception
from ._pool import TransportPool, inherited

if TYPE_CHECKING:
    from ..sansio._messages import Request, Response

__all__ = ["HttpTransport"]


class HttpTransport:
    """Carries out steps with a blocking HTTP client: the user's own, or the SDK's."""

    def __init__(self, client: object = None, *, connection: Connection | None = None, auth: object = None) -> None:
        self._users = client
        self.connection = None if client is not None else connection or Connection()
        self._auth = auth
        self._direct = self.connection is not None and auth is None and self.connection.direct
        self._abandoned: list[TransportPool] = []
        self._builder = RequestBuilder(self.connection, blocking=True, direct=self._direct)
        self._pool = self._new_pool()
        self._is_inherited = False
        resets_after_fork(self)

    def _new_pool(self) -> TransportPool:
        connection = self.connection
        if connection is None:
            return TransportPool(lambda: self._users, separate=False)
        return TransportPool(lambda: connection.make(blocking=True, direct=self._direct), separate=True)

    def reset(self) -> None:
        """Leave the parent's sockets alone, in a forked child. Closing them could wait for a lock of the parent's."""
        self._abandoned.append(self._pool)
        self._pool = self._new_pool()
        self._is_inherited = is_connected(self._users)

    def send(self, request: Request, stream: bool) -> HttpResponse:
        """Send, and read the whole response unless it is to be streamed."""
        if self._is_inherited:
            raise inherited()
        pool = self._pool
        client = pool.acquire()
        response = None
        try:
            response = self._open(client, request)
            response.release = lambda: pool.release(client)
            if stream:
                response.leave_open()
                return response
            return self._finish(response, BodyBuffer(request, response))
        except Exception as caught:
            error = map_exception(caught, client)
            if error is None:
                raise
        finally:
            if response is None:
                pool.release(client)
        # Outside of the except block, so that the library's error is not chained to ours.
        raise error

    def _open(self, client: Any, request: Request) -> HttpResponse:
        content = request.content() if callable(request.content) else request.content
        if isinstance(content, AsyncIterator):
            raise ConfigurationError("an async iterator cannot be sent by a blocking client")
        message = self._builder.build(client, request, content)
        if self._direct:
            raw = client.handle_request(message)
            raw.request = message
        else:
            raw = self._send(client, message)
        guard(raw)
        try:
            return HttpResponse(raw, message.extensions["timeout"])
        except XCaaSError:
            raw.close()
            raise

    def _send(self, client: Any, message: Any) -> Any:
        try:
            return client.send(message, stream=True, follow_redirects=False, **guarding(self._auth, client))
        except Exception as error:
            from ._watch import redirect_of  # not before something has failed

            redirect = redirect_of(error, message)
            if redirect is None:
                raise
            return redirect

    def _finish(self, response: HttpResponse, body: BodyBuffer) -> HttpResponse:
        check = response.deadline.check
        try:
            for piece in response.raw.stream if response.is_plain else _decoded(response):
                if not body.add(piece):
                    break
                check()
        finally:
            self.close_response(response)
        response.content = body.content()
        return response

    def read(self, response: Response) -> None:
        """Read what is left of a streamed response."""
        received = http_response(response)
        body = BodyBuffer(None, received)
        try:
            while (piece := self.chunk(received)) and body.add(piece):
                received.deadline.check()
        finally:
            self.close_response(received)
        received.content = body.content()

    def chunk(self, response: Response) -> bytes:
        """Return the next piece; empty at the end."""
        received = http_response(response)
        try:
            if received.chunks is None:
                received.chunks = _decoded(received)
            for piece in received.chunks:
                if piece:
                    return bytes(piece)
                received.deadline.check()
            self.close_response(received)
            return b""
        except Exception as caught:
            self.close_response(received)
            error = map_exception(caught)
            if error is None:
                raise
        raise error

    def close_response(self, response: Response) -> None:
        """Give up a response, or return its connection after the last piece."""
        received = http_response(response)
        release, received.release = received.release, None
        if release is not None:
            try:
                received.raw.close()
            finally:
                release()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        """Close the client. What the user brought stays open."""
        if self._users is None:
            self._pool.close()


def _decoded(response: HttpResponse) -> Iterator[bytes]:
    """Return the body in pieces, some of which may be empty, its content codings undone."""
    decoder, raw, is_plain = response.decoder, response.raw, response.is_plain
    del response  # it holds this generator: in a cycle, what nobody closes would wait for the garbage collector
    if decoder is None:
        yield from raw.iter_raw() if is_plain else raw.iter_bytes()
        return
    for data in raw.iter_raw():
        yield b""  # for whoever looks at the clock
        yield from decoder.decode(data)
    decoder.finish()
