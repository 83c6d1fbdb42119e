"""A service of one file, which breaks off, changes and describes its file as a test wants it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.support.example_api import _ops
from tests.support.sessions import async_session, sync_session
from xcaas_core._errors import ConnectionLostError
from xcaas_core.downloads._download import AsyncDownload, Download
from xcaas_core.operations._operation import Call, Operation
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer

DATA = bytes(range(256)) * 40
MD5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
Handler = Callable[[FakeRequest], FakeResponse]


def download(server: FakeServer, operation: Operation[object] = _ops.PLAIN) -> Download:
    return Download(sync_session(server), Call(operation, ("t1",), stream=True))


def adownload(server: FakeServer, operation: Operation[object] = _ops.PLAIN) -> AsyncDownload:
    return AsyncDownload(async_session(server), Call(operation, ("t1",), stream=True))


def pieces(data: bytes, size: int = 1000) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


class Origin:
    """A server of one file, which breaks off now and then.

    Args:
        cuts: For each request in turn, after how many bytes it breaks off; None for not at all.
        ranges: Whether it understands `Range`.
        etag: Its `ETag`; may be changed between requests.
    """

    def __init__(
        self,
        data: bytes = DATA,
        cuts: Sequence[int | None] = (),
        *,
        ranges: bool = True,
        etag: str | None = '"v1"',
    ) -> None:
        self.data = data
        self.cuts: Iterator[int | None] = iter(cuts)
        self.ranges = ranges
        self.etag = etag
        self.asked: list[str | None] = []

    def __call__(self, request: FakeRequest) -> FakeResponse:
        self.asked.append(request.headers.get("range"))
        headers = {"etag": self.etag} if self.etag else {}
        start = 0
        same = request.headers.get("if-range") in (None, self.etag)
        if self.ranges and same and (wanted := request.headers.get("range")):
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(self.data):
                return FakeResponse(416, headers={"content-range": f"bytes */{len(self.data)}"})
            headers["content-range"] = f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
        rest = self.data[start:]
        cut = next(self.cuts, None)
        return FakeResponse(
            206 if "content-range" in headers else 200,
            content=pieces(rest if cut is None else rest[:cut]) or [b""],
            headers=headers,
            length=len(rest),
            error=None if cut is None else ConnectionLostError("cut"),
        )


def serving(origin: Handler, target: str = "shop.things.plain") -> FakeServer:
    return FakeServer().respond(target, origin)


def described(origin: Handler, **facts: object) -> FakeServer:
    """A service that describes its file: length and checksum."""
    known = {"checksum": MD5, "checksumType": "MD5", "size": len(DATA), **facts}
    return serving(origin, "shop.things.download").respond("shop.things.get", json=known)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
