"""Receiving one file, without I/O: requesting it, resuming after a lost connection, verifying it.

After a lost connection, the rest is requested with `Range` if that is safe: the server can
tell whether the file has changed (`If-Range` with an ETag or a date), or a checksum of the
whole would show it. Otherwise the download starts over, if the caller can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._errors import DownloadError, ResponseError, TransportError
from .._pointer import value_at
from ..calls._context import CallContext
from ..calls._exchange import exchange
from ..operations._operation import Call
from ..sansio._steps import Close, Sleep, backoff_delay, read_chunk
from ._checksum import Checksum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..calls._call_response import CallResponse
    from ..calls._engine import Engine
    from ..operations._extensions import DownloadSpec
    from ..sansio._messages import Response
    from ..sansio._steps import Flow

__all__ = ["Transfer"]

_MAX_FAILURES: Final = 4  # in a row, without new bytes
_FIRST_PAUSE: Final = 0.5  # seconds
_NO_CONTENT: Final = (202, 204, 205)  # success statuses without a file
_RETRY: Final = "Try again; `unverified()` takes the file as it comes."


class Transfer:
    """The transfer of one file.

    Call `open`, then `next` until it returns no bytes, then `close`. After each `next`, `restarted`
    says whether the bytes just returned are the first ones again.
    """

    __slots__ = (
        "_call",
        "_coding",
        "_description",
        "_engine",
        "_expected",
        "_failures",
        "_furthest",
        "_is_part",
        "_latest",
        "_response",
        "_spec",
        "checksum",
        "described",
        "etag",
        "is_open",
        "length",
        "modified",
        "offset",
        "restarted",
        "verified",
    )

    def __init__(self, engine: Engine, call: Call[object], verify: bool = True) -> None:
        self._engine = engine
        self._call = call
        self._spec: DownloadSpec | None = call.operation.download
        # If the caller requests a part, checksum, size and ETag of the whole file do not apply.
        self._is_part = _has_argument(call, "range")
        verify = verify and not self._is_part
        self._description = self._spec.checksum if self._spec is not None and verify else None  # until it is requested
        self._latest: CallResponse[object] | None = None  # open or not
        self._response: Response  # of `_latest`
        self.is_open = False
        self._failures = 0
        self._furthest = 0
        self._expected: str | None = None
        self.offset = 0
        """Bytes received so far."""
        self.length: int | None = None
        """Size of the whole file in bytes, if known."""
        self.described: int | None = None
        """The same, from the description."""
        self.etag: str | None = None
        """The validator for `If-Range`: a strong ETag, or the date of the last change."""
        self.modified: str | None = None
        """The date of the last change."""
        self._coding = ""  # of the response, empty for none
        self.checksum: Checksum | None = None
        self.restarted = False
        self.verified: str | None = None
        """How the file was verified: `md5`, `length`, or None."""

    @property
    def name(self) -> str:
        return self._call.operation.call

    @property
    def headers(self) -> Mapping[str, str]:
        return {} if self._latest is None else self._latest.headers

    def describe(self) -> Flow[None]:
        """Request the description of the file: its length and checksum. Does nothing without one in the spec, or
        while a response is open: the request could wait for its slot.
        """
        spec = self._spec
        if spec is None or self._description is None or self.is_open:
            return
        response = yield from exchange(self._engine, self._call.related(self._description))
        self._description = None
        body = response.json()
        size = value_at(body, spec.size) if spec.size else None
        self.described = _byte_count(str(size)) if isinstance(size, str | int) else None
        text = value_at(body, spec.value) if spec.value else None
        kind = value_at(body, spec.type) if spec.type else None
        if isinstance(text, str) and text and (not kind or (isinstance(kind, str) and kind.upper() == "MD5")):
            self._expected = text
            self.checksum = Checksum(text, self.described)

    def open(self, info: Mapping[str, str] | None = None, offset: int = 0) -> Flow[None]:
        """Request the file, or its missing part, unless it is open.

        Args:
            info: The resume info of the first bytes (`etag`, `length`).
            offset: Bytes already received, valid if the file has not changed. Afterwards, the attribute
                `offset` is this number, or 0.
        """
        if self.is_open:
            return
        yield from self.describe()
        if info and offset:
            self.etag = info.get("etag") or None
            self.modified = info.get("modified") or None
            length = _byte_count(info.get("length", ""))
            self.length = self.length if length is None else length
        self.offset = offset
        yield from self._request()
        self._reset_checksum()

    def next(self, *, restartable: bool) -> Flow[bytes]:
        """Return the next bytes; none at the end of a complete file.

        Raises DownloadError if the file can't be completed: the server cannot resume, repeated attempts
        failed, or the length is not the announced one.
        """
        self.restarted = False
        while True:
            try:
                if not self.is_open:
                    yield from self._reconnect(restartable)
                data = yield from read_chunk(self._response)
            except TransportError as error:
                yield from self.close()
                if self.offset != self.length:
                    yield from self._record_failure(error)
                    continue
                data = b""  # the file is complete
            if data:
                self.offset += len(data)
                return data
            announced = self.described if self.length is None else self.length
            if announced is None or self.offset == announced:
                return b""
            wrong_length = DownloadError(f"{self.offset} bytes arrived, {announced} were announced")
            yield from self.close()
            if self.offset > announced:
                raise self._in_context(wrong_length)
            yield from self._record_failure(wrong_length)

    def take(self) -> Flow[bytes]:
        """Return the next bytes for a caller that cannot start over, and update the checksum."""
        data = yield from self.next(restartable=False)
        if self.checksum is not None:
            self.checksum.update(data)
        return data

    def can_resume(self, info: Mapping[str, str]) -> bool:
        """Return whether the rest of a part with this resume info may be requested."""
        if not info or info.get("checksum", "") != (self._expected or "") or info.get("coding"):
            return False
        if self._spec is not None and self._spec.ranges is False:
            return False
        return bool(info.get("etag")) or (self.checksum is not None and self.checksum.conclusive)

    def check(self) -> None:
        """Verify the complete file. DownloadError if checksum or length do not match."""
        matches = None if self.checksum is None else self.checksum.matches()
        if matches is False:
            raise self._in_context(DownloadError(f"the bytes do not have the checksum {self._expected}", advice=_RETRY))
        if matches is None and self.described not in (None, self.offset):
            text = f"{self.offset} bytes arrived, but the service describes the file with {self.described}"
            raise self._in_context(DownloadError(text, advice=_RETRY))
        if matches:
            self.verified = "md5"
        elif self.length is not None or self.described is not None:
            self.verified = "length"

    def is_intact(self) -> bool:
        """Return whether the file passes the check."""
        try:
            self.check()
        except DownloadError:
            return False
        return True

    def resume_info(self) -> dict[str, str]:
        """Return what a later process needs in order to resume this file."""
        info = {"etag": self.etag or "", "length": "" if self.length is None else str(self.length)}
        optional = {"modified": self.modified, "coding": self._coding, "checksum": self._expected}
        return info | {name: value for name, value in optional.items() if value}

    def start_over(self) -> Flow[None]:
        """Discard what was received, and request the whole file again."""
        yield from self.close()
        self.offset = 0
        yield from self._request()
        self._reset_checksum()

    def close(self) -> Flow[None]:
        """Release the connection. Safe to call twice."""
        if self.is_open and self._latest is not None:
            self.is_open = False
            yield Close(self._latest.response)

    def _request(self) -> Flow[None]:
        """Request the bytes from `offset` on. Sets `offset` to the start of the response."""
        headers: dict[str, str | None] = (
            {} if _has_argument(self._call, "accept-encoding") else {"Accept-Encoding": "identity"}
        )
        headers.update(self._call.headers or {})
        if self.offset:
            headers["Range"] = f"bytes={self.offset}-"
            headers["If-Range"] = self.etag
        call = Call(self._call.operation, self._call.args, self._call.body, headers=headers, stream=True)
        try:
            response = yield from exchange(self._engine, call)
        except ResponseError as error:
            if error.status != 416 or not self.offset:
                raise
            self.offset = 0  # the file has changed
            yield from self._request()
            return
        self._latest = response
        self._response = response.response
        self.is_open = True
        if response.status in _NO_CONTENT:
            yield from self.close()
            text = f"the service responded with {response.status}, and with no file"
            raise self._in_context(
                DownloadError(text, advice="It may not be there yet, or not any more. Look at the object.")
            )
        start = _range_start(response.headers) if response.status == 206 and not self._is_part else 0
        if start != self.offset and start != 0:
            yield from self.close()
            where = "does not say where it begins" if start < 0 else f"begins at {start}"
            text = f"bytes were requested from {self.offset} on, but the response {where}"
            raise self._in_context(DownloadError(text))
        if start and self._is_another_file(response.headers):
            yield from self.close()
            self.offset = 0
            yield from self._request()
            return
        self.offset = start
        self._read_headers(response)

    def _is_another_file(self, headers: Mapping[str, str]) -> bool:
        """Return whether a part is of another file than the bytes before, despite `If-Range`."""
        etag, modified = headers.get("ETag"), headers.get("Last-Modified")
        known = self.etag if self.etag is not None and self.etag.startswith('"') else None
        total = _total_size(headers)
        return (
            (None not in (known, etag) and etag != known)
            or (None not in (self.modified, modified) and modified != self.modified)
            or (None not in (self.length, total) and total != self.length)
            or _content_coding(headers) != ""
        )

    def _read_headers(self, response: CallResponse[object]) -> None:
        headers = response.headers
        etag = "" if self._is_part else headers.get("ETag", "")
        continues = response.status == 206 and self.offset > 0
        modified = None if self._is_part else headers.get("Last-Modified") or (self.modified if continues else None)
        # Weak ETags don't promise the same bytes, so If-Range must not carry them (RFC 9110, 13.1.5).
        self.etag = etag if etag.startswith('"') else self.etag if continues else modified
        self.modified = modified
        self._coding = _content_coding(headers)
        ranged = response.status == 206 and not self._is_part
        total = _total_size(headers) if ranged else _byte_count(headers.get("Content-Length", ""))
        if self._coding:
            self.length = None  # the bytes arrive decoded
        elif total is not None:
            self.length = total

    def _reset_checksum(self) -> None:
        if self._expected is not None:
            self.checksum = Checksum(self._expected, self.described if self.length is None else self.length)

    def _reconnect(self, restartable: bool) -> Flow[None]:
        received = self.offset
        if not self._can_continue():
            if not restartable and received:
                text = f"the connection broke after {received} bytes, and the server cannot continue there"
                raise self._in_context(DownloadError(text, advice="Try again; `save` starts over by itself."))
            self.offset = 0
        old_etag = self.etag
        try:
            yield from self._request()
        except BaseException:
            # Not started over: the caller still has these bytes, and must learn when it is.
            self.offset = received
            raise
        if self.offset == received:
            return
        self.restarted = True
        if restartable:
            self._reset_checksum()
            return
        yield from self.close()
        changed = ", which has changed" if old_etag and old_etag != self.etag else ""
        text = f"the connection broke after {received} bytes, and the server started the file again{changed}"
        raise self._in_context(DownloadError(text, advice="Try again; `save` starts over by itself."))

    def _can_continue(self) -> bool:
        """Return whether the rest of the same file can be requested safely."""
        # Ranges count encoded bytes, not decoded ones.
        if not self.offset or self._coding or (self._spec is not None and self._spec.ranges is False):
            return False
        return self.etag is not None or (self.checksum is not None and self.checksum.conclusive)

    def _record_failure(self, error: TransportError | DownloadError) -> Flow[None]:
        """Count a failure, and wait. Raises DownloadError after too many without new bytes."""
        self._failures = 1 if self.offset > self._furthest else self._failures + 1
        self._furthest = max(self._furthest, self.offset)
        if self._failures >= _MAX_FAILURES:
            total = "an unknown number of" if self.length is None else self.length
            text = f"the transfer broke off {self._failures} times in a row, last after {self.offset} of {total} bytes"
            raise self._in_context(DownloadError(text, advice="Try again later.")) from error
        yield Sleep(backoff_delay(_FIRST_PAUSE, self._failures))

    def _in_context(self, error: DownloadError) -> DownloadError:
        return (self._latest or CallContext(self._call.operation)).complete(error)


def _range_start(headers: Mapping[str, str]) -> int:
    """Return the start of a partial response, from its `Content-Range`; -1 if unknown."""
    start = headers.get("Content-Range", "").removeprefix("bytes").strip().partition("-")[0]
    number = _byte_count(start)
    return -1 if number is None else number


def _total_size(headers: Mapping[str, str]) -> int | None:
    """Return the size of the whole file, from the `Content-Range` of a part."""
    return _byte_count(headers.get("Content-Range", "").rpartition("/")[2])


def _byte_count(text: str) -> int | None:
    """Return a number of bytes, which some proxies repeat."""
    counts = {part.strip() for part in text.split(",")}
    count = counts.pop()
    return int(count) if not counts and count.isascii() and count.isdecimal() and len(count) < 20 else None


def _content_coding(headers: Mapping[str, str]) -> str:
    """Return the content coding of a body, empty for none."""
    coding = headers.get("Content-Encoding", "").strip().lower()
    return "" if coding == "identity" else coding


def _has_argument(call: Call[object], header: str) -> bool:
    """Return whether the caller gave this header as an argument."""
    return any(
        parameter.location == "header" and parameter.wire.lower() == header and value is not None
        for parameter, value in call.arguments
    )
