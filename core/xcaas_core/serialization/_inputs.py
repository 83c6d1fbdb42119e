"""Type aliases for binary arguments."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Iterator
from typing import IO, TypeAlias

__all__ = ["BinaryInput", "FileInput"]

BinaryInput: TypeAlias = (
    bytes | bytearray | memoryview | os.PathLike[str] | IO[bytes] | Iterator[bytes] | AsyncIterable[bytes]
)
"""Bytes, a path, a file open for bytes, or an iterator of bytes. Iterators can be sent once, so such a call is not retried."""

FileInput: TypeAlias = BinaryInput | tuple[str, BinaryInput] | tuple[str, BinaryInput, str | None]
"""A file in a form: its bytes, or a file name with them, and perhaps a content type."""
