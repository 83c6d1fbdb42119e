"""What an export has done: its rows, its files, and the slices that are complete, in a database of its own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

__all__ = ["Ledger"]

_TABLES = (
    "CREATE TABLE IF NOT EXISTS rows (stream TEXT, key TEXT, at TEXT, row TEXT, file TEXT, verified TEXT, mark TEXT, "
    "PRIMARY KEY (stream, key)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS slices (id TEXT PRIMARY KEY)",
)
_BATCH = 50
"""Changes that one transaction has at most. A kill loses these, and the next run finds their files and leaves them out."""


class Ledger:
    """The state of one export, locked while it is open. The lock is the database's, and ends with the process."""

    def __init__(self, path: Path, what: str, columns: Sequence[str] = ()) -> None:
        self._path, self._what = path, what
        self.columns = columns
        """Columns of the table that are not the service's: `region`, `file`, `verified`."""
        self._changes = 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(exist_ok=True)
        try:
            self._db = sqlite3.connect(self._path, timeout=0)
        except sqlite3.Error as error:
            raise self._in_words(error) from error
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("BEGIN EXCLUSIVE")
            for table in _TABLES:
                self._db.execute(table)
            self._db.commit()
        except sqlite3.Error as error:
            self._db.close()
            raise self._in_words(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._db.commit()
        except sqlite3.Error as failure:
            if error is None:
                raise self._in_words(failure) from failure
        finally:
            self._db.close()
        if isinstance(error, sqlite3.Error):
            raise self._in_words(error) from error

    def put(self, stream: str, key: str, at: str, row: dict[str, Any]) -> None:
        """Keep a row in the place of an older one of the same key."""
        self._change(
            "INSERT INTO rows (stream, key, at, row) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET at = excluded.at, row = excluded.row",
            stream,
            key,
            at,
            json.dumps(row, ensure_ascii=False, separators=(",", ":")),
        )

    def put_file(self, stream: str, key: str, file: str, verified: str | None, mark: str) -> None:
        """Keep which file a row has. `mark` tells its content from another one that the row may get."""
        self._change(
            "UPDATE rows SET file = ?, verified = ?, mark = ? WHERE stream = ? AND key = ?",
            *(file, verified, mark, stream, key),
        )

    def file_of(self, stream: str, key: str) -> tuple[str, str] | None:
        """Return the file of a row and its mark; None if it has none."""
        found: tuple[str, str] | None = self._db.execute(
            "SELECT file, mark FROM rows WHERE stream = ? AND key = ? AND file IS NOT NULL", (stream, key)
        ).fetchone()
        return found

    def count(self) -> int:
        """Return the number of rows."""
        (number,) = self._db.execute("SELECT count(*) FROM rows").fetchone()
        return int(number)

    def is_complete(self, slice_id: str) -> bool:
        """Return whether nothing is left to do in a slice."""
        return self._db.execute("SELECT 1 FROM slices WHERE id = ?", (slice_id,)).fetchone() is not None

    def complete(self, slice_id: str) -> None:
        """Note that nothing is left to do in a slice."""
        self._db.execute("INSERT OR IGNORE INTO slices VALUES (?)", (slice_id,))
        self._db.commit()

    def rows(self) -> Iterator[tuple[dict[str, str | None], dict[str, Any]]]:
        """Yield what the export says of a row (by `columns`), and the row, in one order."""
        self._db.commit()
        for stream, row, file, verified in self._db.execute(
            "SELECT stream, row, file, verified FROM rows ORDER BY stream, at, key"
        ):
            about: dict[str, str | None] = dict(
                zip(("region", "file", "verified"), (stream, file, verified), strict=True)
            )
            yield {name: about[name] for name in self.columns}, json.loads(row)

    def _change(self, command: str, *values: str | None) -> None:
        self._db.execute(command, values)
        self._changes += 1
        if self._changes % _BATCH == 0:
            self._db.commit()

    def _in_words(self, error: sqlite3.Error) -> click.ClickException:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_BUSY"):
            return click.ClickException(
                f"another run is exporting into {self._what}. Nothing was done. Wait until it ends, and run it again."
            )
        advice = ""
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            advice = " Remove it: the next run lists everything again, and keeps the files that are complete."
        return click.ClickException(f"{self._path} cannot be used: {error}.{advice}")
