"""Lists as a data source of Spark: a partition per slice, and streams whose offsets are ends of windows.

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

_KNOWN = ("list", "start", "end", "every", "over", "arguments", "zone", "credentials", "at_most", "pivot", "time")


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
        # Where filters are switched off, Spark refuses readers that could take them.
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
    def of(cls, given: Mapping[str, str]) -> _Options:
        """Return options as what they mean. Raises SliceError for those that are not known, or missing."""
        options = {name.lower(): value for name, value in given.items()}
        for name in options:
            if name not in _KNOWN:
                raise SliceError(f"the option {name!r} is unknown", advice=f"The options are {', '.join(_KNOWN)}.")
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
        start, end = (_moment(options[name]) if name in options else None for name in ("start", "end"))
        return cls(cut, start, end, options.get("time"), _read_json(options, "pivot"))

    def example(self) -> Slice[Any]:
        """Return any slice of the list, for what is the same for all."""
        return self.cut.example(self.start or datetime(2026, 1, 1, tzinfo=UTC))


class _Partition(InputPartition):
    """A slice as text."""

    def __init__(self, piece: Slice[Any]) -> None:
        super().__init__(piece.to_json())


class _Reads:
    """What batches and streams do alike."""

    def __init__(self, options: _Options) -> None:
        self._options = options

    def read(self, partition: InputPartition) -> Iterator[ArrowBatch]:
        return Slice[Any].from_json(partition.value).read(pivot=self._options.pivot)


class _Reader(_Reads, DataSourceReader):
    """A window."""

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
    """A window that filters of one column make narrower, or make at all."""

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:
        """Take the window as narrow as filters allow. Spark applies all of them to the rows as well."""
        for one in filters:
            match one:
                case EqualTo() | GreaterThan() | GreaterThanOrEqual() | LessThan() | LessThanOrEqual():
                    if one.attribute == (self._options.time,) and isinstance(one.value, datetime):
                        self._narrow(one, one.value.astimezone(UTC).replace(microsecond=0))
                case _:
                    pass
            yield one

    def _narrow(self, one: Filter, moment: datetime) -> None:
        # A second more at both ends: whether these belong to a window is not documented for every service.
        if not isinstance(one, LessThan | LessThanOrEqual):
            start = moment - SECOND
            self._start = start if self._start is None else max(self._start, start)
        if not isinstance(one, GreaterThan | GreaterThanOrEqual):
            end = moment + 2 * SECOND
            self._end = end if self._end is None else min(self._end, end)


class _StreamReader(_Reads, DataSourceStreamReader):
    """Windows on a grid that begins at `start`; an offset is the end of the last one."""

    def initialOffset(self) -> dict[str, str]:
        if self._options.start is None:
            raise SliceError("the start of the stream is missing", advice="Add the option start.")
        return _offset(self._options.start)

    def latestOffset(self) -> dict[str, str]:
        start = _moment(self.initialOffset()["end"])
        return _offset(self._options.cut.last_end(start, ended_by(self._options.end)))

    def partitions(self, start: Mapping[str, str], end: Mapping[str, str]) -> Sequence[InputPartition]:
        first, last = _moment(start["end"]), _moment(end["end"])
        return [_Partition(piece) for piece in self._options.cut.slices(first, last)] if first < last else []


def _offset(end: datetime) -> dict[str, str]:
    return {"end": end.isoformat()}


def _moment(text: str) -> datetime:
    """Return a time of ISO 8601. Raises SliceError for another text, and for a time without a zone."""
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise SliceError(f"{text!r} is not a time: {error}") from None


def _read_json(options: Mapping[str, str], name: str) -> dict[str, Any]:
    """Return an option that is an object of JSON. Raises SliceError for another text."""
    try:
        value: xcaas.JSONValue = json.loads(options.get(name, "{}"))
    except ValueError as error:
        raise SliceError(f"the option {name!r} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise SliceError(f"the option {name!r} is not a JSON object")
    return value
