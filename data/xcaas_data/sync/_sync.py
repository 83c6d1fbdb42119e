"""A list that is read again and again, each time what has come since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import xcaas

from ..slices import Slice, SliceError, plan
from ..slices._windows import length, utc

if TYPE_CHECKING:
    from ._sinks import Sink
    from ._states import State

__all__ = ["Sync", "SyncReport"]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a run has done: how many slices it read, and how many rows the sink took."""

    slices: int
    rows: int


class Sync:
    """A list that is read window by window, from `start` on, and never loses or doubles a row.

    Windows lie on a grid that begins at `start`. A run reads those that are over and that the state does not have as
    complete, oldest first, and tells the state after the sink has a window for good. So whatever ends a run, the next
    one goes on with the window that was not complete, and the sink replaces what it has of it.
    """

    def __init__(
        self,
        operation: Callable[..., object] | str,
        *,
        start: datetime,
        every: str | timedelta,
        state: State,
        overlap: str | timedelta | None = None,
        over: Mapping[str, Iterable[str]] | None = None,
        arguments: Mapping[str, object] | None = None,
        zone: str | None = None,
        credentials: str = "environment",
    ) -> None:
        """
        Args:
            operation: A method of a client, or its name, as for `xcaas_data.slices.plan`.
            start: Begin of the first window.
            every: Length of a window: `"15m"`, `"1h"`, `"1d"`, or a timedelta.
            state: Where it is kept how far each region and partition has come.
            overlap: How late rows may come: complete windows of that time are read again by every run.
            over: What else cuts the list: regions, PBXes. Each value goes on from where it stands.
            arguments: Further arguments of the operation.
            zone: The zone at whose midnights whole days are cut.
            credentials: Where credentials are found.

        Raises SliceError for what makes no sense, such as a list whose rows have no key.
        """
        self._start, self._every = utc(start), length(every)
        self._state = state
        self._overlap = timedelta(0) if overlap is None else length(overlap)
        given = {name: values if isinstance(values, str) else list(values) for name, values in (over or {}).items()}

        def slices(end: datetime) -> list[Slice[Any]]:
            return plan(
                operation,
                window=(self._start, end),
                every=self._every,
                over=given,
                arguments=arguments,
                zone=zone,
                credentials=credentials,
            )

        self._plan = slices
        [first, *_] = slices(self._start + self._every)
        if first.key is None:
            raise SliceError(f"{first.operation} has no key that tells its rows apart, so they could come twice")

    def pending(self, *, until: datetime | None = None) -> list[Slice[Any]]:
        """Return the slices that a run would read now, in their order."""
        limit = utc((datetime.now(UTC) if until is None else until).replace(microsecond=0))
        found: list[Slice[Any]] = []
        known: dict[str, datetime | None] = {}
        for piece in self._slices(limit):
            stream = stream_of(piece)
            if stream not in known:
                known[stream] = self._state.get(stream)
            complete = known[stream]
            if piece.end <= limit and (complete is None or piece.end > complete - self._overlap):
                found.append(piece)
        return found

    def run(self, sink: Sink, *, until: datetime | None = None, client: xcaas.XCaaS | None = None) -> SyncReport:
        """Read what is pending into a sink, and return how much that was.

        `until` ends the run before the present. An error ends it, too; what is complete stays complete.
        """
        rows = 0
        pieces = self.pending(until=until)
        for piece in pieces:
            rows += sink.write(piece, piece.items(client))
            stream = stream_of(piece)
            complete = self._state.get(stream)
            if complete is None or piece.end > complete:
                self._state.set(stream, piece.end)
        return SyncReport(len(pieces), rows)

    def _slices(self, limit: datetime) -> list[Slice[Any]]:
        """Return the slices from the start to behind a limit: windows of the grid are whole, none is cut off there."""
        if limit <= self._start:
            return []
        return self._plan(limit + 2 * self._every + timedelta(days=1))


def stream_of(piece: Slice[Any]) -> str:
    """Return the name under which a state keeps how far the windows of a region and partition have come."""
    arguments = hashlib.sha256(piece.arguments.encode()).hexdigest()[:12]
    return json.dumps([piece.operation, piece.region, piece.partition, arguments])
