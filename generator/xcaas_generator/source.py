"""What documents consist of: JSON values, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["JSON", "SourceLocation"]

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """A file, and a JSON pointer (RFC 6901) into it. Lines are looked up on demand."""

    file: str
    pointer: str
