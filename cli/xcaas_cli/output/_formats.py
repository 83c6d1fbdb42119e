"""Formats for programs. Each writes whole lines, so that whoever is stopped leaves no half of one."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import Any, TextIO

from ._rows import as_row, cell

__all__ = ["write_csv", "write_json", "write_lines", "write_value", "write_yaml"]


def write_lines(rows: Iterable[Any], out: TextIO) -> None:
    """Write JSON lines: an entry per line, as soon as it is there."""
    for row in rows:
        out.write(_line(row) + "\n")
        out.flush()


def write_json(rows: Iterable[Any], out: TextIO) -> None:
    """Write one JSON array, an entry per line."""
    before = "["
    for row in rows:
        out.write(f"{before}\n  {_line(row)}")
        before = ","
    out.write("[]\n" if before == "[" else "\n]\n")


def write_csv(rows: Iterable[Any], out: TextIO, columns: list[str] | None) -> None:
    """Write CSV with a header. Without columns that were asked for, those of all rows, which are read first."""
    found: Iterable[dict[str, Any]] = map(as_row, rows)
    if columns is None:
        found = list(found)
        columns = list(dict.fromkeys(name for row in found for name in row))
    writer = csv.writer(out, lineterminator="\n")
    if columns:
        writer.writerow(columns)
    writer.writerows([cell(row.get(name)) for name in columns] for row in found)


def write_yaml(rows: Iterable[Any], out: TextIO) -> None:
    """Write one YAML sequence."""
    empty = True
    for row in rows:
        out.write(_yaml([row]))
        empty = False
    if empty:
        out.write("[]\n")


def write_value(value: Any, out: TextIO, kind: str) -> None:
    """Write one result that is no list, as JSON or YAML."""
    if kind == "yaml":
        out.write(_yaml(value))
    else:
        out.write((json.dumps(value, ensure_ascii=False, indent=2) if kind == "json" else _line(value)) + "\n")
    out.flush()


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _yaml(value: Any) -> str:
    import yaml

    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
