"""The database of an export: its rows, its files, and the slices that are complete."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

__all__ = ["Ledger"]

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS rows (stream TEXT, key TEXT, at TEXT, row TEXT, file TEXT, verified TEXT, mark TEXT, "
    "PRIMARY KEY (stream, key)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS slices (id TEXT PRIMARY KEY)",
)
_COMMIT_EVERY = 50
"""Changes per transaction. A killed process loses at most these; the next run finds their files and skips them."""


class Ledger:
    """The state of one export. The database is locked while it is open, at most until the process ends."""

    def __init__(self, path: Path, target: str, columns: Sequence[str] = ()) -> None:
        self._path, self._target = path, target
        self.columns = columns
        """Columns that the export adds to the service's: `region`, `file`, `verified`."""
        self._changes = 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(exist_ok=True)
        try:
            self._db = sqlite3.connect(self._path, timeout=0)
        except sqlite3.Error as error:
            raise self._to_click_error(error) from error
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("BEGIN EXCLUSIVE")
            for statement in _SCHEMA:
                self._db.execute(statement)
            self._db.commit()
        except sqlite3.Error as error:
            self._db.close()
            raise self._to_click_error(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._db.commit()
        except sqlite3.Error as failure:
            if error is None:
                raise self._to_click_error(failure) from failure
        finally:
            self._db.close()
        if isinstance(error, sqlite3.Error):
            raise self._to_click_error(error) from error

    def set_row(self, stream: str, key: str, at: str, row: dict[str, Any]) -> None:
        """Store a row, replacing the one with the same key."""
        self._execute(
            "INSERT INTO rows (stream, key, at, row) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET at = excluded.at, row = excluded.row",
            stream,
            key,
            at,
            json.dumps(row, ensure_ascii=False, separators=(",", ":")),
        )

    def set_file(self, stream: str, key: str, file: str, verified: str | None, mark: str) -> None:
        """Store the file of a row. `mark` identifies its content: if it changes, the file is outdated."""
        self._execute(
            "UPDATE rows SET file = ?, verified = ?, mark = ? WHERE stream = ? AND key = ?",
            *(file, verified, mark, stream, key),
        )

    def file_of(self, stream: str, key: str) -> tuple[str, str] | None:
        """Return the file and mark of a row; None if it has none."""
        file: tuple[str, str] | None = self._db.execute(
            "SELECT file, mark FROM rows WHERE stream = ? AND key = ? AND file IS NOT NULL", (stream, key)
        ).fetchone()
        return file

    def count(self) -> int:
        """Return the number of rows."""
        (count,) = self._db.execute("SELECT count(*) FROM rows").fetchone()
        return int(count)

    def is_complete(self, slice_id: str) -> bool:
        """Return whether a slice is complete."""
        return self._db.execute("SELECT 1 FROM slices WHERE id = ?", (slice_id,)).fetchone() is not None

    def mark_complete(self, slice_id: str) -> None:
        """Mark a slice as complete."""
        self._db.execute("INSERT OR IGNORE INTO slices VALUES (?)", (slice_id,))
        self._db.commit()

    def rows(self) -> Iterator[tuple[dict[str, str | None], dict[str, Any]]]:
        """Yield the values of `columns` and the service's row, in a fixed order."""
        self._db.commit()
        for stream, row, file, verified in self._db.execute(
            "SELECT stream, row, file, verified FROM rows ORDER BY stream, at, key"
        ):
            export_columns: dict[str, str | None] = dict(
                zip(("region", "file", "verified"), (stream, file, verified), strict=True)
            )
            yield {name: export_columns[name] for name in self.columns}, json.loads(row)

    def _execute(self, command: str, *values: str | None) -> None:
        self._db.execute(command, values)
        self._changes += 1
        if self._changes % _COMMIT_EVERY == 0:
            self._db.commit()

    def _to_click_error(self, error: sqlite3.Error) -> click.ClickException:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_BUSY"):
            return click.ClickException(
                f"another run is exporting into {self._target}. Nothing was done. Wait until it ends, and run it again."
            )
        advice = ""
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            advice = " Remove it: the next run lists everything again, and keeps the files that are complete."
        return click.ClickException(f"{self._path} cannot be used: {error}.{advice}")
