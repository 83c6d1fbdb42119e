"""The transport of calls on asyncio: the HTTP library's own HTTP/1.1, without the pool and the portable streams around it.

Those cost more than the rest of the call when many are in flight. Nothing is lost with them: lanes are the
pool (`_lanes.py`), and other event loops, proxies and users' own clients still go the library's whole way.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ._asyncio_stream import AsyncioStream

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

__all__ = ["AsyncioTransport"]

_EXPIRY: Final = 15.0  # seconds that an unused connection is trusted
_SERVERS: Final = 4  # connections that are kept, each to another server


class AsyncioTransport:
    """One call at a time, on connections kept to the servers called last.

    `library` is what requests and answers are made of, `core` what speaks HTTP/1.1 for it.
    """

    def __init__(self, library: Any, core: Any, tls: ssl.SSLContext) -> None:
        self._headers = library.Headers
        self._response = library.Response
        self._body = _body_of(library)
        self._core = core
        self._tls = tls
        self._kept: dict[tuple[bytes, bytes, int | None], Any] = {}

    async def handle_async_request(self, request: Any) -> Any:
        url = request.url
        core = self._core
        target = core.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        connection = await self._connected(target, request.extensions)
        message = core.Request(
            request.method, target, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        answer = await connection.handle_async_request(message)
        headers = self._headers(answer.headers)
        if "content-encoding" not in headers:
            return _Answer(answer.status, headers, _Body(answer.stream, connection))
        return self._response(answer.status, headers=headers, stream=self._body(answer.stream, connection))

    async def _connected(self, target: Any, extensions: Any) -> Any:
        server = (target.scheme, target.host, target.port)
        kept = self._kept.pop(server, None)
        if kept is not None and (not kept.is_available() or kept.has_expired()):
            await kept.aclose()
            kept = None
        if kept is None:
            await self._drop(_SERVERS - 1)
            kept = await self._connect(target.origin, extensions["timeout"].get("connect"))
        self._kept[server] = kept  # behind those that were used before
        return kept

    async def _connect(self, origin: Any, timeout: float | None) -> Any:
        tls = self._tls if origin.scheme == b"https" else None
        if tls is not None:
            tls.set_alpn_protocols(["http/1.1"])
        stream = await AsyncioStream.connect(self._core, origin.host.decode("ascii"), origin.port, tls, timeout)
        return self._core.AsyncHTTP11Connection(origin=origin, stream=stream, keepalive_expiry=_EXPIRY)

    async def _drop(self, most: int) -> None:
        """Close connections until so many are left, the longest unused first."""
        while len(self._kept) > most:
            await self._kept.pop(next(iter(self._kept))).aclose()

    async def aclose(self) -> None:
        await self._drop(0)


class _Answer:
    """What is read of the library's own answers, for those with no compression to undo. It is a good deal cheaper."""

    __slots__ = ("_body", "headers", "request", "status_code")

    def __init__(self, status: int, headers: Any, body: _Body) -> None:
        self.status_code = status
        self.headers = headers
        self.request: Any = None
        self._body = body

    async def aread(self) -> bytes:
        pieces = [piece async for piece in self._body]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        return self._body.__aiter__()

    async def aclose(self) -> None:
        await self._body.aclose()


@cache
def _body_of(library: Any) -> Any:
    """The class of answers' bodies: responses take nothing but streams of their own library's kind."""
    return type("Body", (_Body, library.AsyncByteStream), {})


class _Body:
    """An answer's body, as it comes."""

    def __init__(self, source: Any, connection: Any) -> None:
        self._source = source
        self._connection = connection

    def __aiter__(self) -> AsyncIterator[bytes]:
        pieces: AsyncIterator[bytes] = self._source.__aiter__()
        return pieces

    async def aclose(self) -> None:
        try:
            await self._source.aclose()
        except BaseException:
            # Cancelled while the library waited for its lock. What is left of the answer must not keep coming.
            await self._connection.aclose()
            raise
