"""Pages in the styles of the products: numbered, with counts in headers, or with cursors."""

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
    """A page of a list, with its number and size and the total."""

    rows: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return math.ceil(self.total / self.size)

    @property
    def has_more(self) -> bool:
        return (self.number + 1) * self.size < self.total


def numbered(call: Call, rows: Sequence[T], *, page: str = "page", size: str = "size", default: int = 20) -> Slice[T]:
    """Return the page with the requested number, from 0. Past the end, it is empty."""
    number, length = call.number(page, 0), call.number(size, default)
    return Slice(rows[number * length : (number + 1) * length], number, length, len(rows))


def header_page(call: Call, rows: Sequence[T], *, maximum: int = 1000) -> tuple[Sequence[T], dict[str, str]]:
    """Return the rows of the requested page, and headers with the counts. Past the end is a 400."""
    if call.number("size", 100) > maximum:
        raise Problem(400, f"size must not be above {maximum}")
    page = numbered(call, rows, default=100)
    page_count = max(1, page.pages)
    if page.number >= page_count:
        raise Problem(400, f"page {page.number} is past the last page {page_count - 1}")
    headers = {
        "X-Page": str(page.number),
        "X-Page-Size": str(page.size),
        "X-Total-Pages": str(page_count),
        "X-Total-Elements": str(page.total),
    }
    return page.rows, headers


def encode_cursor(*values: object) -> str:
    """Return an opaque cursor with values."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int, refusal: Problem) -> list[Any]:
    """Return the values in a cursor. Raises `refusal` if it is invalid."""
    try:
        # `urlsafe_b64decode` warns of `+` and `/` from Python 3.15 on.
        padded = cursor.replace("-", "+").replace("_", "/") + "=" * (-len(cursor) % 4)
        values: Any = json.loads(base64.b64decode(padded))
    except ValueError:
        raise refusal from None
    if not is_list(values) or len(values) != length:
        raise refusal
    return values
