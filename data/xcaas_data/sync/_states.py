"""Positions of a sync, one for each stream: in a file, a database, or at an address that fsspec supports."""

from __future__ import annotations

import json
import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from xcaas import ConfigurationError, XCaaSError

__all__ = ["FileState", "FsspecState", "Progress", "SQLiteState", "State", "StateError"]

_ADVICE = "Restore a copy. Or remove it, and everything is read again from the start."


class StateError(XCaaSError):
    """A state cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The position of a stream, and the windows with which it was read."""

    until: datetime
    """The time up to which it is complete, in UTC."""
    grid: str
    """A description of the windows. A sync with other windows must not continue from here."""


class State(Protocol):
    """Where a sync stores the position of each of its streams."""

    def get(self, stream: str) -> Progress | None:
        """Return the position of a stream; None before its first run."""
        ...

    def set(self, stream: str, progress: Progress) -> None:
        """Store the position of a stream atomically: a state is the old one or the new one, never a part of it."""
        ...


class _Document(ABC):
    """A state that is one JSON document."""

    @abstractmethod
    def _load(self) -> bytes | None:
        """Return the document; None if there is none yet."""

    @abstractmethod
    def _store(self, content: bytes) -> None:
        """Replace the document."""

    def get(self, stream: str) -> Progress | None:
        return self._read().get(stream)

    def set(self, stream: str, progress: Progress) -> None:
        positions = {**self._read(), stream: progress}
        data = {
            name: {"until": position.until.isoformat(), "grid": position.grid} for name, position in positions.items()
        }
        with _state_errors(self, "written"):
            self._store(json.dumps(data, indent=1, sort_keys=True).encode())

    def _read(self) -> Mapping[str, Progress]:
        with _state_errors(self, "read"):
            content = self._load()
        if content is None:
            return {}
        try:
            data: dict[str, dict[str, str]] = json.loads(content)
            return {name: _progress(entry["until"], entry["grid"]) for name, entry in data.items()}
        except (AttributeError, KeyError, TypeError, ValueError):
            raise StateError(f"{self!r} does not contain a state", advice=_ADVICE) from None


class FileState(_Document):
    """A state in a file, for one sync at a time. The folder must exist; a symbolic link is followed."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(os.path.realpath(path))

    def _load(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def _store(self, content: bytes) -> None:
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        try:
            with new.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self._path)
        except BaseException:
            with suppress(OSError):
                new.unlink()
            raise

    def __repr__(self) -> str:
        return f"FileState({os.fspath(self._path)!r})"


class FsspecState(_Document):
    """A state at an address that fsspec supports, such as `s3://bucket/state.json`, for one sync at a time.

    Object stores replace an object atomically. For local files, use `FileState`.
    """

    def __init__(self, url: str, **options: Any) -> None:
        try:
            fsspec: Any = import_module("fsspec")
        except ImportError as error:
            raise ConfigurationError(
                "FsspecState needs fsspec, which is not installed", advice="Install it: pip install fsspec"
            ) from error
        self._filesystem, self._path = fsspec.core.url_to_fs(url, **options)
        if "file" in _protocols(self._filesystem):
            raise ConfigurationError(
                "FsspecState is not for local files", advice="Use FileState, which replaces its file atomically."
            )

    def _load(self) -> bytes | None:
        try:
            content: bytes = self._filesystem.cat_file(self._path)
        except FileNotFoundError:
            return None
        return content

    def _store(self, content: bytes) -> None:
        self._filesystem.pipe_file(self._path, content)

    def __repr__(self) -> str:
        return f"FsspecState({self._filesystem.unstrip_protocol(self._path)!r})"


class SQLiteState:
    """A state in a table of an SQLite database, for several syncs at the same time."""

    def __init__(self, path: str | os.PathLike[str], table: str = "xcaas_sync") -> None:
        self._path, self._table = os.fspath(path), quoted(table)
        self._execute(f"CREATE TABLE IF NOT EXISTS {self._table} (stream TEXT PRIMARY KEY, until TEXT, grid TEXT)")

    def get(self, stream: str) -> Progress | None:
        for row in self._execute(f"SELECT until, grid FROM {self._table} WHERE stream = ?", stream):
            try:
                return _progress(*row)
            except (TypeError, ValueError):
                raise StateError(f"{self!r} does not contain a state", advice=_ADVICE) from None
        return None

    def set(self, stream: str, progress: Progress) -> None:
        command = f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?, ?)"
        self._execute(command, stream, progress.until.isoformat(), progress.grid)

    def _execute(self, command: str, *values: str) -> list[Any]:
        with _state_errors(self, "used"), closing(sqlite3.connect(self._path, timeout=30)) as connection, connection:
            return connection.execute(command, values).fetchall()

    def __repr__(self) -> str:
        return f"SQLiteState({self._path!r})"


def quoted(name: str) -> str:
    """Quote the name of a table for SQL."""
    return '"' + name.replace('"', '""') + '"'


def _protocols(system: Any) -> tuple[str, ...]:
    protocol: str | tuple[str, ...] = system.protocol
    return (protocol,) if isinstance(protocol, str) else protocol


@contextmanager
def _state_errors(state: object, action: str) -> Generator[None]:
    """Turn errors of files and databases into `StateError`s that name the state."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise StateError(f"{state!r} cannot be {action}: {reason}") from error


def _progress(until: object, grid: object) -> Progress:
    moment = datetime.fromisoformat(str(until))
    if moment.tzinfo is None or not isinstance(grid, str):
        raise ValueError(until)
    return Progress(moment.astimezone(UTC), grid)
