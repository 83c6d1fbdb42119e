"""Moments in time as text and as numbers: what servers send, and what they want back.

`datetime.fromisoformat` reads nearly everything, in well under a microsecond. dateutil is
for the forms of ISO 8601 that it cannot read, and is loaded when the first of them comes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from importlib import import_module
from typing import Final

__all__ = ["from_epoch", "from_text", "in_utc", "isoformat", "to_epoch", "us_text"]

UTC: Final = dt.UTC
EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = dt.timedelta(microseconds=1)

# Patterns of rare forms: compiled when the first one comes, not at import.
_US: Final = r"(\d\d?)/(\d\d?)/(\d{4})[ T](\d\d?):(\d\d)(?::(\d\d))?"
_LEAP: Final = r"(:\d\d:|T\d{4})60"


def from_text(text: str) -> dt.datetime:
    """The moment that ISO 8601 text names, or the American `MM/dd/yyyy HH:mm:ss`.

    Aware if the text has an offset, else naive. Fractions beyond microseconds are cut off; the
    second 60 becomes the first of the next minute. Raises `ValueError` for anything else.
    """
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        pass
    text = text.strip()
    american = re.fullmatch(_US, text, re.ASCII)
    if american is not None:
        month, day, year, hour, minute, second = (int(part or 0) for part in american.groups())
        return dt.datetime(year, month, day, hour, minute, second)
    steady, leaps = re.subn(_LEAP, r"\g<1>59", text.upper(), count=1)
    try:
        return _from_rare_text(steady) + dt.timedelta(seconds=leaps)
    except OverflowError:
        raise ValueError("beyond the years that Python knows") from None


def _from_rare_text(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        if len(text) < len("20190511"):  # dateutil would take a bare number for a year
            raise
    # By its name: copies of this module lie where type checkers have no stubs for dateutil.
    isoparse: Callable[[str], dt.datetime] = import_module("dateutil.parser").isoparse
    found = isoparse(text)
    offset = found.utcoffset()
    # dateutil's own zones are slow, and compare unequal to the standard library's in pickles.
    return found if offset is None else found.replace(tzinfo=dt.timezone(offset))


def from_epoch(number: int | float, microseconds: int) -> dt.datetime:
    """The moment that many units after 1970, a unit being so many microseconds long.

    Raises `ValueError` beyond the years 1 to 9999.
    """
    if isinstance(number, float):
        if not abs(number) < 1e20:  # infinite, no number at all, or far beyond any year
            raise ValueError("not a number of seconds")
        number = round(number * microseconds)
        microseconds = 1
    try:
        return EPOCH + dt.timedelta(microseconds=number * microseconds)
    except OverflowError:
        raise ValueError("beyond the years that Python knows") from None


def to_epoch(moment: dt.datetime, microseconds: int) -> int | float:
    """The reverse of `from_epoch`; whole where it can be. A naive moment counts as UTC."""
    units, rest = divmod((in_utc(moment) - EPOCH) // MICROSECOND, microseconds)
    return units + rest / microseconds if rest else units


def in_utc(moment: dt.datetime) -> dt.datetime:
    """The same moment in UTC. A naive one counts as UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def isoformat(moment: dt.datetime, separator: str = "T") -> str:
    """ISO 8601 with `Z` for UTC and as many decimals as it takes: none, three or six."""
    micro = moment.microsecond
    spec = "microseconds" if micro % 1000 else "milliseconds" if micro else "seconds"
    return moment.isoformat(separator, spec).replace("+00:00", "Z")


def us_text(moment: dt.datetime) -> str:
    """`MM/dd/yyyy HH:mm:ss`, of the wall clock."""
    return f"{moment:%m/%d}/{moment.year:04} {moment:%H:%M:%S}"
