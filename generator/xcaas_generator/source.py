"""JSON values, and locations in documents."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

__all__ = ["JSON", "SourceLocation"]

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"


class SourceLocation(NamedTuple):
    """A file, and a JSON pointer (RFC 6901) into it. Lines are looked up on demand, by `load/positions.py`."""

    file: str
    pointer: str
