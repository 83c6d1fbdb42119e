"""Bodies of bytes: from memory, files and iterators, and whether they can be replayed."""

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
    "check_chunk",
    "file_length",
    "has_files",
    "is_binary",
    "is_bytes",
    "is_iterator",
    "is_named_file",
    "is_open_file",
    "is_path",
    "path_size",
]

CHUNK: Final = 256 * 1024


def is_bytes(value: object) -> TypeGuard[bytes | bytearray | memoryview]:
    """Return whether a value is bytes in memory."""
    return isinstance(value, bytes | bytearray | memoryview)


def is_path(value: object) -> TypeGuard[os.PathLike[str]]:
    """Return whether a value is a path object; strings are not."""
    return isinstance(value, os.PathLike)


def is_open_file(value: object) -> TypeGuard[IO[bytes]]:
    """Return whether a value is an open file."""
    return hasattr(value, "read")


def is_iterator(value: object) -> TypeGuard[Iterator[bytes]]:
    """Return whether a value is an iterator."""
    return isinstance(value, Iterator)


def is_binary(value: object) -> bool:
    """Return whether a value is a source of bytes: bytes, a path, an open file, an iterator."""
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
    """Return whether any value, or member of a list among them, is sent as a file in a form."""
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
        return Payload(lambda: _read_path(value), media_type, length=path_size(value))
    if is_open_file(value):
        return _file_payload(value, media_type)
    if isinstance(value, AsyncIterable):
        return _iterable_payload(cast("AsyncIterable[bytes]", value), media_type)
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return _iterable_payload(cast("Iterable[bytes]", value), media_type)
    raise ArgumentError(
        f"{kind.__name__} does not hold bytes",
        advice="Give bytes, a pathlib.Path, a file opened for reading bytes, or an iterator of bytes.",
    )


def path_size(path: os.PathLike[str]) -> int:
    """Return the size of a file in bytes. Raises `ArgumentError` if it cannot be read."""
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
    """Return the position of an open file and how many bytes follow; None if it cannot seek.

    Raises:
        ArgumentError: The file is closed.
    """
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


def _file_payload(file: IO[bytes], media_type: str | None) -> Payload:
    if hasattr(file, "encoding"):
        raise ArgumentError("the file is open for text", advice="Open it with mode 'rb'.")
    position = file_length(file)
    if position is None:
        return Payload(lambda: _read_file(file), media_type, replayable=False)
    start, length = position

    def reopen() -> Iterator[bytes]:
        file.seek(start)
        return _read_file(file)

    return Payload(reopen, media_type, length=length)


def _read_file(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        check_chunk(chunk)
        yield chunk


def _iterable_payload(source: Iterable[bytes] | AsyncIterable[bytes], media_type: str | None) -> Payload:
    replayable = not isinstance(source, AsyncIterator | Iterator)
    if isinstance(source, AsyncIterable):
        return Payload(lambda: _async_checked_chunks(source), media_type, replayable=replayable)
    return Payload(lambda: _checked_chunks(source), media_type, replayable=replayable)


def _checked_chunks(source: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in source:
        check_chunk(chunk)
        yield chunk


async def _async_checked_chunks(source: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for chunk in source:
        check_chunk(chunk)
        yield chunk


def check_chunk(chunk: object) -> None:
    """Raise for a chunk that is not bytes, before the HTTP library fails on it."""
    if not is_bytes(chunk):
        raise ArgumentError(f"a body is sent as bytes, not as pieces of {type(chunk).__name__}")


def _compose(value: object, codec: Codec | None, body: Body) -> Payload:
    return binary_payload(value, body.media_type)


binary_body: Final = partial(Body, "binary", compose=_compose)
"""Describe a body of bytes."""
