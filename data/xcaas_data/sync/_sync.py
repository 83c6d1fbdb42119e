"""Incremental runs over a list: each run reads what is new."""

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
        dimensions = {
            name: values if isinstance(values, str) else list(values) for name, values in (over or {}).items()
        }

        def slices(start: datetime, end: datetime) -> list[Slice[Any]]:
            return plan(
                operation,
                window=(start, end),
                every=self._every,
                over=dimensions,
                arguments=arguments,
                zone=zone,
                credentials=credentials,
            )

        self._plan = slices
        self._first_slices = slices(self._start, self._start + SECOND)
        if dimensions.get("region") == "all":
            dimensions["region"] = [
                piece.region for piece in self._first_slices
            ]  # the regions of this run; the next Sync asks again
        for piece in self._first_slices[:1]:
            _check_slice(piece)
        if not self._first_slices:
            raise SliceError("there is nothing to read: a list in `over` is empty", advice="Give at least one value.")

    def pending(self, *, until: datetime | None = None) -> list[Slice[Any]]:
        """Return the slices that a run would read now, in order: those whose windows have ended."""
        limit = ended_by(until)
        if limit <= self._start:
            return []
        resume_points = {stream_of(piece): self._complete(piece) - self._overlap for piece in self._first_slices}
        pieces = self._plan(self._grid_point(min(resume_points.values())), beyond(limit, self._every))
        pending = [piece for piece in pieces if resume_points[stream_of(piece)] < piece.end <= limit]
        return sorted(pending, key=lambda piece: piece.start)

    def run(self, sink: Sink, *, until: datetime | None = None, client: xcaas.XCaaS | None = None) -> SyncReport:
        """Read the pending slices into a sink, and return the numbers of slices and rows.

        With `until`, only windows that end by then are read. A call that fails ends the run of its region and partition.
        The others continue, and the error is raised at the end. Complete windows stay complete.
        """
        _check_methods("sink", sink, "write")
        pieces = self.pending(until=until)
        positions = {stream_of(piece): self._complete(piece) for piece in pieces}
        for stream, moment in positions.items():  # fail now, not after hours of reading, if the state cannot be written
            self._state.set(stream, Progress(moment, self._grid))
        slice_count = row_count = 0
        failed: dict[str, xcaas.XCaaSError] = {}
        for piece in pieces:
            stream = stream_of(piece)
            if stream in failed:
                continue
            try:
                row_count += _write(sink, piece, client)
            except xcaas.XCaaSError as error:
                failed[stream] = error
                continue
            slice_count += 1
            if piece.end > positions[stream]:
                positions[stream] = piece.end
                self._state.set(stream, Progress(piece.end, self._grid))
        for first in failed.values():
            first.add_note(
                f"{slice_count} of {len(pieces)} slices were read; {len(failed)} of {len(positions)} streams failed"
            )
            raise first
        return SyncReport(slice_count, row_count)

    def _complete(self, piece: Slice[Any]) -> datetime:
        """Return the time up to which a stream is complete. Raises SliceError if the state has other windows."""
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
        """Return the start of the last window that begins at or before `moment`."""
        if self._whole_days or moment <= self._start:
            return self._start  # days of a time zone differ in length, so there is no grid to compute
        return self._start + (moment - self._start) // self._every * self._every


def stream_of(piece: Slice[Any]) -> str:
    """Return the name of a stream in the state: one for each operation, region, partition, arguments and credentials."""
    arguments = hashlib.sha256(piece.arguments.encode()).hexdigest()[:12]
    return json.dumps([piece.operation, piece.region, piece.partition, arguments, piece.credentials])


def _check_slice(piece: Slice[Any]) -> None:
    if piece.key is None:
        raise SliceError(
            f"{piece.operation} has no key, so its rows could be duplicated", advice="Read it with slices."
        )
    product = spec_of(piece.operation).product
    if has_regions(product) and not piece.region:
        raise SliceError(
            f"{product} has regions, and the state stores each separately", advice='Name them: over={"region": ["uk"]}.'
        )


def _check_methods(name: str, value: object, *methods: str) -> None:
    if not all(callable(getattr(value, method, None)) for method in methods):
        raise SliceError(
            f"{type(value).__name__} is not a {name}",
            advice=f"Give an object with the methods {' and '.join(methods)}.",
        )


def _write(sink: Any, piece: Slice[Any], client: xcaas.XCaaS | None) -> int:
    rows: object = sink.write(piece, piece.items(client))
    if not isinstance(rows, int):
        raise SliceError(f"{type(sink).__name__}.write returned {rows!r}", advice="Return the number of rows.")
    return rows
