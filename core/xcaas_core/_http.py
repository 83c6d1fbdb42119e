"""The HTTP library: the only module that knows it.

`httpx2` is preferred where it is installed, `httpx` otherwise; users may pass a client of either.
`SyncIO` and `AsyncIO` carry out what flows ask for, and turn the library's errors into ours.
Redirects are off everywhere: credentials must not travel to other hosts.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from ._errors import ConfigurationError, XCaaSError
from ._fork import resets_after_fork
from ._lanes import AsyncLanes, Lanes
from ._signing import Signing
from ._transport_errors import Deadline, converted
from ._version import VERSION

if TYPE_CHECKING:
    import ssl
    from types import ModuleType

    import httpx

    from ._authseam import Authorizer
    from ._session import AsyncSession, Session
    from ._steps import Request, Response

    HttpAuth: TypeAlias = httpx.Auth

__all__ = ["AsyncIO", "Connection", "HttpResponse", "SyncIO", "auth_adapter", "is_http_auth", "is_http_client"]

_LIBRARIES: Final = ("httpx2", "httpx")
_AGENT: Final = f"xcaas/{VERSION}"


def _module(name: str) -> ModuleType:
    return import_module(name)


def _preferred() -> str:
    return next((name for name in _LIBRARIES if find_spec(name) is not None), "httpx")


def _library_of(thing: object) -> str | None:
    """Which of the libraries an object's class comes from, also through a subclass of the user's."""
    for cls in type(thing).__mro__:
        root = cls.__module__.partition(".")[0]
        if root in _LIBRARIES:
            return root
    return None


def is_http_auth(thing: object) -> bool:
    """Whether a user's `auth` is an HTTP library's own kind, and not one of our credentials."""
    name = _library_of(thing)
    return name is not None and isinstance(thing, _module(name).Auth)


def is_http_client(thing: object, *, blocking: bool) -> bool:
    """Whether a user's `http_client` is a client of a library that we know, of the right kind."""
    name = _library_of(thing)
    return name is not None and isinstance(thing, _module(name).Client if blocking else _module(name).AsyncClient)


class Connection:
    """How connections are made by clients that the SDK makes itself.

    One TLS context serves all of them; loading the certificates takes longer than all else.
    """

    def __init__(
        self, *, verify: ssl.SSLContext | str | bool = True, proxy: str | None = None, library: str | None = None
    ) -> None:
        self.library = library or _preferred()
        self._proxy = proxy
        self.defaults = {"connection": "keep-alive", "user-agent": _AGENT}
        self._tls = _tls_context(self.library, verify)

    def client(self, kind: str) -> Any:
        """A new client of the library, `Client` or `AsyncClient`."""
        library = _module(self.library)
        client = getattr(library, kind)(
            verify=self._tls,
            proxy=self._proxy,
            follow_redirects=False,
            # Calls in flight are bounded before they get here; streams in use are the caller's affair.
            limits=library.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=15.0),
        )
        self.defaults["accept-encoding"] = client.headers["accept-encoding"]
        return client

    @property
    def needs_lanes(self) -> bool:
        """httpx 0.28 walks over all connections several times per request, probing idle sockets, and
        closes idle ones too early; at 50 calls in flight that costs more than the calls. httpx2 does not."""
        return self.library == "httpx"


def _tls_context(library: str, verify: ssl.SSLContext | str | bool) -> ssl.SSLContext:
    if isinstance(verify, str):
        import ssl

        if os.path.isdir(verify):
            return ssl.create_default_context(capath=verify)
        return ssl.create_default_context(cafile=verify)
    return cast("ssl.SSLContext", _module(library).create_ssl_context(verify=verify))


class HttpResponse:
    """An answer, as flows see it. `raw` is the library's own."""

    __slots__ = ("chunks", "content", "deadline", "headers", "raw", "release", "status")

    def __init__(self, raw: Any, deadline: Deadline) -> None:
        self.raw = raw
        self.status: int = raw.status_code
        self.headers: Mapping[str, str] = raw.headers
        self.content = b""
        self.deadline = deadline
        self.chunks: Any = None
        self.release: Any = None

    def __repr__(self) -> str:
        return f"<HttpResponse {self.status}>"


class _Builder:
    """Makes the library's requests. A user's client merges in what its user has set on it; for the SDK's own
    that is known beforehand, and costs nothing per call."""

    def __init__(self, connection: Connection | None) -> None:
        self._request: Any = None
        self._defaults: dict[str, str] = {}
        if connection is not None:
            self._request = _module(connection.library).Request
            self._url = _module(connection.library).URL
            self._defaults = connection.defaults
        self._urls: dict[str, Any] = {}

    def _named(self, client: Any) -> dict[str, str]:
        """A user's client keeps the name that its user gave it, but not the library's own."""
        agent: str = client.headers.get("user-agent", "")
        return {"user-agent": _AGENT} if agent.startswith("python-httpx") else {}

    def build(self, client: Any, request: Request, content: object) -> Any:
        extensions = {"timeout": Deadline(request.timeout, request.connect_timeout, request.read_timeout)}
        files = None if request.parts is None else request.parts()
        if self._request is None:
            headers = {**self._named(client), **request.headers}
            return client.build_request(
                request.method, request.url, headers=headers, content=content, files=files, extensions=extensions
            )
        headers = {**self._defaults, **request.headers}
        url = self._urls.get(request.url) or self._parsed(request.url)
        return self._request(request.method, url, headers=headers, content=content, files=files, extensions=extensions)

    def _parsed(self, address: str) -> Any:
        """Parsing an address takes as long as all else that is done here, and those of polls, searches and
        POSTs come again and again. Long ones are ids and cursors, and some hold keys: not kept."""
        url = self._url(address)
        if len(address) < 200 and "key=" not in address and "token=" not in address:
            if len(self._urls) >= 256:
                self._urls.clear()
            self._urls[address] = url
        return url


def _ours(error: Exception, client: Any) -> XCaaSError | None:
    """The error to raise in place of one from the library: without its traceback, whose frames hold
    headers and addresses with credentials in them. None for errors of the user's own code."""
    if isinstance(error, XCaaSError):
        return error.with_traceback(None)
    if isinstance(error, RuntimeError) and client is not None and client.is_closed:
        return ConfigurationError("the client was closed", advice="Make calls before close(), or make a new client.")
    return converted(error)


class SyncIO:
    """Carries out steps with a blocking HTTP client: the user's own, or the SDK's."""

    def __init__(self, client: object = None, *, connection: Connection | None = None, auth: object = None) -> None:
        self._users = client
        self._connection = None if client is not None else connection or Connection()
        self._auth: dict[str, object] = {} if auth is None else {"auth": auth}
        self._abandoned: list[Lanes] = []
        self._builder = _Builder(self._connection)
        self._lanes = self._new_lanes()
        resets_after_fork(self)

    def _new_lanes(self) -> Lanes:
        connection = self._connection
        if connection is None:
            return Lanes(lambda: self._users, separate=False)
        return Lanes(lambda: connection.client("Client"), separate=connection.needs_lanes)

    def reset(self) -> None:
        """In a forked child: leave the parent's sockets alone. Closing them could wait for a lock of the parent's."""
        self._abandoned.append(self._lanes)
        self._lanes = self._new_lanes()

    def send(self, request: Request, stream: bool) -> HttpResponse:
        """Send, and read the whole answer unless it is to be streamed."""
        lanes = self._lanes
        client = lanes.take()
        response = None
        try:
            response = self._open(client, request)
            response.release = lambda: lanes.give(client)
            if stream:
                response.deadline.at = None
                return response
            return self._finish(response)
        except Exception as caught:
            error = _ours(caught, client)
            if error is None:
                raise
        finally:
            if response is None:
                lanes.give(client)
        # Outside of the except block, so that the library's error is not chained to ours.
        raise error

    def _open(self, client: Any, request: Request) -> HttpResponse:
        content = request.content() if callable(request.content) else request.content
        if isinstance(content, AsyncIterator):
            raise ConfigurationError("an async iterator cannot be sent by a blocking client")
        message = self._builder.build(client, request, content)
        raw = client.send(message, stream=True, follow_redirects=False, **self._auth)
        return HttpResponse(raw, message.extensions["timeout"])

    def _finish(self, response: HttpResponse) -> HttpResponse:
        check = response.deadline.check
        pieces: list[bytes] = []
        try:
            for piece in response.raw.iter_bytes():
                pieces.append(piece)
                check()
        finally:
            self.close(response)
        response.content = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        return response

    def read(self, response: Response) -> None:
        """Read what is left of a streamed answer."""
        pieces: list[bytes] = []
        while piece := self.chunk(response):
            pieces.append(piece)
        cast("HttpResponse", response).content = b"".join(pieces)

    def chunk(self, response: Response) -> bytes:
        """The next piece; empty at the end."""
        answer = cast("HttpResponse", response)
        try:
            if answer.chunks is None:
                answer.chunks = answer.raw.iter_bytes()
            for piece in answer.chunks:
                if piece:
                    return bytes(piece)
            self.close(answer)
            return b""
        except Exception as caught:
            self.close(answer)
            error = _ours(caught, None)
            if error is None:
                raise
        raise error

    def close(self, response: Response) -> None:
        """Give up an answer, or return its connection after the last piece."""
        answer = cast("HttpResponse", response)
        release, answer.release = answer.release, None
        if release is not None:
            try:
                answer.raw.close()
            finally:
                release()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def shut(self) -> None:
        """The client is closed. What the user brought stays open."""
        if self._users is None:
            self._lanes.close()


class AsyncIO:
    """Carries out steps with an async HTTP client: the user's own, or the SDK's, one per event loop."""

    def __init__(self, client: object = None, *, connection: Connection | None = None, auth: object = None) -> None:
        self._users = client
        self._connection = None if client is not None else connection or Connection()
        self._auth: dict[str, object] = {} if auth is None else {"auth": auth}
        self._abandoned: list[object] = []
        self._builder = _Builder(self._connection)
        self._homes: list[tuple[object, AsyncLanes]] = []
        self._shut = False
        resets_after_fork(self)

    def _new_lanes(self) -> AsyncLanes:
        connection = self._connection
        if connection is None:
            return AsyncLanes(lambda: self._users, separate=False)
        return AsyncLanes(lambda: connection.client("AsyncClient"), separate=connection.needs_lanes)

    def _here(self) -> AsyncLanes:
        """The clients of the running event loop. Connections cannot move from one loop to another."""
        from ._loops import has_ended, running_loop  # loads asyncio, which blocking clients don't need

        loop = running_loop()
        for home, lanes in self._homes:
            if home is loop:
                return lanes
        if self._shut:
            raise ConfigurationError("the client was closed", advice="Make a new client.")
        lanes = self._new_lanes()
        # Loops that ended leave nothing behind but this entry; a program has few of them alive at a time.
        alive = [(home, theirs) for home, theirs in self._homes if not has_ended(home)]
        self._homes = [(loop, lanes), *alive]
        return lanes

    def reset(self) -> None:
        """In a forked child: leave the parent's sockets alone."""
        self._abandoned.append(self._homes)
        self._homes = []

    async def send(self, request: Request, stream: bool) -> HttpResponse:
        """Send, and read the whole answer unless it is to be streamed."""
        lanes = self._here()
        client = lanes.take()
        response = None
        try:
            response = await self._open(client, request)
            response.release = lambda: lanes.give(client)
            if stream:
                response.deadline.at = None
                return response
            return await self._finish(response)
        except Exception as caught:
            error = _ours(caught, client)
            if error is None:
                raise
        finally:
            if response is None:
                await lanes.give(client)
        raise error

    async def _open(self, client: Any, request: Request) -> HttpResponse:
        content = request.content() if callable(request.content) else request.content
        if isinstance(content, Iterator):
            from ._loops import in_thread

            content = in_thread(content)
        message = self._builder.build(client, request, content)
        raw = await client.send(message, stream=True, follow_redirects=False, **self._auth)
        return HttpResponse(raw, message.extensions["timeout"])

    async def _finish(self, response: HttpResponse) -> HttpResponse:
        import anyio

        # Cancelled from outside, the library's generators unwind; left in the middle they would not.
        try:
            with anyio.move_on_after(response.deadline.left()) as scope:
                response.content = await response.raw.aread()
        finally:
            await self.close(response)
        if scope.cancelled_caught:
            response.deadline.expire()
        return response

    async def read(self, response: Response) -> None:
        """Read what is left of a streamed answer."""
        pieces: list[bytes] = []
        while piece := await self.chunk(response):
            pieces.append(piece)
        cast("HttpResponse", response).content = b"".join(pieces)

    async def chunk(self, response: Response) -> bytes:
        """The next piece; empty at the end."""
        answer = cast("HttpResponse", response)
        try:
            if answer.chunks is None:
                answer.chunks = answer.raw.aiter_bytes()
            async for piece in answer.chunks:
                if piece:
                    return bytes(piece)
            await self.close(answer)
            return b""
        except Exception as caught:
            await self.close(answer)
            error = _ours(caught, None)
            if error is None:
                raise
        raise error

    async def close(self, response: Response) -> None:
        """Give up an answer, or return its connection after the last piece."""
        answer = cast("HttpResponse", response)
        release, answer.release = answer.release, None
        if release is not None:
            try:
                if answer.chunks is not None:
                    await answer.chunks.aclose()
                await answer.raw.aclose()
            finally:
                await release()

    async def sleep(self, seconds: float) -> None:
        import anyio

        await anyio.sleep(seconds)

    async def shut(self) -> None:
        """The client is closed. What the user brought stays open, and so does what belongs to other loops."""
        self._shut = True
        if self._users is None and self._homes:
            await self._here().close()


def auth_adapter(authorizer: Authorizer, session: Session | AsyncSession, origins: list[str]) -> HttpAuth:
    """An `auth` object for users' HTTP clients, of every library that is installed."""
    bases = [_module(name).Auth for name in _LIBRARIES if find_spec(name) is not None]
    return cast("HttpAuth", type("HttpAuth", (Signing, *bases), {})(authorizer, session, origins))
