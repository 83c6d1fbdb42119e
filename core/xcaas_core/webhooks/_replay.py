"""Which events were received before."""

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
    """Remembers events for a time. Methods may block, and are called where that holds up no event loop; they are
    called from many threads. Whatever they raise refuses the event, to be sent again.

    `key` is short, of letters and digits, and tells nothing of the event.
    """

    def claim(self, key: str, seconds: float) -> bool:
        """Remember a key for that long. Return whether it is new: of several that claim one, only one is told so."""
        ...

    def release(self, key: str) -> None:
        """Forget a key: its event was not handled, and shall be taken when it comes again."""
        ...


class MemoryReplayStore:
    """Remembers events in this process. Several workers need a store that they share.

    Args:
        max_entries: Beyond so many, the oldest are forgotten.
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
        """Forget who holds the lock, after a fork. What was received stays known."""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._until)

    def __repr__(self) -> str:
        return f"<MemoryReplayStore of {len(self)}>"


def replay_key(tenant: str, event: str) -> str:
    """Return the key of an event. Ids of events are one tenant's."""
    return hashlib.sha256(f"{len(tenant)}:{tenant}{event}".encode("utf-8", "surrogatepass")).hexdigest()[:40]
