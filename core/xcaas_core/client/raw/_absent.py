"""Clients that call operations only: this package in a vendored copy that nobody asked for more."""

from __future__ import annotations

__all__ = ["AsyncRawCalls", "RawCalls"]


class RawCalls:
    """A blocking client calls the operations of its products only."""

    __slots__ = ()


class AsyncRawCalls:
    """An async client calls the operations of its products only."""

    __slots__ = ()
