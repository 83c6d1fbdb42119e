"""A list that is read again and again: each run reads what is new."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import xcaas

from ..slices import Slice, SliceError, plan
from ..slices._specs import has_regions, spec_of
from ..slices._windows import SECOND, beyond, ended_by, length, utc
from ._states import Progress

if TYPE_CHECKING:
    from ._sinks import Sink
    from ._states import State

__all__ = ["Sync", "SyncReport"]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """The result of a run: how many slices were read, and how many rows the sink stored."""

    slices: int
    rows: int


class Sync:
    """A list that is read window by window, from `start` on, without losing or duplicating rows.

    Windows form a grid that begins at `start`. A run reads those that have ended and that the state does not record as
    complete, oldest first, and records a window after the sink has stored it. So however a run ends, the next one
    continues with the incomplete window, and the sink replaces what it has of it.
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
            start: Start of the first window.
            every: Length of a window: `"15m"`, `"1h"`, `"1d"`, or a timedelta.
            state: Where the position of each region and partition is stored.
            overlap: How late rows may arrive: every run reads the complete windows of that time again.
            over: What else cuts the list: regions (required for products that have them; `{"region": "all"}` asks which
                ones there are), PBXes. Each value continues from its own position.
            arguments: Further arguments of the operation.
            zone: IANA name of the time zone at whose midnights days begin. Default: UTC.
            credentials: Where the credentials are. Each reference has its own positions in the state.

        Raises SliceError for invalid arguments, such as a list whose rows have no key.
        """
        self._start, self._every = utc(start), length(every)
        _check_methods("state", state, "get", "set")
        self._state = state
        self._overlap = timedelta(0) if overlap is None else length(overlap)
        self._whole_days = zone is not None and not self._every % timedelta(days=1)
        self._grid = f"every {self._every} from {self._start.isoformat()} in {zone or 'UTC'}"
        given = {name: values if isinstance(values, str) else list(values) for name, values in (over or {}).items()}

        def slices(start: datetime, end: datetime) -> list[Slice[Any]]:
            return plan(
                operation,
                window=(start, end),
                every=self._every,
                over=given,
                arguments=arguments,
                zone=zone,
                credentials=credentials,
            )

        self._plan = slices
        self._heads = slices(self._start, self._start + SECOND)
        if given.get("region") == "all":
            given["region"] = [head.region for head in self._heads]  # of this run; the next one asks again
        for head in self._heads[:1]:
            _check(head)
        if not self._heads:
            raise SliceError("there is nothing to read: a list in `over` is empty", advice="Give at least one value.")

    def pending(self, *, until: datetime | None = None) -> list[Slice[Any]]:
        """Return the slices that a run would read now, in order: those whose windows have ended."""
        limit = ended_by(until)
        if limit <= self._start:
            return []
        least = {stream_of(head): self._complete(head) - self._overlap for head in self._heads}
        pieces = self._plan(self._grid_point(min(least.values())), beyond(limit, self._every))
        found = [piece for piece in pieces if least[stream_of(piece)] < piece.end <= limit]
        return sorted(found, key=lambda piece: piece.start)

    def run(self, sink: Sink, *, until: datetime | None = None, client: xcaas.XCaaS | None = None) -> SyncReport:
        """Read what is pending into a sink, and return how much that was.

        With `until`, only windows that end by then are read. A call that fails ends the run of its region and partition.
        The others continue, and the error is raised at the end. Complete windows stay complete.
        """
        _check_methods("sink", sink, "write")
        pieces = self.pending(until=until)
        complete = {stream_of(piece): self._complete(piece) for piece in pieces}
        for stream, moment in complete.items():  # a state that cannot be written is no use after hours of reading
            self._state.set(stream, Progress(moment, self._grid))
        read = rows = 0
        failed: dict[str, xcaas.XCaaSError] = {}
        for piece in pieces:
            stream = stream_of(piece)
            if stream in failed:
                continue
            try:
                rows += _written(sink, piece, client)
            except xcaas.XCaaSError as error:
                failed[stream] = error
                continue
            read += 1
            if piece.end > complete[stream]:
                complete[stream] = piece.end
                self._state.set(stream, Progress(piece.end, self._grid))
        for first in failed.values():
            first.add_note(f"{read} of {len(pieces)} slices were read; {len(failed)} of {len(complete)} streams failed")
            raise first
        return SyncReport(read, rows)

    def _complete(self, piece: Slice[Any]) -> datetime:
        """Return until when a stream is complete. Raises SliceError where the state has it by other windows."""
        progress = self._state.get(stream_of(piece))
        if progress is None:
            return self._start
        if progress.grid != self._grid:
            raise SliceError(
                f"the state has windows {progress.grid}, not {self._grid}",
                advice="Give start, every and zone as before, or start anew with another state and sink.",
            )
        return progress.until

    def _grid_point(self, moment: datetime) -> datetime:
        """Return the start of the last window that begins by a moment."""
        if self._whole_days or moment <= self._start:
            return self._start  # days of a zone are not all of one length
        return self._start + (moment - self._start) // self._every * self._every


def stream_of(piece: Slice[Any]) -> str:
    """Return the name under which a state keeps how far the windows of a region and partition have come."""
    arguments = hashlib.sha256(piece.arguments.encode()).hexdigest()[:12]
    return json.dumps([piece.operation, piece.region, piece.partition, arguments, piece.credentials])


def _check(head: Slice[Any]) -> None:
    if head.key is None:
        raise SliceError(f"{head.operation} has no key, so its rows could be duplicated", advice="Read it with slices.")
    product = spec_of(head.operation).product
    if has_regions(product) and not head.region:
        raise SliceError(
            f"{product} has regions, and the state stores each separately", advice='Name them: over={"region": ["uk"]}.'
        )


def _check_methods(name: str, given: object, *methods: str) -> None:
    if not all(callable(getattr(given, method, None)) for method in methods):
        raise SliceError(
            f"{type(given).__name__} is not a {name}",
            advice=f"Give an object with the methods {' and '.join(methods)}.",
        )


def _written(sink: Any, piece: Slice[Any], client: xcaas.XCaaS | None) -> int:
    rows: object = sink.write(piece, piece.items(client))
    if not isinstance(rows, int):
        raise SliceError(f"{type(sink).__name__}.write returned {rows!r}", advice="Return the number of rows.")
    return rows
