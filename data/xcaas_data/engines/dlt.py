"""Lists as resources of dlt: each run loads the windows that have ended since the last run.

Example:
    dlt.pipeline("calls", destination="duckdb").run(resource("work_analytics.call_records.list", start=start))
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict

import dlt

from ..slices import Slice
from ..slices._windows import ended_by, length, utc
from ._cut import Cut

if TYPE_CHECKING:
    from dlt.sources import DltResource

    from .._arrow import ArrowBatch

__all__ = ["resource"]


class _Window(TypedDict):
    """A slice, as JSON, as an item of a dlt resource."""

    piece: str


def resource(
    operation: str,
    *,
    start: datetime,
    until: datetime | None = None,
    every: str | timedelta = "1d",
    overlap: str | timedelta | None = None,
    over: Mapping[str, Iterable[str]] | None = None,
    arguments: Mapping[str, object] | None = None,
    zone: str | None = None,
    credentials: str = "environment",
    pivot: Mapping[str, Sequence[str]] | None = None,
    name: str | None = None,
) -> DltResource:
    """Return a list as an incremental resource. The pipeline's state holds the end of the last window of each region and PBX.

    Args:
        operation: As for `plan`: `"storage.objects.search"`. `.list` may be omitted.
        start: Start of the first window.
        until: Load only windows that end by then. Default: those that have ended.
        every: Length of a window.
        overlap: How late rows may arrive: every run loads the windows of that time again.
        over: What else cuts the list: regions, PBXes.
        arguments: Further arguments of the operation.
        zone: IANA name of the time zone at whose midnights days begin. Default: UTC.
        credentials: Where the credentials are, as for `plan`.
        pivot: Lists of keys and values that become columns, as for `Slice.read`.
        name: Name of the table. Default: that of the resource, such as `call_records`.

    Rows replace those with the same key (`merge`). If the service has no key, rows are added (`append`), and `overlap`
    would duplicate them.
    """
    cut = Cut(
        operation=operation,
        every=every,
        over={key: list(values) for key, values in (over or {}).items()},
        arguments=arguments or {},
        zone=zone,
        credentials=credentials,
    )
    begin = utc(start)
    example = cut.example(begin)
    table = name or example.operation.split(".")[-2]
    overlap_length = timedelta(0) if overlap is None else length(overlap)

    def windows() -> Iterator[_Window]:
        # dlt stores changes of this state only when the run has loaded everything.
        ends: dict[str, str] = dlt.current.resource_state().setdefault("ends", {})
        last_ends = {stream: datetime.fromisoformat(end) - overlap_length for stream, end in ends.items()}
        for piece in cut.complete(begin, ended_by(until)):
            stream = json.dumps([piece.region, piece.partition])
            if piece.end > last_ends.get(stream, begin):
                yield {"piece": piece.to_json()}
                ends[stream] = max(ends.get(stream, ""), piece.end.isoformat())

    def rows(window: _Window) -> Iterator[ArrowBatch]:
        yield from Slice[Any].from_json(window["piece"]).read(pivot=pivot)

    source = dlt.resource(windows, name=f"{table}_windows", selected=False)
    disposition = "append" if example.key is None else "merge"
    return source | dlt.transformer(
        rows, name=table, primary_key=example.key, write_disposition=disposition, parallelized=True
    )
