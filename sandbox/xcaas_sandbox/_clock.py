"""The time in a sandbox: a wall clock, and how fast things happen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["Clock"]


@dataclass(frozen=True)
class Clock:
    """The clock of all products of a sandbox.

    `wall` gives the dates in responses; a test that needs equal responses stops it. At a `speed`
    of 10, a job of two seconds takes 0.2. `until` is the end of the initial data: objects,
    calls, interactions.
    """

    until: datetime
    speed: float = 1.0
    wall: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic

    def before(self, **ago: float) -> datetime:
        """Return a time before `until`; the arguments are those of `timedelta`."""
        return self.until - timedelta(**ago)

    def now(self) -> float:
        """Return seconds since 1970."""
        return self.wall()

    def milliseconds(self) -> int:
        return int(self.wall() * 1000)

    def stamp(self, ahead: float = 0.0) -> str:
        """Return the time, plus `ahead` seconds, as `2026-01-14T09:30:00Z`."""
        return datetime.fromtimestamp(self.wall() + ahead, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def progress(self, began: float, seconds: float) -> float:
        """Return the progress of a job of so many seconds that began at a tick; 1 or more when it is done."""
        return (self.ticks() - began) * self.speed / seconds
