"""Content codings (RFC 9110, section 8.4): undone here, because HTTP libraries do not say when a body ends early.

They stop at the first member of a gzip body, too, and give bodies in codings that they don't know as they came.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, Protocol

from .._errors import ConnectionLostError, DecodeError

__all__ = ["BodyDecoder", "body_decoder"]

_PIECE: Final = 1 << 20  # most bytes that come out at a time: a few bytes may stand for gigabytes
_SIP: Final = 256  # bytes that go in at a time where a library cannot be told how many may come out
_MAX_CODINGS: Final = 8  # codings on top of each other: real servers use one or two, and each takes stack and memory
_GZIP: Final = 16 + zlib.MAX_WBITS
# Servers write these where they mean that there is none; S3 keeps `aws-chunked` of the upload.
_NONE: Final = ("", "identity", "none", "binary", "utf-8", "utf8", "aws-chunked")
_EXTRAS: Final = {"br": ("brotlicffi", "brotli"), "zstd": ("compression.zstd", "backports.zstd", "zstandard")}


class Decompressor(Protocol):
    """Undoes one coding."""

    def decompress(self, data: bytes) -> Iterator[bytes]: ...

    @property
    def complete(self) -> bool:
        """Whether what came so far is whole."""
        ...


class BodyDecoder:
    """Undoes the codings of one body, and knows whether it came to its end."""

    def __init__(self, stages: list[Decompressor]) -> None:
        self._stages = stages
        self.taken = 0
        """Bytes that came."""
        self.forgives = False
        """Whether what is damaged is left out: the status of an error says more than its body."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Return what comes out of the next bytes."""
        self.taken += len(data)
        pieces = iter((data,))
        for stage in self._stages:
            pieces = _through(stage, pieces)
        return _undamaged(pieces) if self.forgives else pieces

    def finish(self) -> None:
        """Check that the body is whole. One of no bytes at all is: responses to HEAD have a coding, too.

        Raises:
            ConnectionLostError: The body ends before its compression does.
        """
        if self.taken and not self.forgives and not all(stage.complete for stage in self._stages):
            raise ConnectionLostError("the connection broke before the response was complete: its compression goes on")


def body_decoder(content_encoding: str) -> BodyDecoder | None:
    """Return a decoder for the codings of a `Content-Encoding` field, None where there is nothing to undo.

    Raises:
        DecodeError: One of them cannot be undone here, or there are too many.
    """
    named = [coding.strip().lower() for coding in content_encoding.split(",")]
    codings = [coding for coding in named if coding not in _NONE]
    if len(codings) > _MAX_CODINGS:
        raise DecodeError(
            f"the body comes in {len(codings)} content codings on top of each other; {_MAX_CODINGS} are undone"
        )
    stages = [_decompressor(coding) for coding in reversed(codings)]
    return BodyDecoder(stages) if stages else None


def _through(stage: Decompressor, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from stage.decompress(piece)


def _undamaged(pieces: Iterator[bytes]) -> Iterator[bytes]:
    with suppress(ConnectionLostError):
        yield from pieces


def _decompressor(coding: str) -> Decompressor:
    match coding:
        case "gzip" | "x-gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
        case "br" | "zstd":
            module = next((name for name in _EXTRAS[coding] if _is_installed(name)), None)
            if module is not None:
                return _Brotli(module) if coding == "br" else _Zstd(module)
        case _:
            pass
    extra = f"Run `pip install {_EXTRAS[coding][-1]}`. " if coding in _EXTRAS else ""
    raise DecodeError(
        f"the body comes in the content coding {coding!r}, which cannot be undone here",
        advice=f"{extra}Something between here and the service may have chosen it: check base_url and proxies.",
    )


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it would be in
        return False


def _damaged(error: Exception) -> ConnectionLostError:
    return ConnectionLostError(f"the body is damaged: its compression cannot be undone: {error}")


def _inflate(inflater: Any, data: bytes) -> Iterator[bytes]:
    try:
        piece = inflater.decompress(data, _PIECE)
        while piece or inflater.unconsumed_tail:
            yield piece
            piece = inflater.decompress(inflater.unconsumed_tail, _PIECE)
    except zlib.error as error:
        raise _damaged(error) from None


class _Gzip:
    """One or more gzip members (RFC 1952), of which each begins where the one before ends."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(_GZIP)

    @property
    def complete(self) -> bool:
        return self._inflater.eof

    def decompress(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inflater.eof:
                data = data.lstrip(b"\0")  # padding
                if not data:
                    return
                self._inflater = zlib.decompressobj(_GZIP)
            yield from _inflate(self._inflater, data)
            data = self._inflater.unused_data


class _Deflate:
    """The zlib format (RFC 1950), or, from servers that take the name at its word, deflate without it."""

    def __init__(self) -> None:
        self._start = b""
        self._inflater: Any = None

    @property
    def complete(self) -> bool:
        return self._inflater is not None and bool(self._inflater.eof)

    def decompress(self, data: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            self._start += data
            if len(self._start) < 2:
                return
            data = self._start
            is_zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        if not self._inflater.eof:
            yield from _inflate(self._inflater, data)


class _Brotli:
    """Brotli, where a package for it is installed."""

    def __init__(self, module: str) -> None:
        library: Any = import_module(module)
        self._error: type[Exception] = library.error
        self._decompressor: Any = library.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._decompressor.is_finished())

    def decompress(self, data: bytes) -> Iterator[bytes]:
        try:
            piece = self._decompressor.process(data, output_buffer_limit=_PIECE)
            while piece:
                yield piece
                piece = self._decompressor.process(b"", output_buffer_limit=_PIECE)
        except self._error as error:
            raise _damaged(error) from None
        except TypeError:  # before 1.2, where the argument is not known
            yield from map(self._decompressor.process, _sips(data))


class _Zstd:
    """One or more frames of Zstandard, where Python or a package has it."""

    def __init__(self, module: str) -> None:
        library: Any = import_module(module)
        self._error: type[Exception] = library.ZstdError
        self._is_limited = module != "zstandard"
        self._make: Any = (
            library.ZstdDecompressor if self._is_limited else lambda: library.ZstdDecompressor().decompressobj()
        )
        self._decompressor: Any = self._make()

    @property
    def complete(self) -> bool:
        return bool(self._decompressor.eof)

    def decompress(self, data: bytes) -> Iterator[bytes]:
        try:
            for sip in (data,) if self._is_limited else _sips(data):
                yield from self._frames(sip)
        except self._error as error:
            raise _damaged(error) from None

    def _frames(self, data: bytes) -> Iterator[bytes]:
        limit = (_PIECE,) if self._is_limited else ()
        while data:
            if self._decompressor.eof:
                self._decompressor = self._make()
            yield self._decompressor.decompress(data, *limit)
            while self._is_limited and not (self._decompressor.eof or self._decompressor.needs_input):
                yield self._decompressor.decompress(b"", *limit)
            data = self._decompressor.unused_data


def _sips(data: bytes) -> Iterator[bytes]:
    return (data[start : start + _SIP] for start in range(0, len(data), _SIP))
