"""Content codings (RFC 9110, section 8.4).

Decoded here, because HTTP libraries do not detect truncated bodies, stop after the first member of a gzip body, and
pass on bodies in codings that they don't know.
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

_MAX_OUTPUT: Final = 1 << 20  # bytes per piece of output: a few bytes of input may decode to gigabytes
_INPUT_SIZE: Final = 256  # bytes of input at a time, for libraries that cannot limit their output
_MAX_CODINGS: Final = 8  # servers use one or two, and each takes stack and memory
_GZIP: Final = 16 + zlib.MAX_WBITS
# Servers send these for no coding; S3 keeps `aws-chunked` of the upload.
_NO_CODING: Final = ("", "identity", "none", "binary", "utf-8", "utf8", "aws-chunked")
_PACKAGES: Final = {"br": ("brotlicffi", "brotli"), "zstd": ("compression.zstd", "backports.zstd", "zstandard")}


class Decompressor(Protocol):
    """Decodes one coding."""

    def decompress(self, data: bytes) -> Iterator[bytes]: ...

    @property
    def complete(self) -> bool:
        """Whether the input so far is complete."""
        ...


class BodyDecoder:
    """Decodes a body, and checks that it is complete."""

    def __init__(self, stages: list[Decompressor], lenient: bool) -> None:
        self._stages = stages
        self._lenient = lenient
        self.bytes_received = 0
        """Encoded bytes so far."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Decode the next bytes."""
        self.bytes_received += len(data)
        pieces = iter((data,))
        for stage in self._stages:
            pieces = _decompress(stage, pieces)
        return _undamaged(pieces) if self._lenient else pieces

    def finish(self) -> None:
        """Check that the body is complete. An empty body is: responses to HEAD have a coding, too.

        Raises:
            ConnectionLostError: The body is truncated.
        """
        if self.bytes_received and not self._lenient and not all(stage.complete for stage in self._stages):
            raise ConnectionLostError("the connection broke before the response was complete: its compression goes on")


def body_decoder(content_encoding: str, *, lenient: bool = False) -> BodyDecoder | None:
    """Return a decoder for a `Content-Encoding` field, None if there is nothing to decode.

    A `lenient` one leaves out what is damaged, as in the body of an error, whose status matters more.

    Raises:
        DecodeError: A coding is not supported, or there are too many.
    """
    names = [coding.strip().lower() for coding in content_encoding.split(",")]
    codings = [coding for coding in names if coding not in _NO_CODING]
    if len(codings) > _MAX_CODINGS:
        raise DecodeError(
            f"the body comes in {len(codings)} content codings on top of each other; {_MAX_CODINGS} are undone"
        )
    stages = [_decompressor(coding) for coding in reversed(codings)]
    return BodyDecoder(stages, lenient) if stages else None


def _decompress(stage: Decompressor, pieces: Iterator[bytes]) -> Iterator[bytes]:
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
            module = next((name for name in _PACKAGES[coding] if _is_installed(name)), None)
            if module is not None:
                return _Brotli(module) if coding == "br" else _Zstd(module)
        case _:
            pass
    extra = f"Run `pip install {_PACKAGES[coding][-1]}`. " if coding in _PACKAGES else ""
    raise DecodeError(
        f"the body comes in the content coding {coding!r}, which cannot be undone here",
        advice=f"{extra}Something between here and the service may have chosen it: check base_url and proxies.",
    )


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # its package is not installed
        return False


def _damaged_error(error: Exception) -> ConnectionLostError:
    return ConnectionLostError(f"the body is damaged: its compression cannot be undone: {error}")


def _inflate(inflater: Any, data: bytes) -> Iterator[bytes]:
    try:
        piece = inflater.decompress(data, _MAX_OUTPUT)
        while piece or inflater.unconsumed_tail:
            yield piece
            piece = inflater.decompress(inflater.unconsumed_tail, _MAX_OUTPUT)
    except zlib.error as error:
        raise _damaged_error(error) from None


class _Gzip:
    """One or more concatenated gzip members (RFC 1952)."""

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
    """The zlib format (RFC 1950), or raw deflate, which some servers send."""

    def __init__(self) -> None:
        self._header = b""
        self._inflater: Any = None

    @property
    def complete(self) -> bool:
        return self._inflater is not None and bool(self._inflater.eof)

    def decompress(self, data: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            self._header += data
            if len(self._header) < 2:
                return
            data = self._header
            is_zlib = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        if not self._inflater.eof:
            yield from _inflate(self._inflater, data)


class _Brotli:
    """Brotli, if a package for it is installed."""

    def __init__(self, module: str) -> None:
        library: Any = import_module(module)
        self._error: type[Exception] = library.error
        self._decompressor: Any = library.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._decompressor.is_finished())

    def decompress(self, data: bytes) -> Iterator[bytes]:
        try:
            piece = self._decompressor.process(data, output_buffer_limit=_MAX_OUTPUT)
            while piece:
                yield piece
                piece = self._decompressor.process(b"", output_buffer_limit=_MAX_OUTPUT)
        except self._error as error:
            raise _damaged_error(error) from None
        except TypeError:  # before 1.2, without that argument
            yield from map(self._decompressor.process, _split(data))


class _Zstd:
    """One or more frames of Zstandard, if Python or a package supports it."""

    def __init__(self, module: str) -> None:
        library: Any = import_module(module)
        self._error: type[Exception] = library.ZstdError
        self._is_limited = module != "zstandard"
        self._new_decompressor: Any = (
            library.ZstdDecompressor if self._is_limited else lambda: library.ZstdDecompressor().decompressobj()
        )
        self._decompressor: Any = self._new_decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._decompressor.eof)

    def decompress(self, data: bytes) -> Iterator[bytes]:
        try:
            for piece in (data,) if self._is_limited else _split(data):
                yield from self._frames(piece)
        except self._error as error:
            raise _damaged_error(error) from None

    def _frames(self, data: bytes) -> Iterator[bytes]:
        limit = (_MAX_OUTPUT,) if self._is_limited else ()
        while data:
            if self._decompressor.eof:
                self._decompressor = self._new_decompressor()
            yield self._decompressor.decompress(data, *limit)
            while self._is_limited and not (self._decompressor.eof or self._decompressor.needs_input):
                yield self._decompressor.decompress(b"", *limit)
            data = self._decompressor.unused_data


def _split(data: bytes) -> Iterator[bytes]:
    return (data[start : start + _INPUT_SIZE] for start in range(0, len(data), _INPUT_SIZE))
