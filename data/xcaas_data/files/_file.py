"""A stored object, opened for reading."""

from __future__ import annotations

import errno
import hashlib
import re
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from fsspec.spec import AbstractBufferedFile

from ._errors import os_errors

if TYPE_CHECKING:
    from ._content import Content
    from ._filesystem import XCaaSFileSystem

__all__ = ["XCaaSFile"]

_MD5 = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)


class XCaaSFile(AbstractBufferedFile):
    """An object, read by range requests. If it fits in one block, or the service does not support ranges, it is downloaded
    completely, verified, and read from memory or a temporary file.

    If all ranges are read in order, a wrong checksum raises an error at the end.
    """

    def __init__(
        self,
        fs: XCaaSFileSystem,
        path: str,
        content: Content,
        *,
        ranges: bool,
        details: dict[str, Any],
        **options: Any,
    ) -> None:
        self._content = content
        self._ranges = ranges
        self._spool: SpooledTemporaryFile[bytes] | None = None
        self._etag: str | None = None
        self._hashed_bytes = 0
        self._digest = hashlib.md5(usedforsecurity=False)
        self._details = details
        super().__init__(fs, path, "rb", **{**options, "size": details["size"]})

    def _fetch_range(self, start: int, end: int) -> bytes:
        end = min(end, self.size)
        if start >= end:
            return b""
        with os_errors(self.path):
            if not self._ranges or self.size <= self.blocksize:
                return self._read_spool(start, end)
            part = self._content.part(start, end, self._etag)
        self._etag = self._etag or part.etag
        if len(part.data) != end - start or part.total not in (None, self.size):
            request = f"{end - start} bytes of {self.size} were requested"
            raise OSError(errno.EIO, f"{request}, but {len(part.data)} of {part.total} were received", self.path)
        self._verify(start, part.data)
        return part.data

    def _read_spool(self, start: int, end: int) -> bytes:
        if self._spool is None:
            with ExitStack() as stack:
                spool = stack.enter_context(SpooledTemporaryFile(max_size=self.blocksize))
                for chunk in self._content.whole().iter_bytes():
                    spool.write(chunk)
                self._spool = spool
                stack.pop_all()
        self._spool.seek(start)
        return self._spool.read(end - start)

    def _verify(self, start: int, data: bytes) -> None:
        """Add bytes that were read in order to the checksum, and compare it after the last byte."""
        checksum = str(self.details.get("checksum") or "")
        if start != self._hashed_bytes or not _MD5.fullmatch(
            checksum
        ):  # others, of multipart uploads, are digests of parts
            return
        self._hashed_bytes += len(data)
        self._digest.update(data)
        if self._hashed_bytes == self.size and self._digest.hexdigest() != checksum.lower():
            raise OSError(errno.EIO, f"the content does not have the checksum {checksum}", self.path)

    def close(self) -> None:
        """Delete the downloaded content."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        super().close()
