"""Record batches of `pyarrow`, all with one schema, known before the first row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from .._errors import ArgumentError, ExportError
from ._arrow import ArrowBatch, ArrowSchema
from ._columns import Column, columns_for, fixed_columns, unknown_column
from ._export import arrow_table, arrow_type, library
from ._row_type import RowType

__all__ = ["BatchBuilder", "arrow_schema", "c_stream", "check_size", "record_batches"]

T = TypeVar("T")

_BATCH_SIZE: Final = 10_000


def arrow_schema(row_type: RowType) -> ArrowSchema:
    """Return the schema of all batches of rows."""
    if row_type.codec is None:
        raise ExportError(
            "the type of these rows is not known before they arrive", advice="Name it: rows(items, of=Model)."
        )
    schema: ArrowSchema = _schema(library("pyarrow", "arrow_schema"), fixed_columns(row_type))
    return schema


class BatchBuilder:
    """Builds record batches. If the type of rows is unknown, all batches have the columns of the first one."""

    def __init__(self, row_type: RowType) -> None:
        self._pa = library("pyarrow", "arrow_batches")
        self._row_type = row_type
        self._columns = fixed_columns(row_type) if row_type.codec is not None else None
        self._row_classes: frozenset[type] | None = None

    def build(self, rows: Sequence[object]) -> ArrowBatch:
        """Return rows as a batch. Raises ExportError for rows that don't fit the columns."""
        if self._columns is None:
            self._row_classes = frozenset(map(type, rows))
            self._columns = _columns_like(rows, self._row_type)
        elif self._row_classes is not None and not self._row_classes.issuperset(map(type, rows)):
            raise ExportError("later rows have another type", advice="Name the type: rows(items, of=Model).")
        arrays = [_array(self._pa, column, rows) for column in self._columns]
        batch: ArrowBatch = self._pa.RecordBatch.from_arrays(arrays, schema=_schema(self._pa, self._columns))
        return batch


def record_batches(rows: Iterable[object], row_type: RowType, size: int) -> Iterator[ArrowBatch]:
    """Return batches of `size` rows."""
    builder = BatchBuilder(row_type)
    return map(builder.build, _chunks(rows, size))


def c_stream(rows: Iterable[object], row_type: RowType, requested: object) -> object:
    """Return rows as a capsule of Arrow's C stream interface."""
    if row_type.codec is None or None in row_type.pivots.values():
        return arrow_table(list(rows), row_type).__arrow_c_stream__(requested)
    pa: Any = library("pyarrow", "__arrow_c_stream__")
    reader = pa.RecordBatchReader.from_batches(arrow_schema(row_type), record_batches(rows, row_type, _BATCH_SIZE))
    return reader.__arrow_c_stream__(requested)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of `size` items; the last one may be shorter."""
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


def check_size(size: int) -> int:
    """Return the size of a batch. Raises ArgumentError if it is below 1."""
    if size < 1:
        raise ArgumentError("a batch has at least one row")
    return size


def _columns_like(rows: Sequence[object], row_type: RowType) -> list[Column]:
    columns = [column for column in columns_for(rows, row_type) if column.name != unknown_column().name]
    return [*columns, unknown_column()]


def _schema(pa: Any, columns: Iterable[Column]) -> Any:
    return pa.schema([(column.name, arrow_type(pa, column.kind)) for column in columns])


def _array(pa: Any, column: Column, rows: Sequence[object]) -> object:
    try:
        return pa.array([column.cell(row) for row in rows], arrow_type(pa, column.kind))
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise ExportError(
            f"a value of {column.name!r} does not fit the column: {error}",
            advice="`to_arrow()` turns it into a column of text.",
        ) from None
