"""What can be wrong with slices and plans."""

from __future__ import annotations

from xcaas import ArgumentError

__all__ = ["NotSliceableError", "SliceError"]


class SliceError(ArgumentError):
    """A plan, or a slice as text, is invalid."""


class NotSliceableError(SliceError):
    """The specs do not say how to cut the operation into slices. The message names those that can be cut."""
