"""Calls that return responses. A vendored copy that nobody asked for them has `_absent.py` here."""

from __future__ import annotations

from ._methods import AsyncRawCalls as AsyncRawCalls
from ._methods import RawCalls as RawCalls

__all__ = ["AsyncRawCalls", "RawCalls"]
