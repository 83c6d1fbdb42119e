"""Time for tests."""

from __future__ import annotations

from threading import Lock

__all__ = ["FakeClock"]


class FakeClock:
    """A clock that moves only when code sleeps, without waiting.

    Call it for seconds, as from `time.monotonic`; `slept` lists the length of each sleep.
    """

    def __init__(self, start: float = 1_000_000.0) -> None:
        self.now: float = start
        self.slept: list[float] = []
        self._lock = Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move the clock on."""
        with self._lock:
            self.slept.append(seconds)
            self.now = self.now + seconds

    def __repr__(self) -> str:
        return f"<FakeClock {self.now}>"
