"""Stands in for this package in vendored copies made without raw calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["AsyncRawCalls", "RawCalls"]


class RawCalls:
    """No calls besides operations."""

    __slots__ = ()

    if not TYPE_CHECKING:  # type checkers would accept any name

        def __getattr__(self, name: str) -> object:
            advice = ""
            if name in ("http_auth", "raw", "request", "streaming", "token_info"):
                advice = ". Make the copy again with: xcaas-gen vendor … --with RawResponse"
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}{advice}", name=name, obj=self
            )


class AsyncRawCalls(RawCalls):
    """The async twin of `RawCalls`."""

    __slots__ = ()
