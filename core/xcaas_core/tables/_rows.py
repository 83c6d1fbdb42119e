"""Conversion of rows to tables: mixins of pagers, and `rows` for other iterables.

Table libraries and models are imported only when a method is called.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

from ._arrow import ArrowBatch, ArrowSchema, ArrowTable
from ._row_type import Pivots, RowType

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
    import polars  # type: ignore[import-not-found,unused-ignore]

    from ..models import Codec, Model

__all__ = ["AsyncRows", "Rows", "rows"]

T_co = TypeVar("T_co", covariant=True)
R = TypeVar("R")


class _RowTyped:
    """The type of rows, known before the first one."""

    __slots__ = ()

    def _row_codec(self) -> Codec | None:
        """Return the codec of a row, if known, from which the columns follow."""
        return None

    def _row_type(self) -> RowType:
        """Return the type and layout of rows."""
        return RowType(self._row_codec())

    def arrow_schema(self) -> ArrowSchema:
        """Return the `pyarrow.Schema` of `arrow_batches`, before the first row: no request is sent for it.

        Raises ExportError for rows whose type is not known.
        """
        from ._batches import arrow_schema

        return arrow_schema(self._row_type())


class Rows(_RowTyped, Generic[T_co]):
    """Items as rows of a table. Columns are named after the models' fields in Python.

    Absent fields are empty cells. Fields that are not in the spec go to a column `unknown_fields`, if there are any.
    """

    __slots__ = ()

    @abstractmethod
    def __iter__(self) -> Iterator[T_co]: ...

    def _loaded_rows(self) -> Collection[object] | None:
        """Return the rows if they are in memory."""
        return None

    def _repr_html_(self) -> str | None:
        rows = self._loaded_rows()
        if rows is None:
            return None
        from ._export import html

        return html(list(rows), repr(self))

    def to_dicts(self) -> list[dict[str, object]]:
        """Return one dictionary per row, nested models included; dates and other values stay Python values."""
        from ._export import dicts

        return dicts(self, self._row_type())

    def pivot(self, *fields: str, **keys: Iterable[str]) -> Rows[T_co]:
        """Return the same rows as a table with lists of keys and values turned into columns.

        `pivot("tags")` makes a column, such as `tags.callId`, for each key that occurs; `pivot(tags=["callId"])` makes
        only those named, so that all tables and batches have the same columns.
        """
        row_type = _pivot(self._row_type(), fields, keys)
        return _CollectedRows(self, lambda: row_type)

    def arrow_batches(self, size: int = 10_000) -> Iterator[ArrowBatch]:
        """Return `pyarrow.RecordBatch`es of that many rows, all of one `arrow_schema`, without holding all in memory.

        Fields that are not in the spec are JSON in a column `unknown_fields`, which always exists.

        Raises ExportError if a value does not fit its column.
        """
        from ._batches import check_size, record_batches

        return record_batches(self, self._row_type(), check_size(size))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Give rows to readers of Arrow's C stream interface, such as DuckDB and polars, in batches as they arrive.

        If the columns are not known beforehand, all rows are collected first.
        """
        from ._batches import c_stream

        return c_stream(self, self._row_type(), requested_schema)

    def to_arrow(self) -> ArrowTable:
        """Return a `pyarrow.Table` (extra `arrow`). Models in a row become structs, free JSON becomes text."""
        from ._export import arrow_table

        return arrow_table(list(self), self._row_type())

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas frame (extra `pandas`). Integers and booleans keep their type where some are missing."""
        from ._export import pandas_frame

        return pandas_frame(list(self), self._row_type())

    def to_polars(self) -> polars.DataFrame:
        """Return a polars frame (extra `polars`)."""
        from ._export import polars_frame

        return polars_frame(list(self), self._row_type())

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a CSV file in UTF-8 with a header. Lists and models inside a row become JSON."""
        from ._export import write_csv

        write_csv(list(self), self._row_type(), path)

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write a Parquet file (extra `arrow`)."""
        from ._export import write_parquet

        write_parquet(list(self), self._row_type(), path)


class AsyncRows(_RowTyped, Generic[T_co]):
    """The async twin of `Rows`."""

    __slots__ = ()

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[T_co]: ...

    async def to_dicts(self) -> list[dict[str, object]]:
        """See `Rows.to_dicts`."""
        return (await self._collect()).to_dicts()

    async def to_arrow(self) -> ArrowTable:
        """See `Rows.to_arrow`."""
        return (await self._collect()).to_arrow()

    async def to_pandas(self) -> pandas.DataFrame:
        """See `Rows.to_pandas`."""
        return (await self._collect()).to_pandas()

    async def to_polars(self) -> polars.DataFrame:
        """See `Rows.to_polars`."""
        return (await self._collect()).to_polars()

    async def to_csv(self, path: str | os.PathLike[str]) -> None:
        """See `Rows.to_csv`."""
        (await self._collect()).to_csv(path)

    async def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """See `Rows.to_parquet`."""
        (await self._collect()).to_parquet(path)

    def pivot(self, *fields: str, **keys: Iterable[str]) -> AsyncRows[T_co]:
        """See `Rows.pivot`."""
        return _AsyncPivot(self, _pivot(self._row_type(), fields, keys))

    async def arrow_batches(self, size: int = 10_000) -> AsyncGenerator[ArrowBatch]:
        """See `Rows.arrow_batches`."""
        from ._batches import BatchBuilder, check_size

        check_size(size)
        builder, pending = BatchBuilder(self._row_type()), list[T_co]()
        async for row in self:
            pending.append(row)
            if len(pending) == size:
                yield builder.build(pending)
                pending.clear()
        if pending:
            yield builder.build(pending)

    async def _collect(self) -> Rows[T_co]:
        return _CollectedRows([row async for row in self], self._row_type)


class _AsyncPivot(AsyncRows[T_co]):
    __slots__ = ("_items", "_type")

    def __init__(self, items: AsyncRows[T_co], row_type: RowType) -> None:
        self._items = items
        self._type = row_type

    def __aiter__(self) -> AsyncIterator[T_co]:
        return aiter(self._items)

    def __repr__(self) -> str:
        return f"<pivot of {self._items!r}>"

    def _row_type(self) -> RowType:
        return self._type


class _CollectedRows(Rows[T_co]):
    __slots__ = ("_items", "_type")

    def __init__(self, items: Iterable[T_co], row_type: Callable[[], RowType]) -> None:
        self._items = items
        self._type = row_type

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._items)

    def __repr__(self) -> str:
        return "<Rows>"

    def _row_type(self) -> RowType:
        return self._type()

    @staticmethod
    def type_of(of: type[Model] | Rows[object] | None) -> RowType:
        """Return the row type of a model or of other rows."""
        if of is None:
            return RowType()
        if isinstance(of, Rows):
            return of._row_type()
        from ..models._layout import ModelCodec

        return RowType(ModelCodec(of))

    def _loaded_rows(self) -> Collection[object] | None:
        return self._items if isinstance(self._items, Collection) else None


def rows(items: Iterable[R], of: type[Model] | Rows[object] | None = None) -> Rows[R]:
    """Return models as a table: `rows(page.content).to_pandas()`.

    `of` is the type of the items, a model or a list of models, so that a table without items has columns too.
    """
    return _CollectedRows(items, lambda: _CollectedRows.type_of(of))


def _pivot(row_type: RowType, fields: Iterable[str], keys: Mapping[str, Iterable[str]]) -> RowType:
    pivots: Pivots = {
        **row_type.pivots,
        **dict.fromkeys(fields),
        **{name: tuple(dict.fromkeys(names)) for name, names in keys.items()},
    }
    return replace(row_type, pivots=pivots)
