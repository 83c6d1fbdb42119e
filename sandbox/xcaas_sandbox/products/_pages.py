"""Pages as the reporting products send them: numbered from 0, counted in headers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from .._replies import Problem

if TYPE_CHECKING:
    from .._app import Call

__all__ = ["header_page"]

T = TypeVar("T")


def header_page(call: Call, rows: Sequence[T], *, maximum: int = 1000) -> tuple[Sequence[T], dict[str, str]]:
    """The rows of the page that a call asks for, and the headers that count them. Past the end is a 400."""
    page, size = call.number("page", 0), call.number("size", 100)
    if size > maximum:
        raise Problem(400, f"size must not be above {maximum}")
    pages = max(1, math.ceil(len(rows) / size))
    if page >= pages:
        raise Problem(400, f"page {page} is past the last page {pages - 1}")
    headers = {
        "X-Page": str(page),
        "X-Page-Size": str(size),
        "X-Total-Pages": str(pages),
        "X-Total-Elements": str(len(rows)),
    }
    return rows[page * size : (page + 1) * size], headers
