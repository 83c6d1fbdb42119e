"""How far each stream of a sync has come: a file, a database, or any address that fsspec knows."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from xcaas import ConfigurationError

from ..slices import SliceError

__all__ = ["FileState", "FsspecState", "SQLiteState", "State"]


class State(Protocol):
    """Where a sync keeps until when each of its streams is complete."""

    def get(self, stream: str) -> datetime | None:
        """Return until when a stream is complete; None before its first window."""
        ...

    def set(self, stream: str, until: datetime) -> None:
        """Keep until when a stream is complete, at once: a state is the old one or the new one, never half of it."""
        ...


class _Document(ABC):
    """A state that is one JSON document."""

    @abstractmethod
    def _load(self) -> bytes | None:
        """Return the document; None if there is none yet."""

    @abstractmethod
    def _store(self, content: bytes) -> None:
        """Put a document in the place of the old one."""

    def get(self, stream: str) -> datetime | None:
        text = self._read().get(stream)
        return None if text is None else _moment(text)

    def set(self, stream: str, until: datetime) -> None:
        self._store(json.dumps({**self._read(), stream: until.isoformat()}, indent=1, sort_keys=True).encode())

    def _read(self) -> Mapping[str, str]:
        content = self._load()
        if content is None:
            return {}
        try:
            found: dict[str, str] = json.loads(content)
            for text in found.values():
                _moment(text)
        except (AttributeError, TypeError, ValueError):
            raise SliceError(f"{self!r} holds something that is no state") from None
        return found


class FileState(_Document):
    """A state in a file. The folder has to be there."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    def _load(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def _store(self, content: bytes) -> None:
        handle, name = tempfile.mkstemp(prefix=f"{self._path.name}.", dir=self._path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self._path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise

    def __repr__(self) -> str:
        return f"FileState({os.fspath(self._path)!r})"


class FsspecState(_Document):
    """A state at an address that fsspec knows, such as `s3://bucket/state.json`. Object stores replace at once."""

    def __init__(self, url: str, **options: Any) -> None:
        try:
            fsspec: Any = import_module("fsspec")
        except ImportError as error:
            raise ConfigurationError(
                "FsspecState needs fsspec, which is not installed", advice="Install it: pip install fsspec"
            ) from error
        self._url = url
        self._system, self._place = fsspec.core.url_to_fs(url, **options)

    def _load(self) -> bytes | None:
        try:
            content: bytes = self._system.cat_file(self._place)
        except FileNotFoundError:
            return None
        return content

    def _store(self, content: bytes) -> None:
        self._system.pipe_file(self._place, content)

    def __repr__(self) -> str:
        return f"FsspecState({self._url!r})"


class SQLiteState:
    """A state in a table of an SQLite database, for several syncs at a time."""

    def __init__(self, path: str | os.PathLike[str], table: str = "xcaas_sync") -> None:
        self._path, self._table = os.fspath(path), quoted(table)
        with closing(self._connect()) as connection, connection:
            connection.execute(f"CREATE TABLE IF NOT EXISTS {self._table} (stream TEXT PRIMARY KEY, until TEXT)")

    def get(self, stream: str) -> datetime | None:
        with closing(self._connect()) as connection:
            query = f"SELECT until FROM {self._table} WHERE stream = ?"
            row: tuple[str] | None = connection.execute(query, (stream,)).fetchone()
        return None if row is None else _moment(row[0])

    def set(self, stream: str, until: datetime) -> None:
        with closing(self._connect()) as connection, connection:
            command = f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)"
            connection.execute(command, (stream, until.isoformat()))

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)


def quoted(name: str) -> str:
    """Return the name of a table as SQL."""
    return '"' + name.replace('"', '""') + '"'


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
