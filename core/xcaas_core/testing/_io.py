"""The two halves that a client drives instead of a network: one blocks, one awaits. Neither waits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Protocol

from ._responses import FakeResponse, ServedResponse

if TYPE_CHECKING:
    from ..sansio._messages import Part, Request, Response
    from ._clock import FakeClock

__all__ = ["FakeAsyncIO", "FakeSyncIO", "joined"]


class Responder(Protocol):
    """What stands behind both halves: `FakeServer`."""

    @property
    def clock(self) -> FakeClock: ...
    def handle(self, request: Request, content: bytes) -> FakeResponse: ...


class FakeSyncIO:
    """What a blocking client's flows are carried out with."""

    def __init__(self, server: Responder) -> None:
        self.server = server
        self.clock: FakeClock = server.clock

    def send(self, request: Request, stream: bool) -> Response:
        opened = request.content() if callable(request.content) else request.content
        if isinstance(opened, AsyncIterator):
            raise TypeError("a blocking client cannot send an async iterator")
        content = opened if isinstance(opened, bytes) else b"".join(opened or ())
        return _respond(self.server, request, content, stream)

    def read(self, response: Response) -> None:
        _served(response).read()

    def chunk(self, response: Response) -> bytes:
        return _served(response).chunk()

    def close_response(self, response: Response) -> None:
        _served(response).closed = True

    def sleep(self, seconds: float) -> None:
        self.server.clock.sleep(seconds)

    def close(self) -> None:
        """Do nothing: there is no connection to close."""


class FakeAsyncIO:
    """What an async client's flows are carried out with."""

    def __init__(self, server: Responder) -> None:
        self.server = server
        self.clock: FakeClock = server.clock

    async def send(self, request: Request, stream: bool) -> Response:
        opened = request.content() if callable(request.content) else request.content
        if isinstance(opened, AsyncIterator):
            content = b"".join([piece async for piece in opened])
        else:
            content = opened if isinstance(opened, bytes) else b"".join(opened or ())
        await _pass()
        return _respond(self.server, request, content, stream)

    async def read(self, response: Response) -> None:
        await _pass()
        _served(response).read()

    async def chunk(self, response: Response) -> bytes:
        await _pass()
        return _served(response).chunk()

    async def close_response(self, response: Response) -> None:
        _served(response).closed = True

    async def sleep(self, seconds: float) -> None:
        self.server.clock.sleep(seconds)
        await _pass()

    async def close(self) -> None:
        """Do nothing: there is no connection to close."""


async def _pass() -> None:
    """Let other tasks run, as a network would; a cancelled task learns of it here."""
    from anyio.lowlevel import checkpoint

    await checkpoint()


def _respond(server: Responder, request: Request, content: bytes, stream: bool) -> Response:
    parts: Callable[[], list[Part]] | None = request.parts
    response = ServedResponse(server.handle(request, joined(parts()) if parts is not None else content))
    if not stream:
        response.read()
    return response


def joined(parts: list[Part]) -> bytes:
    """Return a multipart body as it could look; boundaries are the HTTP library's business."""
    found: list[bytes] = []
    for name, (file_name, content, media_type, headers) in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name else "")
        lines = [
            f"Content-Disposition: {disposition}",
            *([f"Content-Type: {media_type}"] if media_type else []),
            *[f"{header}: {value}" for header, value in headers.items()],
            "",
            "",
        ]
        body = content if isinstance(content, bytes) else content.read()
        found.append(b"--fake\r\n" + "\r\n".join(lines).encode() + body + b"\r\n")
    return b"".join(found) + b"--fake--\r\n"


def _served(response: Response) -> ServedResponse:
    """Return a response of the server's own, as all that come here are."""
    assert isinstance(response, ServedResponse)
    return response
