"""The table of an export, written from its ledger, so that interrupted runs make no difference."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import click

from xcaas import Model, rows

from ..output import cell
from ..output._files import atomic_file, check_target, remove_leftovers
from ._ledger import Ledger

__all__ = ["FORMATS", "check_table", "write_table"]

FORMATS = ("parquet", "csv", "jsonl")
_BATCH_SIZE = 10_000


def check_table(target: Path, kind: str) -> None:
    """Check that a table can be written, before hours of work, and remove temporary files of killed runs.

    Raises:
        click.UsageError: pyarrow or the folder is missing, or the target is a folder or a device.
    """
    if kind == "parquet" and find_spec("pyarrow") is None:
        raise click.UsageError("Parquet needs pyarrow: pip install 'xcaas[arrow]'")
    check_target(str(target), folder=False)
    remove_leftovers(target)


def write_table(ledger: Ledger, model: type[Model], target: Path, kind: str) -> None:
    """Write the rows of a ledger to a file, which appears when it is complete."""
    with atomic_file(target) as path:
        if kind == "parquet":
            _write_parquet(ledger, model, path)
            return
        with open(path, "w", encoding="utf-8", newline="") as out:
            {"csv": _write_csv, "jsonl": _write_lines}[kind](ledger, out)


def _write_lines(ledger: Ledger, out: TextIO) -> None:
    for export_columns, row in ledger.rows():
        out.write(json.dumps({**row, **export_columns}, ensure_ascii=False, separators=(",", ":")) + "\n")


def _write_csv(ledger: Ledger, out: TextIO) -> None:
    """Write CSV with the columns of all rows. Reads the rows twice, to save memory."""
    columns = list(dict.fromkeys(name for export_columns, row in ledger.rows() for name in (*export_columns, *row)))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns or ledger.columns)
    for export_columns, row in ledger.rows():
        line = {**row, **export_columns}
        writer.writerow([cell(line.get(name)) for name in columns])


def _write_parquet(ledger: Ledger, model: type[Model], path: Path) -> None:
    """Write Parquet with Python names and types of fields, in batches."""
    model_schema: Any = rows([], of=model).arrow_schema()  # raises with advice if pyarrow is missing
    pa: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    schema = pa.schema([*((name, pa.string()) for name in ledger.columns), *model_schema])
    with parquet.ParquetWriter(path, schema) as writer:
        for chunk in _chunks(ledger):
            batches: Any = rows([model.from_dict(row) for _, row in chunk], of=model).arrow_batches(len(chunk))
            (batch,) = batches
            arrays = [pa.array([columns[name] for columns, _ in chunk], pa.string()) for name in ledger.columns]
            writer.write_batch(pa.RecordBatch.from_arrays([*arrays, *batch.columns], schema=schema))


def _chunks(ledger: Ledger) -> Iterator[list[tuple[dict[str, str | None], dict[str, Any]]]]:
    rows_ = ledger.rows()
    while chunk := list(islice(rows_, _BATCH_SIZE)):
        yield chunk
