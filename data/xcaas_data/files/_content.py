"""The content of one object: all of it, verified, or a range of bytes."""

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
    """A range of an object's bytes, with the ETag and the total size that the service reported."""

    def __init__(self, data: bytes, etag: str | None, total: int | None) -> None:
        self.data = data
        self.etag = etag
        self.total = total


class Content:
    """The content of one object in a region.

    Args:
        client: Returns the current client: an earlier one may have been closed while a file is still open.
        object_id: The object's id.
    """

    def __init__(self, client: Callable[[], XCaaS], object_id: str) -> None:
        self._client = client
        self._id = object_id

    def whole(self) -> Download:
        """Return the download of the whole object, which verifies its length and checksum."""
        return self._client().storage.objects.download(self._id)

    def has_ranges(self) -> bool:
        """Return whether the service supports range requests for this object. Requests its first byte, and reads only the
        status and headers of the response."""
        objects = self._client().storage.objects.with_options(headers={"Range": "bytes=0-0"})
        try:
            with objects.download(self._id).unverified() as download:
                return "content-range" in download.headers
        except ResponseError as error:
            if error.status == 416:  # the object is empty
                return False
            raise

    def part(self, begin: int, end: int, etag: str | None = None) -> Part:
        """Return the bytes from `begin` up to `end`, of the version of the object that has this ETag.

        Raises:
            OSError: The object has changed, or another range was received.
        """
        headers = {"Range": f"bytes={begin}-{end - 1}", "Accept": "*/*", "Accept-Encoding": "identity"}
        if etag is not None:
            headers["If-Range"] = etag
        path = f"/objects/{quote(self._id, safe='')}/content"
        response = self._client().request("GET", path, product="storage", headers=headers)
        header = response.headers.get("etag", "")
        current_etag = (
            header if header.startswith('"') else None
        )  # weak ETags don't guarantee equal bytes (RFC 9110, 13.1.5)
        if etag is not None and current_etag not in (etag, None):
            raise OSError(errno.EIO, "the object changed while it was read")
        if response.status != 206:
            return Part(response.content[begin:end], current_etag, len(response.content))
        first, total = _content_range(response.headers)
        if first != begin or len(response.content) > end - begin:
            raise OSError(errno.EIO, f"bytes {begin} to {end} were requested, but others were received")
        return Part(response.content, current_etag, total)


def _content_range(headers: Mapping[str, str]) -> tuple[int, int | None]:
    """Parse `Content-Range`: return the position of the first byte (-1 if invalid) and the total size (None if unknown)."""
    match = re.fullmatch(r"bytes\s+(\d+)-\d+/(\d+|\*)", headers.get("content-range", "").strip(), re.ASCII)
    if match is None:
        return -1, None
    first, total = match.groups()
    return int(first), None if total == "*" else int(total)
