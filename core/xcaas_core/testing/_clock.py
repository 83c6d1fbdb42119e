"""Time for tests."""

from __future__ import annotations

from threading import Lock

__all__ = ["FakeClock"]


class FakeClock:
    """Time that passes only while somebody sleeps, and then at once.

    Called, it gives seconds, as `time.monotonic` does; `slept` lists how long each sleep was.
    """

    def __init__(self, start: float = 1_000_000.0) -> None:
        self.now: float = start
        self.slept: list[float] = []
        self._lock = Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self.slept.append(seconds)
            self.now = self.now + seconds

    def __repr__(self) -> str:
        return f"<FakeClock {self.now}>"
