"""Windows of time: half-open, contiguous, and no longer than the service allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ._errors import SliceError

__all__ = ["SECOND", "beyond", "cut", "ended_by", "length", "utc", "windows"]

SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_MAX_PERIOD: Final = timedelta(days=3660)
_UNITS: Final = {"s": SECOND, "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": _DAY, "w": timedelta(weeks=1)}
_END: Final = datetime(9999, 12, 31, tzinfo=UTC)


def length(every: object) -> timedelta:
    """Return a length of time, given as a timedelta or as a str: `15m`, `1h`, `1d`."""
    if isinstance(every, str):
        match = re.fullmatch(r"\s*(\d{1,6})\s*([smhdw])\s*", every)
        if match is None:
            raise SliceError(f"{every!r} is not a length of time", advice="Give it as '15m', '1h' or '1d'.")
        every = int(match[1]) * _UNITS[match[2]]
    if not isinstance(every, timedelta):
        raise SliceError(f"{every!r} is not a length of time", advice="Give it as '15m', '1h' or '1d', or a timedelta.")
    if every > _MAX_PERIOD:
        raise SliceError(f"a window of {every.days:,} days is too long", advice="Give ten years or less.")
    if every < SECOND or every % SECOND:
        raise SliceError("a window must be a whole number of seconds, at least one")
    return every


def utc(moment: object) -> datetime:
    """Return a time in UTC. Raises SliceError if it has no time zone or a fraction of a second."""
    if not isinstance(moment, datetime):
        raise SliceError(f"{moment!r} is not a time", advice="Give a datetime with a time zone.")
    if moment.tzinfo is None:
        raise SliceError(f"{moment.isoformat()} has no time zone", advice="Give one: datetime(…, tzinfo=UTC).")
    if moment.microsecond:
        raise SliceError(
            f"{moment.isoformat()} has a fraction of a second, which some services do not accept",
            advice="Remove it: .replace(microsecond=0).",
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise SliceError(f"{moment.isoformat()} is out of range in UTC") from None


def ended_by(until: datetime | None) -> datetime:
    """Return the time by which windows must have ended: now, or `until` if that is earlier."""
    now = datetime.now(UTC).replace(microsecond=0)
    return now if until is None else min(utc(until), now)


def beyond(limit: datetime, every: timedelta) -> datetime:
    """Return an end for plans that is late enough not to shorten any window that ends by `limit`."""
    return limit + 2 * every + _DAY


def windows(
    start: datetime, end: datetime, every: timedelta, *, zone: ZoneInfo | None = None, longest: timedelta | None = None
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the windows from `start` to `end`. With a zone, whole days begin and end at its midnights.

    A window that is longer than `longest` is divided into equal parts.
    """
    if start >= end:
        problem = "empty" if start == end else "the wrong way round"
        raise SliceError(f"the window from {start.isoformat()} to {end.isoformat()} is {problem}")
    while start < end:
        next_start = min(_next(start, every, zone), end)
        parts = 1 if longest is None else -((start - next_start) // longest)
        yield from cut(start, next_start, parts)
        start = next_start


def cut(start: datetime, end: datetime, parts: int) -> Iterator[tuple[datetime, datetime]]:
    """Divide a window into parts of whole seconds; into fewer if it has fewer seconds than `parts`."""
    seconds = int((end - start) / SECOND)
    parts = max(1, min(parts, seconds))
    starts = [start + seconds * part // parts * SECOND for part in range(parts)]
    yield from zip(starts, [*starts[1:], end], strict=True)


def _next(start: datetime, every: timedelta, zone: ZoneInfo | None) -> datetime:
    if zone is None or every % _DAY:
        return start + every if every < _END - start else _END
    # Because of daylight saving time, a day may have 23 or 25 hours.
    day = (start.astimezone(zone).date()) + every
    return datetime.combine(day, time(), zone).astimezone(UTC)
