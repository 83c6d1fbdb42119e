"""Checks for open files, sockets, threads and tasks that calls leave behind."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import trio

__all__ = ["no_leaks", "open_tasks"]

_FD_FOLDER: Final = Path("/proc/self/fd")
_TIMEOUT: Final = 5.0
# Threads that libraries keep for reuse: anyio until its loop ends, trio for 10 s.
_LIBRARY_THREADS: Final = ("Trio thread", "trio.")
_TRIO_TASK: Final = "<TrioToken.run_sync_soon task>"


def _open_files() -> Counter[str]:
    """Count the open files of this process, without the numbers of sockets and pipes."""
    counts: Counter[str] = Counter()
    if _FD_FOLDER.is_dir():
        for entry in os.listdir(_FD_FOLDER):
            try:
                counts[os.readlink(_FD_FOLDER / entry).partition(":[")[0]] += 1
            except OSError:  # the descriptor of the listing itself
                continue
    return counts


def _threads() -> Counter[str]:
    return Counter(thread.name for thread in threading.enumerate() if not thread.name.startswith(_LIBRARY_THREADS))


@contextmanager
def no_leaks() -> Generator[None]:
    """Check that no files or threads are left open. The server's have a moment to end."""
    before = _open_files() + _threads()
    yield
    deadline = time.monotonic() + _TIMEOUT
    while (leaked := (_open_files() + _threads()) - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not leaked


def open_tasks() -> list[str]:
    """Return the names of other tasks in the running event loop."""
    try:
        root = trio.lowlevel.current_root_task()
    except RuntimeError:
        return [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    tasks = [] if root is None else [task for nursery in root.child_nurseries for task in nursery.child_tasks]
    names = [task.name for task in tasks if task is not trio.lowlevel.current_task()]
    return [name for name in names if name != _TRIO_TASK]
