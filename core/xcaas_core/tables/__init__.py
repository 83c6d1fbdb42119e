"""Rows as tables: mixed into pagers and pages. A vendored copy that nobody asked for tables has `_absent.py` here."""

from __future__ import annotations

from ._rows import AsyncRows as AsyncRows
from ._rows import Rows as Rows

__all__ = ["AsyncRows", "Rows"]
