"""Tables of rows: mixins of pagers and pages. Vendored copies without tables have `_absent.py` here."""

from __future__ import annotations

from ._rows import AsyncRows as AsyncRows
from ._rows import Rows as Rows

__all__ = ["AsyncRows", "Rows"]
