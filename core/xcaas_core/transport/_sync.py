"""The transport of blocking clients."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from .._errors import ConfigurationError, XCaaSError
from .._fork import resets_after_fork
from ._leftovers import guard, guarded_auth
from ._library import Connection, is_connected
from ._messages import BodyBuffer, HttpResponse, RequestBuilder, http_response, map_exception
from ._pool import TransportPool, inherited_error

if TYPE_CHECKING:
    from ..sansio._messages import Request, Response

__all__ = ["HttpTransport"]


class HttpTransport:
    """Carries out steps with a blocking HTTP client: the user's, or the SDK's own."""

    def __init__(self, client: object = None, *, connection: Connection | None = None, auth: object = None) -> None:
        self._user_client = client
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
            return TransportPool(lambda: self._user_client, separate=False)
        return TransportPool(lambda: connection.make(blocking=True, direct=self._direct), separate=True)

    def reset(self) -> None:
        """Use a new pool in a forked child. The old sockets are the parent's; closing them could wait for its locks."""
        self._abandoned.append(self._pool)
        self._pool = self._new_pool()
        self._is_inherited = is_connected(self._user_client)

    def send(self, request: Request, stream: bool) -> HttpResponse:
        """Send a request. Read the response unless it is streamed."""
        if self._is_inherited:
            raise inherited_error()
        pool = self._pool
        client = pool.acquire()
        response = None
        try:
            response = self._open(client, request)
            response.release = lambda: pool.release(client)
            if stream:
                response.leave_open()
                return response
            return self._read_body(response, BodyBuffer(request, response))
        except Exception as exc:
            error = map_exception(exc, client, self.connection)
            if error is None:
                raise
        finally:
            if response is None:
                pool.release(client)
        # Outside of the except block, so that the library's error is not chained.
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
            return client.send(message, stream=True, follow_redirects=False, **guarded_auth(self._auth, client))
        except Exception as error:
            from ._watch import redirect_of  # imported only after an error

            redirect = redirect_of(error, message)
            if redirect is None:
                raise
            return redirect

    def _read_body(self, response: HttpResponse, body: BodyBuffer) -> HttpResponse:
        check = response.deadline.check
        try:
            for piece in response.raw.stream if response.is_plain else _decode(response):
                if not body.add(piece):
                    break
                check()
        finally:
            self.close_response(response)
        response.content = body.content()
        return response

    def read(self, response: Response) -> None:
        """Read the rest of a streamed response."""
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
                received.chunks = _decode(received)
            for piece in received.chunks:
                if piece:
                    return bytes(piece)
                received.deadline.check()
            self.close_response(received)
            return b""
        except Exception as exc:
            self.close_response(received)
            error = map_exception(exc)
            if error is None:
                raise
        raise error

    def close_response(self, response: Response) -> None:
        """Close a response and release its connection."""
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
        """Close the connections. The user's client stays open."""
        if self._user_client is None:
            self._pool.close()


def _decode(response: HttpResponse) -> Iterator[bytes]:
    """Yield the decoded body in pieces, some of which may be empty."""
    decoder, raw, is_plain = response.decoder, response.raw, response.is_plain
    del response  # holds this generator: without a cycle, abandoned responses are closed at once
    if decoder is None:
        yield from raw.iter_raw() if is_plain else raw.iter_bytes()
        return
    for data in raw.iter_raw():
        yield b""  # lets the caller check the deadline
        yield from decoder.decode(data)
    decoder.finish()
