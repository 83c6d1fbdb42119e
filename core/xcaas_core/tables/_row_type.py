"""What rows are, and how they are laid out, before the first of them comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ..models import Codec

__all__ = ["Pivots", "RowType"]

# Fields that hold lists of keys and values, and the keys that become columns; None for all that come.
Pivots: TypeAlias = "Mapping[str, tuple[str, ...] | None]"


@dataclass(frozen=True, slots=True)
class RowType:
    """The codec of one row, if it is known, and which lists of keys and values become columns."""

    codec: Codec | None = None
    pivots: Pivots = field(default_factory=dict[str, "tuple[str, ...] | None"])
