"""Parsing paths. `xcaas_data.paths` builds the path of an object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import unquote

from xcaas import F, Filter

__all__ = ["BY_ID", "Location", "days_between", "location_of"]

BY_ID: Final = "by-id"
_WORD: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_DAY: Final = 86_400_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Location:
    """The parts of a path. The deeper the path, the more of them are set."""

    region: str | None = None
    type: str | None = None
    """The type of objects; None below `by-id`."""
    day: date | None = None
    object_id: str | None = None

    def filter(self) -> Filter:
        """Return the filter that matches the objects below this location."""
        condition = F.type == self.type
        if self.day is None:
            return condition
        begin = (self.day - date(1970, 1, 1)).days * _DAY  # not with datetime, which ends with the year 9999
        return condition & (F.created_time >= begin) & (F.created_time < begin + _DAY)


def location_of(path: str) -> Location | None:
    """Parse a path. Returns None if no file or folder can have it."""
    parts = path.split("/") if path else []
    if len(parts) > 4 or not all(map(_WORD.fullmatch, parts[:2])):
        return None
    region, kind, third, last = (*parts, None, None, None, None)[:4]
    if kind == BY_ID:
        object_id = _parse_id(third)
        return None if last is not None or (third and not object_id) else Location(region, None, None, object_id)
    day = _parse_day(third)
    object_id = _parse_id(last)
    if (third is not None and day is None) or (last is not None and object_id is None):
        return None
    return Location(region, kind, day, object_id)


def days_between(first: date, last: date) -> list[date]:
    """Return all days from the first to the last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _parse_id(name: str | None) -> str | None:
    return unquote(name.partition(".")[0]) if name else None


def _parse_day(text: str | None) -> date | None:
    if text is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
