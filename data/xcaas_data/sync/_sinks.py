"""Sinks: where a sync stores rows."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from operator import attrgetter
from typing import Any, Protocol

import xcaas

from ..slices import Slice
from ._states import quoted

__all__ = ["SQLiteSink", "Sink"]


class Sink(Protocol):
    """Stores the rows of a sync, slice by slice.

    A slice may be written again: after an interrupted run, or for rows that arrive late. To avoid duplicates, a sink
    replaces rows with the same key (`piece.key`), or all rows of the same slice (`piece.id`).
    """

    def write(self, piece: Slice[Any], items: Iterable[Any]) -> int:
        """Store all rows of a slice or none of them, permanently, and return their number."""
        ...


class SQLiteSink:
    """Rows as JSON in a table of an SQLite database, by operation, region, partition and key. A slice is a transaction.

    Accounts are not distinguished: give each its own table.
    """

    def __init__(self, path: str | os.PathLike[str], table: str = "rows") -> None:
        self._path, self._table = os.fspath(path), quoted(table)
        with closing(self._connect()) as connection, connection:
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {self._table} "
                "(operation TEXT, region TEXT, partition TEXT, key TEXT, row TEXT, "
                "PRIMARY KEY (operation, region, partition, key))"
            )

    def write(self, piece: Slice[Any], items: Iterable[xcaas.Model]) -> int:
        command = f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?, ?, ?, ?)"
        rows = list(_rows(piece, items))  # download all pages before locking the database
        with closing(self._connect()) as connection, connection:
            connection.executemany(command, rows)
        return len(rows)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)


def _rows(piece: Slice[Any], items: Iterable[xcaas.Model]) -> Iterator[tuple[str, ...]]:
    key_of = attrgetter(piece.key) if piece.key else None
    for item in items:
        row = item.to_json()
        key = None if key_of is None else key_of(item)
        # A row without a key is identified by its content.
        row_key = str(key or hashlib.sha256(row.encode()).hexdigest())
        yield piece.operation, piece.region, piece.partition, row_key, row
