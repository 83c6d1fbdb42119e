"""Where something stands in a document."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and a JSON pointer (RFC 6901) into it. Lines are looked up on demand."""

    file: str
    pointer: str
