"""A token cache in memory, for credentials that are created repeatedly in one process."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from ...._fork import resets_after_fork
from ...._lazy import public
from ...._secrets import MaskedBytes

__all__ = ["MemoryTokenCache"]


@public
class MemoryTokenCache:
    """Shares tokens between the credential objects of one process.

    For credentials that are created repeatedly with the same key and secret, such as once per web
    request. Pickled and copied caches are empty; a forked process keeps the tokens.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[str, tuple[MaskedBytes, float]] = {}
        self._locks: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        resets_after_fork(self)

    def read(self, key: str) -> tuple[bytes, float] | None:
        entry = self._entries.get(key)
        remaining = 0.0 if entry is None else entry[1] - self._clock()
        return None if entry is None or remaining <= 0 else (entry[0], remaining)

    def write(self, key: str, payload: bytes, seconds: float) -> None:
        now = self._clock()
        with self._lock:
            for expired in [name for name, entry in self._entries.items() if entry[1] <= now]:
                del self._entries[expired]
            self._entries[key] = (MaskedBytes(payload), now + seconds)

    def try_lock(self, key: str, seconds: float) -> str | None:
        now = self._clock()
        with self._lock:
            current = self._locks.get(key)
            if current is not None and now < current[1]:
                return None
            owner = secrets.token_hex(8)
            self._locks[key] = (owner, now + seconds)
            return owner

    def unlock(self, key: str, owner: str) -> None:
        with self._lock:
            if self._locks.get(key, ("", 0.0))[0] == owner:
                del self._locks[key]

    def reset(self) -> None:
        self._lock = threading.Lock()
        self._locks = {}

    def __repr__(self) -> str:
        return f"<MemoryTokenCache of {len(self._entries)}>"

    def __reduce__(self) -> tuple[type[MemoryTokenCache], tuple[()]]:
        return MemoryTokenCache, ()

    def __copy__(self) -> MemoryTokenCache:
        return self

    def __deepcopy__(self, memo: object) -> MemoryTokenCache:
        return self
