"""Errors of slices and plans."""

from __future__ import annotations

from xcaas import ArgumentError

__all__ = ["NotSliceableError", "SliceError"]


class SliceError(ArgumentError):
    """A slice, or an argument of a plan, is invalid."""


class NotSliceableError(SliceError):
    """The specs do not say how to cut the operation into slices. The message names those that can be cut."""
