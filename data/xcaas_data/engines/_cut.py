"""How a list is cut, for engines that find out the window themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ..slices import Slice, plan
from ..slices._windows import SECOND, beyond, length

__all__ = ["Cut"]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What `plan` wants to know, except the window."""

    operation: str
    """As for `plan`: `storage.objects.search`."""
    every: str | timedelta = "1d"
    over: Mapping[str, Iterable[str]] = field(default_factory=dict[str, "list[str]"])
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])
    zone: str | None = None
    credentials: str = "environment"
    at_most: int | None = None

    def slices(self, start: datetime, end: datetime) -> list[Slice[Any]]:
        """Return the slices of a window."""
        return plan(
            self.operation,
            window=(start, end),
            every=self.every,
            over=self.over,
            arguments=self.arguments,
            zone=self.zone,
            credentials=self.credentials,
            at_most=self.at_most,
        )

    def example(self, start: datetime) -> Slice[Any]:
        """Return any slice of the list, for what is the same for all. No request is sent for it."""
        return replace(self, at_most=None).slices(start, start + SECOND)[0]

    def complete(self, start: datetime, limit: datetime) -> list[Slice[Any]]:
        """Return the slices from a start on whose windows are over: those of the grid, none is cut off at the limit."""
        if limit <= start:
            return []
        pieces = replace(self, at_most=None).slices(start, beyond(limit, length(self.every)))
        return [piece for piece in pieces if piece.end <= limit]

    def last_end(self, start: datetime, limit: datetime) -> datetime:
        """Return the end of the last window that is over; the start where none is."""
        one_of_each = {name: list(values)[:1] for name, values in self.over.items()}
        return max((piece.end for piece in replace(self, over=one_of_each).complete(start, limit)), default=start)
