"""The bytes of one object: whole and verified, or parts of it."""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from xcaas import Download, ResponseError, XCaaS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Content", "Part"]


class Part:
    """Some bytes of an object, and what the service said of the whole."""

    def __init__(self, data: bytes, etag: str | None, total: int | None) -> None:
        self.data = data
        self.etag = etag
        self.total = total


class Content:
    """One object in a region.

    Args:
        client: Returns the client at hand: the one of a moment ago may be closed, while a file is still open.
        object_id: The object's id.
    """

    def __init__(self, client: Callable[[], XCaaS], object_id: str) -> None:
        self._client = client
        self._id = object_id

    def whole(self) -> Download:
        """Return the download of all of it, which compares length and checksum with what the service says of the object."""
        return self._client().storage.objects.download(self._id)

    def has_ranges(self) -> bool:
        """Return whether the service sends parts of this object. Asks for its first byte, and reads no more than the head of
        the response."""
        asking = self._client().storage.objects.with_options(headers={"Range": "bytes=0-0"})
        try:
            with asking.download(self._id).unverified() as download:
                return "content-range" in download.headers
        except ResponseError as error:
            if error.status == 416:  # of an empty object
                return False
            raise

    def part(self, begin: int, end: int, etag: str | None = None) -> Part:
        """Return the bytes from `begin` up to `end`, of the object as it was when it had this ETag.

        Raises:
            OSError: The object has changed, or another part came.
        """
        headers = {"Range": f"bytes={begin}-{end - 1}", "Accept": "*/*", "Accept-Encoding": "identity"}
        if etag is not None:
            headers["If-Range"] = etag
        path = f"/objects/{quote(self._id, safe='')}/content"
        response = self._client().request("GET", path, product="storage", headers=headers)
        told = response.headers.get("etag", "")
        found = told if told.startswith('"') else None  # weak ones promise no equal bytes (RFC 9110, 13.1.5)
        if etag is not None and found not in (etag, None):
            raise OSError(errno.EIO, "the object changed while it was read")
        if response.status != 206:
            return Part(response.content[begin:end], found, len(response.content))
        first, total = _content_range(response.headers)
        if first != begin or len(response.content) > end - begin:
            raise OSError(errno.EIO, f"bytes {begin} to {end} were requested, but others were received")
        return Part(response.content, found, total)


def _content_range(headers: Mapping[str, str]) -> tuple[int, int | None]:
    """Return where a part begins, and how much there is of the whole."""
    found = re.fullmatch(r"bytes\s+(\d+)-\d+/(\d+|\*)", headers.get("content-range", "").strip(), re.ASCII)
    if found is None:
        return -1, None
    first, total = found.groups()
    return int(first), None if total == "*" else int(total)
