"""The guard against left-over bytes: a connection that holds any when its response is closed is not used again.

HTTP libraries leave what arrived behind a response in the connection, and read it as the response to the next request.
So a second response in the same packet, or a Content-Length that is too small, would give one call what belongs to
another (RFC 9112, section 6.3). What arrives later, on an idle connection, their pools see themselves.
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
from weakref import proxy

__all__ = ["guard", "guarding", "unread"]

_UNKNOWN: Final = (
    "the HTTP library does not show what was left unread behind a response, so that connections are not used "
    "again. Install a version of httpx or httpx2 that xcaas knows."
)
_warned = False


def guard(response: Any) -> None:
    """Watch over the connection of a response that is about to be read."""
    extensions = response.extensions
    network = extensions.get("network_stream")
    # Mocks have none. HTTP/2 says to which request each byte belongs.
    if network is None or extensions.get("http_version") == b"HTTP/2":
        return
    stream = response.stream
    source = _source(stream)
    if isinstance(source, bytes):
        return  # the whole body, read by what records or caches responses
    connection = _Connection(getattr(source, "_connection", None), network)
    if response.is_closed:  # a hook of the user's has read it
        connection.check_idle()
    elif not isinstance(stream, _Guarded):
        if hasattr(stream, "_response"):
            # httpx binds both to each other. The collector would close a response that nobody did in a thread that may
            # hold the lock of the pool, which closing takes again: that thread would hang, and then all others.
            stream._response = proxy(response)
        kind = _Async if hasattr(stream, "aclose") else _Sync
        response.stream = _as_librarys(kind, response)(stream, connection)


def guarding(auth: Any, client: Any) -> dict[str, Any]:
    """Return how to send requests with an `auth`, or else the client's: so that the responses that only it sees are guarded."""
    auth = client.auth if auth is None else auth
    return {} if auth is None else {"auth": _as_librarys(_Guarding, client)(auth)}


def _source(stream: Any) -> Any:
    """Return what the streams of a response come down to: the bytes of a body, or the stream of a connection.

    Libraries have no public way to their connections.
    """
    while True:
        below = getattr(stream, "_httpcore_stream", None)
        if below is None:
            below = getattr(stream, "_stream", None)
        if below is None:
            return stream
        stream = below


class _Connection:
    """The library's HTTP/1.1 connection under a response, with its parser (h11) and its network stream."""

    __slots__ = ("_connection", "_network")

    def __init__(self, connection: Any, network: Any) -> None:
        self._connection = connection
        self._network = network

    def check(self) -> None:
        """Have the library close the connection, too, if anything is left unread before the response is closed."""
        try:
            if not self._connection.is_closed() and self._holds_more():
                self._connection._h11_state.send_failed()
        except AttributeError:
            self._retire()
            _warn()

    def check_idle(self) -> None:
        """Do the same after the response was closed, unless another call has the connection already."""
        try:
            if self._connection.is_idle() and self._holds_more():
                self._retire()
        except AttributeError:
            _warn()

    def _holds_more(self) -> bool:
        left, _ = self._connection._h11_state.trailing_data
        return bool(left) or unread(self._network)

    def _retire(self) -> None:
        """Make an idle connection look like one that the server has ended. Libraries close those."""
        sock = self._network.get_extra_info("socket")
        with suppress(OSError):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except TypeError:  # uvloop's stand-in for one
                with socket.fromfd(sock.fileno(), sock.family, sock.type) as same:
                    same.shutdown(socket.SHUT_RDWR)


class _Guarded:
    """A response's stream that has its connection checked before it can be used again."""

    def __init__(self, stream: Any, connection: _Connection) -> None:
        self._stream = stream
        self._connection = connection


class _Sync(_Guarded):
    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        try:
            self._connection.check()
        finally:
            self._stream.close()


class _Async(_Guarded):
    def __aiter__(self) -> AsyncIterator[bytes]:
        pieces: AsyncIterator[bytes] = self._stream.__aiter__()
        return pieces

    async def aclose(self) -> None:
        try:
            self._connection.check()
        finally:
            await self._stream.aclose()


class _Guarding:
    """An `auth` that hands each response on to another."""

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


_BASES: Final[dict[type, str]] = {_Sync: "SyncByteStream", _Async: "AsyncByteStream", _Guarding: "Auth"}


def _as_librarys(kind: type, thing: object) -> Any:
    """Return a class of ours as one of the library that a thing comes from. Libraries take no others."""
    like: type = type(thing)
    return _derived(kind, like)


@cache
def _derived(kind: type, like: type) -> Any:
    roots = (cls.__module__.partition(".")[0] for cls in like.__mro__)
    library = next(root for root in roots if root in ("httpx", "httpx2"))
    return type(kind.__name__, (kind, getattr(import_module(library), _BASES[kind])), {})


def unread(network: Any) -> bool:
    """Return whether bytes wait between the socket and the parser: in TLS, or where asyncio hands them over.

    Those in the socket are seen by the library before it uses the connection again.
    """
    network = getattr(network, "_network", network)  # the library's, without ours around it
    stream = getattr(network, "_stream", None)  # what async connections read from
    if stream is not None:
        while hasattr(stream, "transport_stream"):
            stream = stream.transport_stream
        if _is_tcp(stream):
            # asyncio hands over up to 256 KiB at a time, of which libraries read 64 KiB.
            if stream._protocol.read_queue:
                return True
            if stream is network._stream:
                return False
    tls = network.get_extra_info("ssl_object")
    if not isinstance(tls, ssl.SSLObject):
        return False  # from a socket, OpenSSL takes one record at a time, and gives it whole
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:
        pass
    return True


def _is_tcp(stream: object) -> bool:
    """Return whether a stream is anyio's for TCP."""
    kind: type = type(stream)
    return _is_anyio_tcp(kind)


@cache
def _is_anyio_tcp(kind: type) -> bool:
    if not kind.__module__.startswith("anyio."):
        return False
    from anyio.abc import SocketStream, UNIXSocketStream  # not before something async is imported: it takes its time

    return issubclass(kind, SocketStream) and not issubclass(kind, UNIXSocketStream)


def _warn() -> None:
    global _warned
    if not _warned:
        _warned = True
        warnings.warn(_UNKNOWN, RuntimeWarning, stacklevel=2)
