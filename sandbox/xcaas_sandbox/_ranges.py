"""Files and byte ranges of them: Range and If-Range (RFC 9110, 14.2 and 13.1.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ._replies import Problem, Reply

if TYPE_CHECKING:
    from ._handlers import Call

__all__ = ["file_reply"]

_CHUNK = 16 * 1024


def file_reply(call: Call, content: bytes, *, name: str, etag: str, media_type: str) -> Reply:
    """Return a file, or the requested range."""
    size = len(content)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{name}"',
        "ETag": f'"{etag}"',
    }
    status, begin, end = 200, 0, size
    requested = _range(call)
    if requested is not None and call.headers.get("if-range", headers["ETag"]) == headers["ETag"]:
        begin, end = _bounds(*requested, size)
        status = 206
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - begin)
    pieces = (content[start : min(start + _CHUNK, end)] for start in range(begin, end, _CHUNK))
    return Reply(stream=pieces, status=status, headers=headers, media_type=media_type)


def _range(call: Call) -> tuple[str, str] | None:
    """Return first and last byte of the requested range. Malformed and multiple ranges are ignored."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", call.headers.get("range", "").replace(" ", ""), re.ASCII)
    first, last = match.groups() if match else ("", "")
    if not (first or last) or (first and last and int(last) < int(first)):
        return None
    return first, last


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    begin = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if begin >= end:
        raise Problem(416, "no such part of the file", headers={"Content-Range": f"bytes */{size}"})
    return begin, end
