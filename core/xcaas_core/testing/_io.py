"""Transports without a network, blocking and async. Neither waits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Protocol

from ._responses import FakeResponse, ServedResponse

if TYPE_CHECKING:
    from ..sansio._messages import Part, Request, Response
    from ._clock import FakeClock

__all__ = ["FakeAsyncIO", "FakeSyncIO", "joined"]


class Responder(Protocol):
    """What both transports call: `FakeServer`, or a cassette."""

    @property
    def clock(self) -> FakeClock: ...
    def handle(self, request: Request, content: bytes) -> FakeResponse: ...


class FakeSyncIO:
    """The transport of a blocking client."""

    def __init__(self, server: Responder) -> None:
        self.server = server
        self.clock: FakeClock = server.clock

    def send(self, request: Request, stream: bool) -> Response:
        body = request.content() if callable(request.content) else request.content
        if isinstance(body, AsyncIterator):
            raise TypeError("a blocking client cannot send an async iterator")
        content = body if isinstance(body, bytes) else b"".join(body or ())
        return _respond(self.server, request, content, stream)

    def read(self, response: Response) -> None:
        _as_served(response).read()

    def chunk(self, response: Response) -> bytes:
        return _as_served(response).chunk()

    def close_response(self, response: Response) -> None:
        _as_served(response).closed = True

    def sleep(self, seconds: float) -> None:
        self.server.clock.sleep(seconds)

    def close(self) -> None:
        """Do nothing: there is no connection to close."""


class FakeAsyncIO:
    """The transport of an async client."""

    def __init__(self, server: Responder) -> None:
        self.server = server
        self.clock: FakeClock = server.clock

    async def send(self, request: Request, stream: bool) -> Response:
        body = request.content() if callable(request.content) else request.content
        if isinstance(body, AsyncIterator):
            content = b"".join([piece async for piece in body])
        else:
            content = body if isinstance(body, bytes) else b"".join(body or ())
        await _checkpoint()
        return _respond(self.server, request, content, stream)

    async def read(self, response: Response) -> None:
        await _checkpoint()
        _as_served(response).read()

    async def chunk(self, response: Response) -> bytes:
        await _checkpoint()
        return _as_served(response).chunk()

    async def close_response(self, response: Response) -> None:
        _as_served(response).closed = True

    async def sleep(self, seconds: float) -> None:
        self.server.clock.sleep(seconds)
        await _checkpoint()

    async def close(self) -> None:
        """Do nothing: there is no connection to close."""


async def _checkpoint() -> None:
    """Let other tasks run, and cancellation happen, as a network would."""
    from anyio.lowlevel import checkpoint

    await checkpoint()


def _respond(server: Responder, request: Request, content: bytes, stream: bool) -> Response:
    parts: Callable[[], list[Part]] | None = request.parts
    response = ServedResponse(server.handle(request, joined(parts()) if parts is not None else content))
    if not stream:
        response.read()
    return response


def joined(parts: list[Part]) -> bytes:
    """Return a possible multipart body; the real one is the HTTP library's."""
    pieces: list[bytes] = []
    for name, (file_name, content, media_type, headers) in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name else "")
        lines = [
            f"Content-Disposition: {disposition}",
            *([f"Content-Type: {media_type}"] if media_type else []),
            *[f"{header}: {value}" for header, value in headers.items()],
            "",
            "",
        ]
        data = content if isinstance(content, bytes) else content.read()
        pieces.append(b"--fake\r\n" + "\r\n".join(lines).encode() + data + b"\r\n")
    return b"".join(pieces) + b"--fake--\r\n"


def _as_served(response: Response) -> ServedResponse:
    """Return the response with its type, which all have here."""
    assert isinstance(response, ServedResponse)
    return response
