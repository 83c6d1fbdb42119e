"""Bodies of bytes, from wherever they are, and whether they can be sent a second time."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from functools import partial
from typing import IO, Final, TypeGuard, cast

from .._errors import ArgumentError
from ..operations._parameter import Body
from ._bodies import Payload
from ._codecs import Codec

__all__ = [
    "CHUNK",
    "binary_body",
    "binary_payload",
    "check_piece",
    "file_length",
    "has_files",
    "is_binary",
    "is_bytes",
    "is_iterator",
    "is_named_file",
    "is_open_file",
    "is_path",
    "size_of_path",
]

CHUNK: Final = 256 * 1024


def is_bytes(value: object) -> TypeGuard[bytes | bytearray | memoryview]:
    """Return whether a value is bytes that are there already."""
    return isinstance(value, bytes | bytearray | memoryview)


def is_path(value: object) -> TypeGuard[os.PathLike[str]]:
    """Return whether a value is the path of a file; text is not."""
    return isinstance(value, os.PathLike)


def is_open_file(value: object) -> TypeGuard[IO[bytes]]:
    """Return whether a value is read like a file."""
    return hasattr(value, "read")


def is_iterator(value: object) -> TypeGuard[Iterator[bytes]]:
    """Return whether a value gives pieces once."""
    return isinstance(value, Iterator)


def is_binary(value: object) -> bool:
    """Return whether a value holds bytes or a way to them: bytes, a path, an open file, an iterator."""
    return (
        is_bytes(value)
        or is_path(value)
        or is_iterator(value)
        or isinstance(value, AsyncIterable)
        or is_open_file(value)
    )


def is_named_file(value: object) -> TypeGuard[tuple[object, ...]]:
    """Return whether a value is (file name, content) or (file name, content, content type)."""
    if not isinstance(value, tuple):
        return False
    parts = cast("tuple[object, ...]", value)
    return len(parts) in (2, 3) and isinstance(parts[0], str) and is_binary(parts[1])


def has_files(values: Iterable[object]) -> bool:
    """Return whether any of these, or of the members of a list among them, is something that a form takes as a file."""
    return any(
        is_binary(value) or is_named_file(value) or (isinstance(value, list) and has_files(cast("list[object]", value)))
        for value in values
    )


def binary_payload(value: object, media_type: str | None) -> Payload:
    """Return a payload of bytes, a path, an open file, or an iterator of bytes (blocking or async)."""
    kind = type(value)
    if is_bytes(value):
        return Payload(bytes(value), media_type)
    if is_path(value):
        return Payload(lambda: _read_path(value), media_type, length=size_of_path(value))
    if is_open_file(value):
        return _from_file(value, media_type)
    if isinstance(value, AsyncIterable):
        return _from_iterable(cast("AsyncIterable[bytes]", value), media_type)
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return _from_iterable(cast("Iterable[bytes]", value), media_type)
    raise ArgumentError(
        f"{kind.__name__} does not hold bytes",
        advice="Give bytes, a pathlib.Path, a file opened for reading bytes, or an iterator of bytes.",
    )


def size_of_path(path: os.PathLike[str]) -> int:
    """Return how long a file is. `ArgumentError` if it cannot be read, before anything is sent."""
    try:
        with open(path, "rb") as file:
            return os.fstat(file.fileno()).st_size
    except OSError as error:
        raise ArgumentError(f"{os.fspath(path)!r} cannot be read: {error.strerror}") from None


def _read_path(path: os.PathLike[str]) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def file_length(file: IO[bytes]) -> tuple[int, int] | None:
    """Return where an open file stands and how many bytes follow; None if it cannot go back there."""
    if getattr(file, "closed", False):
        raise ArgumentError("the file is closed", advice="Open it again, with mode 'rb', or give its path.")
    try:
        if not file.seekable():
            return None
        start = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(start)
    except (AttributeError, OSError, ValueError):
        return None
    return start, end - start


def _from_file(file: IO[bytes], media_type: str | None) -> Payload:
    if hasattr(file, "encoding"):
        raise ArgumentError("the file is open for text", advice="Open it with mode 'rb'.")
    place = file_length(file)
    if place is None:
        return Payload(lambda: _read_file(file), media_type, replayable=False)
    start, length = place

    def again() -> Iterator[bytes]:
        file.seek(start)
        return _read_file(file)

    return Payload(again, media_type, length=length)


def _read_file(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        check_piece(chunk)
        yield chunk


def _from_iterable(source: Iterable[bytes] | AsyncIterable[bytes], media_type: str | None) -> Payload:
    replayable = not isinstance(source, AsyncIterator | Iterator)
    if isinstance(source, AsyncIterable):
        return Payload(lambda: _async_pieces(source), media_type, replayable=replayable)
    return Payload(lambda: _pieces(source), media_type, replayable=replayable)


def _pieces(source: Iterable[bytes]) -> Iterator[bytes]:
    for piece in source:
        check_piece(piece)
        yield piece


async def _async_pieces(source: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for piece in source:
        check_piece(piece)
        yield piece


def check_piece(piece: object) -> None:
    """Refuse a piece of a body that is not bytes: the HTTP library would fail on it while it sends."""
    if not is_bytes(piece):
        raise ArgumentError(f"a body is sent as bytes, not as pieces of {type(piece).__name__}")


def _compose(value: object, codec: Codec | None, body: Body) -> Payload:
    return binary_payload(value, body.media_type)


binary_body: Final = partial(Body, "binary", compose=_compose)
"""Describe a body of bytes."""
