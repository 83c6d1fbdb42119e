"""Lists as a Spark data source, with one partition per slice, and as streams whose offsets are ends of windows.

Example:
    spark.dataSource.register(XCaaSDataSource)
    spark.read.format("xcaas").option("list", "storage.objects.search").option("start", "2026-01-01T00:00:00Z").load()
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import (
    DataSource,
    DataSourceReader,
    DataSourceStreamReader,
    EqualTo,
    Filter,
    GreaterThan,
    GreaterThanOrEqual,
    InputPartition,
    LessThan,
    LessThanOrEqual,
)
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from ..slices import Slice, SliceError
from ..slices._windows import SECOND, ended_by, utc
from ._cut import Cut

if TYPE_CHECKING:
    import xcaas

    from .._arrow import ArrowBatch

__all__ = ["XCaaSDataSource"]

_OPTION_NAMES = (
    "list",
    "start",
    "end",
    "every",
    "over",
    "arguments",
    "zone",
    "credentials",
    "at_most",
    "pivot",
    "time",
)


class XCaaSDataSource(DataSource):
    """The format `xcaas`.

    Options: `list`, the operation; `start` and `end`, times in ISO 8601; `every`, `zone`, `credentials`, `at_most` as
    for `plan`; `over`, `arguments`, `pivot` as JSON; `time`, the column that the window refers to, so that filters on it
    narrow the window.
    """

    @classmethod
    def name(cls) -> str:
        return "xcaas"

    def schema(self) -> StructType:
        options = _Options.of(self.options)
        return from_arrow_schema(options.example().schema(pivot=options.pivot), prefer_timestamp_ntz=True)

    def reader(self, schema: StructType) -> _Reader:
        options = _Options.of(self.options)
        # If filter pushdown is disabled, Spark rejects readers that implement pushFilters.
        return _Reader(options) if options.time is None else _FilteredReader(options)

    def streamReader(self, schema: StructType) -> _StreamReader:
        return _StreamReader(_Options.of(self.options))


@dataclass(frozen=True)
class _Options:
    cut: Cut
    start: datetime | None
    end: datetime | None
    time: str | None
    pivot: dict[str, Sequence[str]]

    @classmethod
    def of(cls, raw: Mapping[str, str]) -> _Options:
        """Parse the options of Spark. Raises SliceError for unknown and missing ones."""
        options = {name.lower(): value for name, value in raw.items()}
        for name in options:
            if name not in _OPTION_NAMES:
                raise SliceError(
                    f"the option {name!r} is unknown", advice=f"The options are {', '.join(_OPTION_NAMES)}."
                )
        if "list" not in options:
            raise SliceError("the list is missing", advice='Add .option("list", "storage.objects.search").')
        cut = Cut(
            operation=options["list"],
            every=options.get("every", "1d"),
            over=_read_json(options, "over"),
            arguments=_read_json(options, "arguments"),
            zone=options.get("zone"),
            credentials=options.get("credentials", "environment"),
            at_most=int(options["at_most"]) if "at_most" in options else None,
        )
        start, end = (_parse_time(options[name]) if name in options else None for name in ("start", "end"))
        return cls(cut, start, end, options.get("time"), _read_json(options, "pivot"))

    def example(self) -> Slice[Any]:
        """Return some slice of the list, to read what all slices have in common."""
        return self.cut.example(self.start or datetime(2026, 1, 1, tzinfo=UTC))


class _Partition(InputPartition):
    """A slice as JSON."""

    def __init__(self, piece: Slice[Any]) -> None:
        super().__init__(piece.to_json())


class _SliceReader:
    """The part that batch and stream readers share."""

    def __init__(self, options: _Options) -> None:
        self._options = options

    def read(self, partition: InputPartition) -> Iterator[ArrowBatch]:
        return Slice[Any].from_json(partition.value).read(pivot=self._options.pivot)


class _Reader(_SliceReader, DataSourceReader):
    """Reads the slices of the window from `start` to `end`."""

    def __init__(self, options: _Options) -> None:
        super().__init__(options)
        self._start: datetime | None = options.start
        self._end: datetime | None = options.end

    def partitions(self) -> Sequence[InputPartition]:
        if self._start is None or self._end is None:
            raise SliceError(
                "the window is missing",
                advice="Add the options start and end, or filters on the column that the option time names.",
            )
        if self._start >= self._end:
            return []
        return [_Partition(piece) for piece in self._options.cut.slices(self._start, self._end)]


class _FilteredReader(_Reader):
    """Reads a window that filters on the column `time` narrow or define."""

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:
        """Narrow the window by the filters, and return all of them: Spark applies them to the rows as well."""
        for filter_ in filters:
            match filter_:
                case EqualTo() | GreaterThan() | GreaterThanOrEqual() | LessThan() | LessThanOrEqual():
                    if filter_.attribute == (self._options.time,) and isinstance(filter_.value, datetime):
                        self._narrow(filter_, filter_.value.astimezone(UTC).replace(microsecond=0))
                case _:
                    pass
            yield filter_

    def _narrow(self, filter_: Filter, moment: datetime) -> None:
        # One second more at both ends: not every service documents whether they are included.
        if not isinstance(filter_, LessThan | LessThanOrEqual):
            start = moment - SECOND
            self._start = start if self._start is None else max(self._start, start)
        if not isinstance(filter_, GreaterThan | GreaterThanOrEqual):
            end = moment + 2 * SECOND
            self._end = end if self._end is None else min(self._end, end)


class _StreamReader(_SliceReader, DataSourceStreamReader):
    """Reads windows of a grid that begins at `start`. An offset is the end of the last window read."""

    def initialOffset(self) -> dict[str, str]:
        if self._options.start is None:
            raise SliceError("the start of the stream is missing", advice="Add the option start.")
        return _offset(self._options.start)

    def latestOffset(self) -> dict[str, str]:
        start = _parse_time(self.initialOffset()["end"])
        return _offset(self._options.cut.last_end(start, ended_by(self._options.end)))

    def partitions(self, start: Mapping[str, str], end: Mapping[str, str]) -> Sequence[InputPartition]:
        first, last = _parse_time(start["end"]), _parse_time(end["end"])
        return [_Partition(piece) for piece in self._options.cut.slices(first, last)] if first < last else []


def _offset(end: datetime) -> dict[str, str]:
    return {"end": end.isoformat()}


def _parse_time(text: str) -> datetime:
    """Parse an ISO 8601 time. Raises SliceError if it is invalid or has no time zone."""
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise SliceError(f"{text!r} is not a time: {error}") from None


def _read_json(options: Mapping[str, str], name: str) -> dict[str, Any]:
    """Parse an option that is a JSON object. Raises SliceError if it is not one."""
    try:
        value: xcaas.JSONValue = json.loads(options.get(name, "{}"))
    except ValueError as error:
        raise SliceError(f"the option {name!r} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise SliceError(f"the option {name!r} is not a JSON object")
    return value
