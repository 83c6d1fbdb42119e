"""How to cut a list, for engines that determine the window themselves."""

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
    """The arguments of `plan`, except the window."""

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
        """Return some slice of the list, to read what all slices have in common. No request is sent."""
        return replace(self, at_most=None).slices(start, start + SECOND)[0]

    def complete(self, start: datetime, limit: datetime) -> list[Slice[Any]]:
        """Return the slices from `start` on whose windows end by `limit`. Windows that end later are left out, not shortened."""
        if limit <= start:
            return []
        pieces = replace(self, at_most=None).slices(start, beyond(limit, length(self.every)))
        return [piece for piece in pieces if piece.end <= limit]

    def last_end(self, start: datetime, limit: datetime) -> datetime:
        """Return the end of the last window that ends by `limit`; `start` if there is none."""
        first_values = {name: list(values)[:1] for name, values in self.over.items()}
        return max((piece.end for piece in replace(self, over=first_values).complete(start, limit)), default=start)
