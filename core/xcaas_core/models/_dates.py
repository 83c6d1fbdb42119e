"""Dates and moments: what servers send, what they want back, and a codec per form.

`datetime.fromisoformat` reads nearly everything, in well under a microsecond. dateutil is
for the forms of ISO 8601 that it cannot read, and is loaded when the first of them comes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from importlib import import_module
from typing import Final

from ._codec import Codec
from ._context import ValidationFailure
from ._json import JSONValue
from ._scalars import BLANKS, TEXT_OR_NUMBER, Parsed

__all__ = [
    "DATES",
    "DATE_TIME",
    "DAY",
    "Day",
    "Epoch",
    "Moment",
    "from_epoch",
    "from_text",
    "in_utc",
    "isoformat",
    "to_epoch",
    "us_text",
]

UTC: Final = dt.UTC
EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = dt.timedelta(microseconds=1)

# Patterns of rare forms: compiled when the first one comes, not at import.
_US: Final = r"(\d\d?)/(\d\d?)/(\d{4})[ T](\d\d?):(\d\d)(?::(\d\d))?"
_LEAP: Final = r"(:\d\d:|T\d{4})60"


def from_text(text: str) -> dt.datetime:
    """Return the moment that ISO 8601 text names, or the American `MM/dd/yyyy HH:mm:ss`.

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
    """Return the moment that many units after 1970, a unit being so many microseconds long.

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
    """Return the reverse of `from_epoch`; whole where it can be. A naive moment counts as UTC."""
    units, rest = divmod((in_utc(moment) - EPOCH) // MICROSECOND, microseconds)
    return units + rest / microseconds if rest else units


def in_utc(moment: dt.datetime) -> dt.datetime:
    """Return the same moment in UTC. A naive one counts as UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def isoformat(moment: dt.datetime, separator: str = "T") -> str:
    """Return ISO 8601 with `Z` for UTC and as many decimals as it takes: none, three or six."""
    micro = moment.microsecond
    spec = "microseconds" if micro % 1000 else "milliseconds" if micro else "seconds"
    return moment.isoformat(separator, spec).replace("+00:00", "Z")


def us_text(moment: dt.datetime) -> str:
    """Return `MM/dd/yyyy HH:mm:ss`, of the wall clock."""
    return f"{moment:%m/%d}/{moment.year:04} {moment:%H:%M:%S}"


# Work Analytics sends "0" for a call that was never connected; others send nothing or a dash.
_BLANKS: Final[frozenset[object]] = BLANKS | {"0", 0}
# Forms without a zone, which is told elsewhere or nowhere.
_LOCAL: Final = frozenset({"local", "space", "us"})


class Moment(Parsed):
    """A moment as text. `utc`: text without an offset means UTC, else such text gives a naive datetime."""

    __slots__ = ("local", "utc")

    def __init__(self, form: str, text_of: Callable[[dt.datetime], str], *, utc: bool = False) -> None:
        def write(value: object) -> JSONValue:
            # Text goes as it is: a caller may need a form that no spec knows.
            return value if isinstance(value, str) else text_of(_moment(value))

        parse = _from_utc_text if utc else from_text
        super().__init__(dt.datetime, "a date and time", parse, write, blanks=_BLANKS)
        self.utc = utc
        self.local = form in _LOCAL


class Epoch(Parsed):
    """A moment as the number of units since 1970, a unit being `microseconds` long. `text`: in a string."""

    __slots__ = ("text",)

    def __init__(self, microseconds: int, *, text: bool = False) -> None:
        def parse(raw: str | int | float) -> dt.datetime:
            if not isinstance(raw, str):
                return from_epoch(raw, microseconds)
            number = raw.strip()
            if number.lstrip("-").isdecimal():
                return from_epoch(int(number), microseconds)
            try:
                return from_epoch(float(number), microseconds)
            except ValueError:
                return _from_utc_text(number)

        def write(value: object) -> JSONValue:
            if isinstance(value, str | int | float):
                return value
            number = to_epoch(_moment(value), microseconds)
            return str(number) if text else number

        noun = "a number that stands for a moment"
        super().__init__(dt.datetime, noun, parse, write, accepts=TEXT_OR_NUMBER, blanks=_BLANKS)
        self.text = text


class Day(Parsed):
    """A date without a time."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(dt.date, "a date", _day, _write_day, blanks=_BLANKS)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        moment = from_text(text)
    if moment.time() != dt.time():
        raise ValidationFailure("a date was expected, not a date and time")
    return moment.date()


def _write_day(value: object) -> JSONValue:
    if isinstance(value, str):
        return value
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"a date was expected, not {type(value).__name__}")


def _from_utc_text(text: str) -> dt.datetime:
    moment = from_text(text)
    return in_utc(moment) if moment.tzinfo is None else moment


def _moment(value: object) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    raise TypeError(f"a datetime was expected, not {type(value).__name__}")


def _wall(moment: dt.datetime) -> dt.datetime:
    """Refuse a zone where none is sent: the service would take the digits for those of another zone."""
    if moment.tzinfo is not None:
        raise ValueError("the service takes no zone here; pass a naive datetime, in the zone that the service expects")
    return moment


def _utc_wall(moment: dt.datetime) -> dt.datetime:
    return in_utc(moment).replace(tzinfo=None)


def _with_offset(moment: dt.datetime) -> str:
    """Return RFC 3339, which has no moment without an offset."""
    return isoformat(in_utc(moment) if moment.tzinfo is None else moment)


def _no_colon(moment: dt.datetime) -> str:
    text = _with_offset(moment)
    return text[:-1] + "+0000" if text.endswith("Z") else text[:-3] + text[-2:]


def _basic(moment: dt.datetime) -> str:
    return f"{_utc_wall(moment):%Y%m%dT%H%M%S}".rjust(15, "0")


def _milliseconds(moment: dt.datetime) -> str:
    return _utc_wall(moment).isoformat(timespec="milliseconds") + "Z"


def _whole(moment: dt.datetime) -> dt.datetime:
    return moment.replace(microsecond=0)


DAY: Final = Day()
# RFC 3339. Text without an offset breaks it, comes anyway, and gives a naive datetime.
DATE_TIME: Final = Moment("", _with_offset)

DATES: Final[dict[str, Codec]] = {
    "date-time": DATE_TIME,
    "date-time-utc-naive": Moment("utc-naive", lambda moment: isoformat(_utc_wall(moment)), utc=True),
    "date-time-utc-milliseconds": Moment("utc-milliseconds", _milliseconds, utc=True),
    "date-time-local": Moment("local", lambda moment: isoformat(_wall(moment))),
    "date-time-basic": Moment("basic", _basic, utc=True),
    "date-time-space": Moment("space", lambda moment: isoformat(_whole(_wall(moment)), " ")),
    "date-time-nocolon": Moment("nocolon", _no_colon),
    "date-time-us": Moment("us", lambda moment: us_text(_wall(moment))),
    "epoch-seconds": Epoch(1_000_000),
    "epoch-seconds-text": Epoch(1_000_000, text=True),
    "epoch-milliseconds": Epoch(1_000),
    "epoch-milliseconds-text": Epoch(1_000, text=True),
    "epoch-microseconds": Epoch(1),
    "epoch-microseconds-text": Epoch(1, text=True),
}
"""Codecs of datetimes by format."""
