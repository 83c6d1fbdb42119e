"""Reading complete HTTP/1.1 messages from a stream, for a proxy on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Message", "read_request", "read_response"]

_NO_BODY = frozenset({204, 304})


@dataclass
class Message:
    """A request or a response. `start` is its first line without the line break."""

    start: str
    headers: dict[str, str]
    body: bytes

    @property
    def method(self) -> str:
        return self.start.split(" ", 1)[0]

    @property
    def path(self) -> str:
        return self.start.split(" ")[1]

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1])

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def raw(self) -> bytes:
        """Return the message as bytes, with `Content-Length` instead of chunks."""
        headers = {name: value for name, value in self.headers.items() if name != "transfer-encoding"}
        if self.body or "content-length" in headers or "transfer-encoding" in self.headers:
            headers["content-length"] = str(len(self.body))
        lines = [self.start, *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


async def read_request(reader: asyncio.StreamReader) -> Message | None:
    """Return the next request; None if the connection was closed instead."""
    try:
        start, headers = await _head(reader)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Message(start, headers, await _body(reader, headers))


async def read_response(reader: asyncio.StreamReader, method: str) -> Message:
    """Return the response to a request."""
    start, headers = await _head(reader)
    if method == "HEAD" or int(start.split(" ")[1]) in _NO_BODY:
        return Message(start, headers, b"")
    if "content-length" not in headers and "transfer-encoding" not in headers:
        return Message(start, headers, await reader.read())
    return Message(start, headers, await _body(reader, headers))


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    head = await reader.readuntil(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return start, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        return await reader.readexactly(int(headers.get("content-length", 0)))
    pieces: list[bytes] = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        pieces.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(pieces)
