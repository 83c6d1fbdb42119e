"""The type and layout of rows, known before the first one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ..models import Codec

__all__ = ["Pivots", "RowType"]

# Fields with lists of keys and values, and the keys that become columns; None for all that occur.
Pivots: TypeAlias = "Mapping[str, tuple[str, ...] | None]"


@dataclass(frozen=True, slots=True)
class RowType:
    """The codec of a row, if known, and the lists of keys and values that become columns."""

    codec: Codec | None = None
    pivots: Pivots = field(default_factory=dict[str, "tuple[str, ...] | None"])
