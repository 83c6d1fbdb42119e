"""Prevents reuse of connections that hold unread data when their response is closed.

HTTP libraries would read that data as the response to the next request: after a second response in the same packet,
say, or a Content-Length that is too small (RFC 9112, section 6.3). Data that arrives later, on an idle connection, is
noticed by their pools.
"""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, Final

__all__ = ["guard", "guarded_auth", "unread"]

_UNSUPPORTED: Final = (
    "the HTTP library does not show what was left unread behind a response, so that connections are not used "
    "again. Install a version of httpx or httpx2 that xcaas knows."
)
_warned = False


def guard(response: Any) -> None:
    """Check the connection of a response when it is closed. Call before reading it."""
    extensions = response.extensions
    network = extensions.get("network_stream")
    # Mocks have none. HTTP/2 assigns each frame to a request.
    if network is None or extensions.get("http_version") == b"HTTP/2":
        return
    stream = response.stream
    source = _source(stream)
    if isinstance(source, bytes):
        return  # a recorded or cached body
    connection = _Connection(getattr(source, "_connection", None), network)
    if response.is_closed:  # a user's hook has read it
        connection.check_idle()
    elif not isinstance(stream, _GuardedStream):
        kind = _AsyncStream if hasattr(stream, "aclose") else _SyncStream
        response.stream = _library_class(kind, response)(stream, connection)


def guarded_auth(auth: Any, client: Any) -> dict[str, Any]:
    """Return keyword arguments of `send` whose auth also guards responses that only it sees."""
    auth = client.auth if auth is None else auth
    return {} if auth is None else {"auth": _library_class(_GuardedAuth, client)(auth)}


def _source(stream: Any) -> Any:
    """Return the innermost stream of a response: bytes of a body, or a connection's stream.

    Libraries have no public API for this.
    """
    while True:
        inner = getattr(stream, "_httpcore_stream", None)
        if inner is None:
            inner = getattr(stream, "_stream", None)
        if inner is None:
            return stream
        stream = inner


class _Connection:
    """The library's HTTP/1.1 connection under a response, with its parser (h11) and its network stream."""

    __slots__ = ("_connection", "_network")

    def __init__(self, connection: Any, network: Any) -> None:
        self._connection = connection
        self._network = network

    def check(self) -> None:
        """Make the library close the connection if data is unread. Call before the response is closed."""
        try:
            if not self._connection.is_closed() and self._has_unread():
                self._connection._h11_state.send_failed()
        except AttributeError:
            self._retire()
            _warn()

    def check_idle(self) -> None:
        """Do the same after the response was closed, unless another call uses the connection."""
        try:
            if self._connection.is_idle() and self._has_unread():
                self._retire()
        except AttributeError:
            _warn()

    def _has_unread(self) -> bool:
        trailing, _ = self._connection._h11_state.trailing_data
        return bool(trailing) or unread(self._network)

    def _retire(self) -> None:
        """End an idle connection at its socket, so that the library closes it."""
        sock = self._network.get_extra_info("socket")
        with suppress(OSError):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except TypeError:  # uvloop's pseudo-socket
                with socket.fromfd(sock.fileno(), sock.family, sock.type) as duplicate:
                    duplicate.shutdown(socket.SHUT_RDWR)


class _GuardedStream:
    """A response's stream that checks its connection when it is closed."""

    def __init__(self, stream: Any, connection: _Connection) -> None:
        self._stream = stream
        self._connection = connection


class _SyncStream(_GuardedStream):
    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        try:
            self._connection.check()
        finally:
            self._stream.close()


class _AsyncStream(_GuardedStream):
    def __aiter__(self) -> AsyncIterator[bytes]:
        pieces: AsyncIterator[bytes] = self._stream.__aiter__()
        return pieces

    async def aclose(self) -> None:
        try:
            self._connection.check()
        finally:
            await self._stream.aclose()


class _GuardedAuth:
    """Wraps an `auth` object and guards each response."""

    def __init__(self, auth: Any) -> None:
        self._auth = auth

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        flow = self._auth.sync_auth_flow(request)
        try:
            request = next(flow)
            while True:
                response = yield request
                guard(response)
                request = flow.send(response)
        except StopIteration:
            return
        finally:
            flow.close()

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        flow = self._auth.async_auth_flow(request)
        try:
            request = await anext(flow)
            while True:
                response = yield request
                guard(response)
                request = await flow.asend(response)
        except StopAsyncIteration:
            return
        finally:
            await flow.aclose()


_BASES: Final[dict[type, str]] = {_SyncStream: "SyncByteStream", _AsyncStream: "AsyncByteStream", _GuardedAuth: "Auth"}


def _library_class(mixin: type, instance: object) -> Any:
    """Return a subclass of the library's base class, which libraries require."""
    cls: type = type(instance)
    return _subclass(mixin, cls)


@cache
def _subclass(mixin: type, cls: type) -> Any:
    roots = (base.__module__.partition(".")[0] for base in cls.__mro__)
    library = next(root for root in roots if root in ("httpx", "httpx2"))
    return type(mixin.__name__, (mixin, getattr(import_module(library), _BASES[mixin])), {})


def unread(network: Any) -> bool:
    """Return whether data waits between the socket and the parser: in TLS or asyncio buffers.

    The library checks the socket itself before it uses the connection again.
    """
    network = getattr(network, "_network", network)  # the library's, without our wrapper
    stream = getattr(network, "_stream", None)  # of async connections
    if stream is not None:
        while hasattr(stream, "transport_stream"):
            stream = stream.transport_stream
        if _is_anyio_tcp(stream):
            # asyncio reads up to 256 KiB at a time, of which libraries take 64 KiB.
            if stream._protocol.read_queue:
                return True
            if stream is network._stream:
                return False
    tls = network.get_extra_info("ssl_object")
    if not isinstance(tls, ssl.SSLObject):
        return False  # blocking: OpenSSL reads single records, and returns all of each
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:
        pass
    return True


def _is_anyio_tcp(stream: object) -> bool:
    """Return whether a stream is an anyio TCP stream."""
    kind: type = type(stream)
    return _is_anyio_tcp_class(kind)


@cache
def _is_anyio_tcp_class(kind: type) -> bool:
    if not kind.__module__.startswith("anyio."):
        return False
    from anyio.abc import SocketStream, UNIXSocketStream  # slow to import

    return issubclass(kind, SocketStream) and not issubclass(kind, UNIXSocketStream)


def _warn() -> None:
    global _warned
    if not _warned:
        _warned = True
        warnings.warn(_UNSUPPORTED, RuntimeWarning, stacklevel=2)
