"""Export of rows: dictionaries, CSV, Parquet, and tables of pyarrow, pandas and polars."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import importlib
import os
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from .._errors import ConfigurationError, ExportError
from .._partial_file import PartialFile
from ..models._codec import write_any
from ..models._html import html_cell, html_table
from ..models._json import encode_json
from ._columns import Column, Kind, ListKind, MapKind, StructKind, columns_for, row_of
from ._row_type import RowType

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
    import polars  # type: ignore[import-not-found,unused-ignore]

    from ._arrow import ArrowTable

__all__ = [
    "arrow_table",
    "arrow_type",
    "dicts",
    "html",
    "library",
    "pandas_frame",
    "polars_frame",
    "write_csv",
    "write_parquet",
]

_MAX_HTML_ROWS: Final = 20  # in notebooks


def dicts(rows: Iterable[object], row_type: RowType) -> list[dict[str, object]]:
    """Return one dictionary per row."""
    return [row_of(row, row_type.pivots) for row in rows]


def html(rows: Sequence[object], caption: str) -> str:
    """Return the first rows as an HTML table, for notebooks."""
    columns = columns_for(rows)
    cells = [[html_cell(column.name, column.value(row)) for column in columns] for row in rows[:_MAX_HTML_ROWS]]
    foot = f'<tr><td colspan="{len(columns)}">…</td></tr>' if len(rows) > _MAX_HTML_ROWS else ""
    return html_table(caption, [column.name for column in columns], cells, foot)


def arrow_table(rows: list[object], row_type: RowType) -> ArrowTable:
    """Return a `pyarrow.Table`."""
    pa = library("pyarrow", "to_arrow")
    columns = columns_for(rows, row_type)
    arrays = [_arrow_array(pa, column, rows) for column in columns]
    table: ArrowTable = pa.Table.from_arrays(arrays, names=[column.name for column in columns])
    return table


def _arrow_array(pa: Any, column: Column, rows: list[object]) -> object:
    cells = [column.cell(row) for row in rows]
    try:
        return pa.array(cells, arrow_type(pa, column.kind))
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        # For values that the spec does not allow, the whole column becomes text.
        return pa.array([_text(cell) for cell in cells], pa.string())


def arrow_type(pa: Any, kind: Kind) -> object:
    """Return the `pyarrow` type for a kind of column."""
    if isinstance(kind, ListKind):
        return pa.list_(arrow_type(pa, kind.item))
    if isinstance(kind, MapKind):
        return pa.list_(pa.struct([("key", pa.string()), ("value", arrow_type(pa, kind.value))]))
    if isinstance(kind, StructKind):
        return pa.struct([(name, arrow_type(pa, inner)) for name, inner in kind.fields.items()])
    return {
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "bytes": pa.binary(),
        "date": pa.date32(),
        "moment": pa.timestamp("us", tz="UTC"),
        "wall": pa.timestamp("us"),
    }.get(kind, pa.string())


def pandas_frame(rows: list[object], row_type: RowType) -> pandas.DataFrame:
    """Return a pandas frame. Integers and booleans keep their type if some are missing."""
    pd = library("pandas", "to_pandas")
    pa = library("pyarrow", "to_pandas")
    types: dict[object, object] = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    table: Any = arrow_table(rows, row_type)
    frame: pandas.DataFrame = table.to_pandas(types_mapper=types.get)
    return frame


def polars_frame(rows: list[object], row_type: RowType) -> polars.DataFrame:
    """Return a polars frame."""
    pl = library("polars", "to_polars")
    columns = columns_for(rows, row_type)
    frame: polars.DataFrame = pl.DataFrame([_polars_series(pl, column, rows) for column in columns])
    return frame


def _polars_series(pl: Any, column: Column, rows: list[object]) -> object:
    cells = [column.cell(row) for row in rows]
    try:
        return pl.Series(column.name, _in_utc(column.kind, cells), _polars_type(pl, column.kind))
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        return pl.Series(column.name, [_text(cell) for cell in cells], pl.String)


def _in_utc(kind: Kind, cells: list[object]) -> list[object]:
    if kind != "moment":
        return cells
    # polars has one zone per column.
    return [
        cell.astimezone(dt.UTC) if isinstance(cell, dt.datetime) and cell.tzinfo is not None else cell for cell in cells
    ]


def _polars_type(pl: Any, kind: Kind) -> object:
    if isinstance(kind, ListKind):
        return pl.List(_polars_type(pl, kind.item))
    if isinstance(kind, MapKind):
        return pl.List(pl.Struct({"key": pl.String, "value": _polars_type(pl, kind.value)}))
    if isinstance(kind, StructKind):
        return pl.Struct({name: _polars_type(pl, inner) for name, inner in kind.fields.items()})
    return {
        "int": pl.Int64,
        "float": pl.Float64,
        "bool": pl.Boolean,
        "bytes": pl.Binary,
        "date": pl.Date,
        "moment": pl.Datetime("us", "UTC"),
        "wall": pl.Datetime("us"),
    }.get(kind, pl.String)


def write_parquet(rows: list[object], row_type: RowType, path: str | os.PathLike[str]) -> None:
    """Write a Parquet file."""
    parquet = library("pyarrow.parquet", "to_parquet")
    table = arrow_table(rows, row_type)
    with _open_atomically(path) as file:
        parquet.write_table(table, file)


def write_csv(rows: list[object], row_type: RowType, path: str | os.PathLike[str]) -> None:
    """Write a CSV file in UTF-8 with a header. Lists and models inside a row become JSON."""
    columns = columns_for(rows, row_type)
    with _open_atomically(path) as file:
        # Not a TextIOWrapper, which would close the file before it is removed on errors.
        writer = csv.writer(codecs.getwriter("utf-8")(file))
        writer.writerow([column.name for column in columns])
        writer.writerows([_text(column.cell(row)) for column in columns] for row in rows)


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, bool | list | dict):
        return encode_json(write_any(cast("object", cell))).decode()
    return cell.hex() if isinstance(cell, bytes) else str(cell)


def library(name: str, purpose: str) -> Any:
    """Import a module of an optional package. Any, because the type stubs are incomplete."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise ConfigurationError(
            f"{purpose} needs {package}, which is not installed", advice=f"Install it: pip install {package}"
        ) from error


@contextmanager
def _open_atomically(path: str | os.PathLike[str]) -> Generator[IO[bytes]]:
    """Open a file that gets its name once it is complete."""
    target = Path(path)
    if not target.name:
        raise ExportError(f"{os.fspath(path)!r} is not the name of a file")
    file = PartialFile(target)
    try:
        file.open()
        yield file.opened
        file.commit()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExportError(f"{str(target)!r} cannot be written: {reason}", advice=_advice(error)) from error
    finally:
        file.discard()


def _advice(error: OSError) -> str | None:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "Make the folder first."
        case PermissionError():
            return "Write to a folder that is yours."
        case _:
            return None
