"""A fake service with one file, which can break off, change and describe it."""

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


def async_download(server: FakeServer, operation: Operation[object] = _ops.PLAIN) -> AsyncDownload:
    return AsyncDownload(async_session(server), Call(operation, ("t1",), stream=True))


def chunks(data: bytes, size: int = 1000) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


class Origin:
    """A handler that serves one file and can break off.

    Args:
        cuts: For each request, the number of bytes after which it breaks off; None for all.
        ranges: Whether it supports `Range`.
        etag: The `ETag`; may be changed between requests.
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
        is_current = request.headers.get("if-range") in (None, self.etag)
        if self.ranges and is_current and (requested_range := request.headers.get("range")):
            start = int(requested_range.removeprefix("bytes=").removesuffix("-"))
            if start >= len(self.data):
                return FakeResponse(416, headers={"content-range": f"bytes */{len(self.data)}"})
            headers["content-range"] = f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
        remaining = self.data[start:]
        cut = next(self.cuts, None)
        return FakeResponse(
            206 if "content-range" in headers else 200,
            content=chunks(remaining if cut is None else remaining[:cut]) or [b""],
            headers=headers,
            length=len(remaining),
            error=None if cut is None else ConnectionLostError("cut"),
        )


def serving(origin: Handler, target: str = "shop.things.plain") -> FakeServer:
    return FakeServer().respond(target, origin)


def described(origin: Handler, **fields: object) -> FakeServer:
    """Return a server that also describes its file: length and checksum."""
    description = {"checksum": MD5, "checksumType": "MD5", "size": len(DATA), **fields}
    return serving(origin, "shop.things.download").respond("shop.things.get", json=description)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
