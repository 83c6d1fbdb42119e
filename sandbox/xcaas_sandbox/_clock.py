"""Time as the sandbox's products see it: what a clock on the wall shows, and how long things take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["Clock"]


@dataclass(frozen=True)
class Clock:
    """One for all products of a sandbox.

    `wall` is where dates in responses come from; a test that wants equal responses each time
    stops it. `speed` hastens whatever takes time: at 10, a job of two seconds takes 0.2.
    `until` is when what was there from the start ends: objects, calls, interactions.
    """

    until: datetime
    speed: float = 1.0
    wall: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic

    def before(self, **ago: float) -> datetime:
        """Return a time so long before `until`; arguments are those of `timedelta`."""
        return self.until - timedelta(**ago)

    def now(self) -> float:
        """Return seconds since 1970."""
        return self.wall()

    def milliseconds(self) -> int:
        return int(self.wall() * 1000)

    def stamp(self, ahead: float = 0.0) -> str:
        """Return the time, or one `ahead` of it by so many seconds, as `2026-01-14T09:30:00Z`."""
        return datetime.fromtimestamp(self.wall() + ahead, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def progress(self, began: float, seconds: float) -> float:
        """Return how far something is that began at a tick and takes so many seconds; 1 and more when it is over."""
        return (self.ticks() - began) * self.speed / seconds
