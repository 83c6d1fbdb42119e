"""Filters as text alone: this package in a vendored copy that nobody asked for `F`."""

from __future__ import annotations

from .._errors import ArgumentError

__all__ = ["Filter", "filter_text"]


class Filter:
    """What this copy cannot make."""

    __slots__ = ()


def filter_text(value: object, spec: object) -> str:
    """Refuse what is not text."""
    raise ArgumentError(
        "this copy takes filters as text only", advice="Make it again with: xcaas-gen vendor … --with F"
    )
