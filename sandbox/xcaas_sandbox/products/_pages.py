"""Pages in the styles of the products: counted in headers, in page objects, or found by scroll ids."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._replies import Problem
from .._specs import is_list

if TYPE_CHECKING:
    from .._handlers import Call

__all__ = ["Slice", "decode_cursor", "encode_cursor", "header_page", "numbered"]

T = TypeVar("T")


@dataclass(frozen=True)
class Slice(Generic[T]):
    """Some of the rows of a list, and where they stand in it."""

    rows: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return math.ceil(self.total / self.size)

    @property
    def more(self) -> bool:
        return (self.number + 1) * self.size < self.total


def numbered(call: Call, rows: Sequence[T], *, page: str = "page", size: str = "size", default: int = 20) -> Slice[T]:
    """Return the page that a call asks for by its number, from 0. Past the end it is empty."""
    number, length = call.number(page, 0), call.number(size, default)
    return Slice(rows[number * length : (number + 1) * length], number, length, len(rows))


def header_page(call: Call, rows: Sequence[T], *, maximum: int = 1000) -> tuple[Sequence[T], dict[str, str]]:
    """Return the rows of the page that a call asks for, and the headers that count them. Past the end is a 400."""
    if call.number("size", 100) > maximum:
        raise Problem(400, f"size must not be above {maximum}")
    found = numbered(call, rows, default=100)
    pages = max(1, found.pages)
    if found.number >= pages:
        raise Problem(400, f"page {found.number} is past the last page {pages - 1}")
    headers = {
        "X-Page": str(found.number),
        "X-Page-Size": str(found.size),
        "X-Total-Pages": str(pages),
        "X-Total-Elements": str(found.total),
    }
    return found.rows, headers


def encode_cursor(*values: object) -> str:
    """Return an opaque cursor that carries values."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int, refusal: Problem) -> list[Any]:
    """Return the values that a cursor carries. `refusal` if it is none that was handed out."""
    try:
        # `urlsafe_b64decode` warns of `+` and `/` from Python 3.15 on.
        padded = cursor.replace("-", "+").replace("_", "/") + "=" * (-len(cursor) % 4)
        found: Any = json.loads(base64.b64decode(padded))
    except ValueError:
        raise refusal from None
    if not is_list(found) or len(found) != length:
        raise refusal
    return found
