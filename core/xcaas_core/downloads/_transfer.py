"""Receiving one file, without I/O: the flow that opens it, reads on after a cut, and checks it.

A broken connection is no reason to give up: the rest is asked for with `Range` where
that is safe, which means that the server can tell whether the file is still the same
(`If-Range` with an ETag or a date), or that a checksum of the whole would notice. Otherwise the
download starts over, if whoever takes the bytes can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._errors import DownloadError, ResponseError, TransportError
from .._pointer import value_at
from ..calls._context import CallContext
from ..calls._exchange import exchange
from ..operations._operation import Call
from ..sansio._steps import Close, Sleep, growing_wait, read_chunk
from ._checksum import Checksum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..calls._call_response import CallResponse
    from ..calls._engine import Engine
    from ..operations._extensions import DownloadSpec
    from ..sansio._messages import Response
    from ..sansio._steps import Flow

__all__ = ["Transfer"]

_PATIENCE: Final = 4  # tries in a row that bring nothing new
_FIRST_PAUSE: Final = 0.5
_NO_FILE: Final = (202, 204, 205)  # accepted, no content: a success all the same
_RETRY: Final = "Try again; `unverified()` takes the file as it comes."


class Transfer:
    """One file on its way.

    `open`, then `next` until it returns no bytes, then `close`. After each `next`, `restarted`
    tells whether the bytes just returned are the first ones again.
    """

    __slots__ = (
        "_best",
        "_call",
        "_coding",
        "_description",
        "_engine",
        "_expected",
        "_failures",
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
        # The caller asks for a part: checksum, size and ETag of the whole file say nothing about it.
        self._is_part = _names(call, "range")
        verify = verify and not self._is_part
        self._description = self._spec.checksum if self._spec is not None and verify else None  # not asked for yet
        self._latest: CallResponse[object] | None = None  # the latest one, open or not
        self._response: Response  # of the latest one, for reading
        self.is_open = False
        self._failures = 0
        self._best = 0
        self._expected: str | None = None
        self.offset = 0
        """Bytes received so far."""
        self.length: int | None = None
        """Bytes of the whole file, if somebody told."""
        self.described: int | None = None
        """The same, as described."""
        self.etag: str | None = None
        """What `If-Range` carries: a strong ETag, or the date of the last change."""
        self.modified: str | None = None
        """The date of the last change."""
        self._coding = ""  # of the bytes that came, other than none
        self.checksum: Checksum | None = None
        self.restarted = False
        self.verified: str | None = None
        """How the file was found right: `md5`, `length`, or None."""

    @property
    def name(self) -> str:
        return self._call.operation.call

    @property
    def headers(self) -> Mapping[str, str]:
        return {} if self._latest is None else self._latest.headers

    def describe(self) -> Flow[None]:
        """Ask what the service knows of the file: its length and checksum. No request where the spec names none, nor
        while a response is open: it could wait for the slot that the response holds.
        """
        spec = self._spec
        if spec is None or self._description is None or self.is_open:
            return
        response = yield from exchange(self._engine, self._call.related(self._description))
        self._description = None
        body = response.json()
        size = value_at(body, spec.size) if spec.size else None
        self.described = _number(str(size)) if isinstance(size, str | int) else None
        text = value_at(body, spec.value) if spec.value else None
        kind = value_at(body, spec.type) if spec.type else None
        if isinstance(text, str) and text and (not kind or (isinstance(kind, str) and kind.upper() == "MD5")):
            self._expected = text
            self.checksum = Checksum(text, self.described)

    def open(self, known: Mapping[str, str] | None = None, have: int = 0) -> Flow[None]:
        """Ask for the file, or for what is missing of it, unless it is open.

        Args:
            known: What was learned of the file when its first `have` bytes came (`etag`, `length`).
            have: Bytes that need not come again, if the file is still the same. `offset` tells
                afterwards whether that worked: it is `have`, or 0.
        """
        if self.is_open:
            return
        yield from self.describe()
        if known and have:
            self.etag = known.get("etag") or None
            self.modified = known.get("modified") or None
            length = _number(known.get("length", ""))
            self.length = self.length if length is None else length
        self.offset = have
        yield from self._request()
        self._reset_checksum()

    def next(self, *, restartable: bool) -> Flow[bytes]:
        """Return the next bytes; none at the end of a file that came whole.

        Raises DownloadError if it can't be had whole: after a cut that can't be mended, several
        fruitless tries, or when the length is not what was announced.
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
                    yield from self._lost(error)
                    continue
                data = b""  # all of it was there already
            if data:
                self.offset += len(data)
                return data
            announced = self.described if self.length is None else self.length
            if announced is None or self.offset == announced:
                return b""
            wrong = DownloadError(f"{self.offset} bytes arrived, {announced} were announced")
            yield from self.close()
            if self.offset > announced:
                raise self._in_context(wrong)
            yield from self._lost(wrong)

    def take(self) -> Flow[bytes]:
        """Return the next bytes for someone who cannot go back, counted into the checksum."""
        data = yield from self.next(restartable=False)
        if self.checksum is not None:
            self.checksum.update(data)
        return data

    def fits(self, note: Mapping[str, str]) -> bool:
        """Return whether it makes sense to ask for the rest of a part that `note` describes."""
        if not note or note.get("checksum", "") != (self._expected or "") or note.get("coding"):
            return False
        if self._spec is not None and self._spec.ranges is False:
            return False
        return bool(note.get("etag")) or (self.checksum is not None and self.checksum.conclusive)

    def check(self) -> None:
        """Compare the whole file with its checksum. DownloadError if it is wrong."""
        verdict = None if self.checksum is None else self.checksum.matches()
        if verdict is False:
            raise self._in_context(DownloadError(f"the bytes do not have the checksum {self._expected}", advice=_RETRY))
        if verdict is None and self.described not in (None, self.offset):
            text = f"{self.offset} bytes arrived, but the service describes the file with {self.described}"
            raise self._in_context(DownloadError(text, advice=_RETRY))
        if verdict:
            self.verified = "md5"
        elif self.length is not None or self.described is not None:
            self.verified = "length"

    def is_right(self) -> bool:
        """Return whether the file passes the check."""
        try:
            self.check()
        except DownloadError:
            return False
        return True

    def note(self) -> dict[str, str]:
        """Return what a later process needs to know to go on with a part of this file."""
        note = {"etag": self.etag or "", "length": "" if self.length is None else str(self.length)}
        facts = {"modified": self.modified, "coding": self._coding, "checksum": self._expected}
        return note | {name: fact for name, fact in facts.items() if fact}

    def start_over(self) -> Flow[None]:
        """Give up what came so far and ask for the whole file again."""
        yield from self.close()
        self.offset = 0
        yield from self._request()
        self._reset_checksum()

    def close(self) -> Flow[None]:
        """Let go of the connection. Safe to call twice."""
        if self.is_open and self._latest is not None:
            self.is_open = False
            yield Close(self._latest.response)

    def _request(self) -> Flow[None]:
        """Ask for the bytes from `offset` on. Sets `offset` to where the response begins."""
        headers: dict[str, str | None] = (
            {} if _names(self._call, "accept-encoding") else {"Accept-Encoding": "identity"}
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
            self.offset = 0  # what we have is not a part of what is there now
            yield from self._request()
            return
        self._latest = response
        self._response = response.response
        self.is_open = True
        if response.status in _NO_FILE:
            yield from self.close()
            text = f"the service responded with {response.status}, and with no file"
            raise self._in_context(
                DownloadError(text, advice="It may not be there yet, or not any more. Look at the object.")
            )
        begins = _range_start(response.headers) if response.status == 206 and not self._is_part else 0
        if begins != self.offset and begins != 0:
            yield from self.close()
            where = "does not say where it begins" if begins < 0 else f"begins at {begins}"
            text = f"bytes were requested from {self.offset} on, but the response {where}"
            raise self._in_context(DownloadError(text))
        if begins and self._is_of_another(response.headers):
            yield from self.close()
            self.offset = 0
            yield from self._request()
            return
        self.offset = begins
        self._learn(response)

    def _is_of_another(self, headers: Mapping[str, str]) -> bool:
        """Return whether a part is of another file than the bytes before it, although `If-Range` asked for the same."""
        etag, modified = headers.get("ETag"), headers.get("Last-Modified")
        known = self.etag if self.etag is not None and self.etag.startswith('"') else None
        total = _total(headers)
        return (
            (None not in (known, etag) and etag != known)
            or (None not in (self.modified, modified) and modified != self.modified)
            or (None not in (self.length, total) and total != self.length)
            or _coding(headers) != ""
        )

    def _learn(self, response: CallResponse[object]) -> None:
        headers = response.headers
        etag = "" if self._is_part else headers.get("ETag", "")
        continues = response.status == 206 and self.offset > 0
        modified = None if self._is_part else headers.get("Last-Modified") or (self.modified if continues else None)
        # Weak ETags don't promise the same bytes, so If-Range must not carry them (RFC 9110, 13.1.5).
        self.etag = etag if etag.startswith('"') else self.etag if continues else modified
        self.modified = modified
        self._coding = _coding(headers)
        ranged = response.status == 206 and not self._is_part
        whole = _total(headers) if ranged else _number(headers.get("Content-Length", ""))
        if self._coding:
            self.length = None  # the bytes that arrive here are unpacked already
        elif whole is not None:
            self.length = whole

    def _reset_checksum(self) -> None:
        if self._expected is not None:
            self.checksum = Checksum(self._expected, self.described if self.length is None else self.length)

    def _reconnect(self, restartable: bool) -> Flow[None]:
        have = self.offset
        if not self._may_continue():
            if not restartable and have:
                text = f"the connection broke after {have} bytes, and the server cannot continue there"
                raise self._in_context(DownloadError(text, advice="Try again; `save` starts over by itself."))
            self.offset = 0
        before = self.etag
        try:
            yield from self._request()
        except BaseException:
            # Nothing began anew: whoever takes the bytes still holds these, and has to be told when it does.
            self.offset = have
            raise
        if self.offset == have:
            return
        self.restarted = True
        if restartable:
            self._reset_checksum()
            return
        yield from self.close()
        changed = ", which has changed" if before and before != self.etag else ""
        text = f"the connection broke after {have} bytes, and the server started the file again{changed}"
        raise self._in_context(DownloadError(text, advice="Try again; `save` starts over by itself."))

    def _may_continue(self) -> bool:
        """Return whether asking for the rest is sure to give the rest of the same file."""
        # Ranges count the bytes of the coding, which are not those that came out of it.
        if not self.offset or self._coding or (self._spec is not None and self._spec.ranges is False):
            return False
        return self.etag is not None or (self.checksum is not None and self.checksum.conclusive)

    def _lost(self, error: TransportError | DownloadError) -> Flow[None]:
        """Count a cut, and wait a little. Raises DownloadError after too many that brought nothing new."""
        self._failures = 1 if self.offset > self._best else self._failures + 1
        self._best = max(self._best, self.offset)
        if self._failures >= _PATIENCE:
            whole = "an unknown number of" if self.length is None else self.length
            text = f"the transfer broke off {self._failures} times in a row, last after {self.offset} of {whole} bytes"
            raise self._in_context(DownloadError(text, advice="Try again later.")) from error
        yield Sleep(growing_wait(_FIRST_PAUSE, self._failures))

    def _in_context(self, error: DownloadError) -> DownloadError:
        return (self._latest or CallContext(self._call.operation)).complete(error)


def _range_start(headers: Mapping[str, str]) -> int:
    """Return where a partial response begins, by its `Content-Range`."""
    start = headers.get("Content-Range", "").removeprefix("bytes").strip().partition("-")[0]
    begins = _number(start)
    return -1 if begins is None else begins


def _total(headers: Mapping[str, str]) -> int | None:
    """Return the number of bytes of the whole file, by the `Content-Range` of a part."""
    return _number(headers.get("Content-Range", "").rpartition("/")[2])


def _number(text: str) -> int | None:
    """Return a count of bytes. The same one several times, as some proxies leave it, is one."""
    counts = {part.strip() for part in text.split(",")}
    count = counts.pop()
    return int(count) if not counts and count.isascii() and count.isdecimal() and len(count) < 20 else None


def _coding(headers: Mapping[str, str]) -> str:
    """Return the content coding of a body, empty for none."""
    coding = headers.get("Content-Encoding", "").strip().lower()
    return "" if coding == "identity" else coding


def _names(call: Call[object], header: str) -> bool:
    """Return whether the caller gave a header of the operation."""
    return any(
        one.location == "header" and one.wire.lower() == header and given is not None for one, given in call.arguments
    )
