"""Lists as Dask data frames, with one partition per slice."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dask.dataframe import from_map

from ..slices import Slice, SliceError

if TYPE_CHECKING:
    from dask.dataframe import DataFrame

__all__ = ["read_slices"]


def read_slices(
    pieces: Iterable[Slice[Any]],
    *,
    columns: Sequence[str] | None = None,
    pivot: Mapping[str, Sequence[str]] | None = None,
) -> DataFrame:
    """Return slices of one operation as a data frame that reads them when it is computed.

    All columns have the Arrow types of `Slice.schema`, even if a slice has no rows. `columns` selects columns; `pivot` is
    that of `Slice.read`.
    """
    slices = list(pieces)
    if not slices:
        raise SliceError("there are no slices, so the columns are unknown", advice="Give at least one slice.")
    meta = _frame(slices[0], (), columns, pivot)
    return from_map(_SliceReader(pivot), slices, columns=columns, meta=meta, label="xcaas", enforce_metadata=False)


class _SliceReader:
    """Read one slice. Dask passes fewer columns if it needs no others."""

    def __init__(self, pivot: Mapping[str, Sequence[str]] | None) -> None:
        self._pivot = pivot

    def __call__(self, piece: Slice[Any], *, columns: Sequence[str] | None = None) -> object:
        return _frame(piece, piece.read(pivot=self._pivot), columns, self._pivot)


def _frame(
    piece: Slice[Any],
    batches: Iterable[object],
    columns: Sequence[str] | None,
    pivot: Mapping[str, Sequence[str]] | None,
) -> Any:
    pandas: Any = importlib.import_module("pandas")
    pyarrow: Any = importlib.import_module("pyarrow")
    table = pyarrow.Table.from_batches(batches, schema=piece.schema(pivot=pivot))
    if columns is not None:
        table = table.select(list(columns))
    return table.to_pandas(types_mapper=pandas.ArrowDtype)
