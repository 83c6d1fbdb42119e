"""Clients without `raw` and `streaming`: this package in a vendored copy that nobody asked for them."""

from __future__ import annotations

__all__ = ["AsyncRawCalls", "RawCalls"]


class RawCalls:
    """A blocking client's calls give values only."""

    __slots__ = ()


class AsyncRawCalls:
    """An async client's calls give values only."""

    __slots__ = ()
