"""Incremental runs: each reads the rows that are new since the last one, without duplicates even after failures.

Example:
    sync = Sync(client.storage.objects.search, start=start, every="1h", state=FileState("state.json"), overlap="1d")
    sync.run(SQLiteSink("objects.db"))
"""

from __future__ import annotations

from ._sinks import Sink, SQLiteSink
from ._states import FileState, FsspecState, Progress, SQLiteState, State, StateError
from ._sync import Sync, SyncReport

__all__ = [
    "FileState",
    "FsspecState",
    "Progress",
    "SQLiteSink",
    "SQLiteState",
    "Sink",
    "State",
    "StateError",
    "Sync",
    "SyncReport",
]
