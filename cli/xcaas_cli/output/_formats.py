"""Formats for programs. They write complete lines, so that an interrupted command leaves no partial one."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import Any, TextIO

from ._rows import as_row, cell

__all__ = ["write_csv", "write_json", "write_lines", "write_value", "write_yaml"]


def write_lines(rows: Iterable[Any], out: TextIO) -> None:
    """Write JSON lines, each entry as soon as it is received."""
    for row in rows:
        out.write(_line(row) + "\n")
        out.flush()


def write_json(rows: Iterable[Any], out: TextIO) -> None:
    """Write a JSON array, with one entry per line."""
    separator = "["
    for row in rows:
        out.write(f"{separator}\n  {_line(row)}")
        separator = ","
    out.write("[]\n" if separator == "[" else "\n]\n")


def write_csv(rows: Iterable[Any], out: TextIO, columns: list[str] | None) -> None:
    """Write CSV with a header. Without `columns`, all rows are read first to find theirs."""
    entries: Iterable[dict[str, Any]] = map(as_row, rows)
    if columns is None:
        entries = list(entries)
        columns = list(dict.fromkeys(name for row in entries for name in row))
    writer = csv.writer(out, lineterminator="\n")
    if columns:
        writer.writerow(columns)
    writer.writerows([cell(row.get(name)) for name in columns] for row in entries)


def write_yaml(rows: Iterable[Any], out: TextIO) -> None:
    """Write a YAML sequence."""
    is_empty = True
    for row in rows:
        out.write(_yaml([row]))
        is_empty = False
    if is_empty:
        out.write("[]\n")


def write_value(value: Any, out: TextIO, kind: str) -> None:
    """Write a result that is not a list, as JSON or YAML."""
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
