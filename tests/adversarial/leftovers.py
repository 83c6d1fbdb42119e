"""What faulted calls must not leave behind: sockets and other open files, threads, tasks."""

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

__all__ = ["nothing_left", "tasks_left"]

_OPEN: Final = Path("/proc/self/fd")
_PATIENCE: Final = 5.0
# Threads that libraries keep for a while, for the next work: anyio's until its loop ends, trio's for 10 s.
_KEPT: Final = ("Trio thread", "trio.")
_TRIOS_OWN: Final = "<TrioToken.run_sync_soon task>"


def _open_files() -> Counter[str]:
    """What the file descriptors of this process stand for, without the numbers of sockets and pipes."""
    found: Counter[str] = Counter()
    if _OPEN.is_dir():
        for entry in os.listdir(_OPEN):
            try:
                found[os.readlink(_OPEN / entry).partition(":[")[0]] += 1
            except OSError:  # the descriptor of the listing itself
                continue
    return found


def _threads() -> Counter[str]:
    return Counter(thread.name for thread in threading.enumerate() if not thread.name.startswith(_KEPT))


@contextmanager
def nothing_left() -> Generator[None]:
    """Check that as many files are open and threads alive afterwards as before; the server's have a moment to end."""
    before = _open_files() + _threads()
    yield
    until = time.monotonic() + _PATIENCE
    while (left := (_open_files() + _threads()) - before) and time.monotonic() < until:
        time.sleep(0.01)
    assert not left


def tasks_left() -> list[str]:
    """The other tasks of the running event loop, asyncio's or trio's."""
    try:
        root = trio.lowlevel.current_root_task()
    except RuntimeError:
        return [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    living = [] if root is None else [task for nursery in root.child_nurseries for task in nursery.child_tasks]
    names = [task.name for task in living if task is not trio.lowlevel.current_task()]
    return [name for name in names if name != _TRIOS_OWN]
