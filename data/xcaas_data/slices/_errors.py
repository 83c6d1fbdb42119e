"""What can be wrong with slices and plans."""

from __future__ import annotations

from xcaas import ArgumentError

__all__ = ["NotSliceableError", "SliceError"]


class SliceError(ArgumentError):
    """A plan, or a slice as text, does not make sense."""


class NotSliceableError(SliceError):
    """The specs don't say how the operation is cut into slices. The message names those of which they do."""
