"""Replaces this package in vendored copies without `F`: filters are strings only."""

from __future__ import annotations

from .._errors import ArgumentError

__all__ = ["Filter", "filter_text"]


class Filter:
    """Not available in this copy."""

    __slots__ = ()


def filter_text(value: object, spec: object) -> str:
    """Raise: not available in this copy."""
    raise ArgumentError(
        "this copy takes filters as text only", advice="Make it again with: xcaas-gen vendor … --with F"
    )
