"""Stores of received events."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from .._fork import resets_after_fork

__all__ = ["MemoryReplayStore", "ReplayStore", "replay_key"]


class ReplayStore(Protocol):
    """Remembers events for a time. Methods may block: they are called from many threads, outside event loops. If one
    raises, the event is refused, to be sent again.

    `key` is short, of letters and digits, and reveals nothing of the event.
    """

    def claim(self, key: str, seconds: float) -> bool:
        """Remember a key for that long. Return whether it is new: True for only one of several concurrent callers."""
        ...

    def release(self, key: str) -> None:
        """Forget a key whose event was not handled, so that it is accepted when sent again."""
        ...


class MemoryReplayStore:
    """Remembers events in this process. Use a shared store with several workers.

    Args:
        max_entries: Maximum number of events; beyond it, the oldest are forgotten.
        clock: Seconds, as from `time.monotonic`.
    """

    def __init__(self, max_entries: int = 100_000, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_entries = max_entries
        self._clock = clock
        self._until: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()
        resets_after_fork(self)

    def claim(self, key: str, seconds: float) -> bool:
        now = self._clock()
        with self._lock:
            if self._until.get(key, now) > now:
                return False
            self._until[key] = now + seconds
            self._until.move_to_end(key)
            while len(self._until) > self._max_entries or (self._until and next(iter(self._until.values())) <= now):
                self._until.popitem(last=False)
            return True

    def release(self, key: str) -> None:
        with self._lock:
            self._until.pop(key, None)

    def reset(self) -> None:
        """Replace the lock after a fork."""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._until)

    def __repr__(self) -> str:
        return f"<MemoryReplayStore of {len(self)}>"


def replay_key(tenant: str, event: str) -> str:
    """Return the key of an event. Event ids are unique per tenant."""
    return hashlib.sha256(f"{len(tenant)}:{tenant}{event}".encode("utf-8", "surrogatepass")).hexdigest()[:40]
