"""Codecs of dates and datetimes, in all the forms that services use.

`datetime.fromisoformat` reads nearly everything, in well under a microsecond. dateutil reads the
other forms of ISO 8601, and is imported for the first of them.
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
from ._scalars import BLANKS, TEXT_OR_NUMBER, ParsedCodec

__all__ = [
    "DATE",
    "DATES",
    "DATE_TIME",
    "DateCodec",
    "DateTimeCodec",
    "EpochCodec",
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

# Patterns of rare forms: compiled on first use, not at import.
_US: Final = r"(\d\d?)/(\d\d?)/(\d{4})[ T](\d\d?):(\d\d)(?::(\d\d))?"
_LEAP: Final = r"(:\d\d:|T\d{4})60"


def from_text(text: str) -> dt.datetime:
    """Return the datetime for ISO 8601 text, or for the American `MM/dd/yyyy HH:mm:ss`.

    Aware if the text has an offset, else naive. Fractions are truncated to microseconds; a leap
    second (60) becomes the start of the next minute. Raises `ValueError` for anything else.
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
    text, leap_seconds = re.subn(_LEAP, r"\g<1>59", text.upper(), count=1)
    try:
        return _parse_rare_form(text) + dt.timedelta(seconds=leap_seconds)
    except OverflowError:
        raise ValueError("beyond the years that Python knows") from None


def _parse_rare_form(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        if len(text) < len("20190511"):  # dateutil would read a short number as a year
            raise
    # Imported by name: vendored copies are type-checked without stubs for dateutil.
    isoparse: Callable[[str], dt.datetime] = import_module("dateutil.parser").isoparse
    moment = isoparse(text)
    offset = moment.utcoffset()
    # dateutil's zones are slow, and once pickled compare unequal to the standard library's.
    return moment if offset is None else moment.replace(tzinfo=dt.timezone(offset))


def from_epoch(number: int | float, microseconds: int) -> dt.datetime:
    """Return the datetime `number` units after 1970, a unit being `microseconds` long.

    Raises `ValueError` outside the years 1 to 9999.
    """
    if isinstance(number, float):
        if not abs(number) < 1e20:  # infinite, NaN, or out of range
            raise ValueError("not a number of seconds")
        number = round(number * microseconds)
        microseconds = 1
    try:
        return EPOCH + dt.timedelta(microseconds=number * microseconds)
    except OverflowError:
        raise ValueError("beyond the years that Python knows") from None


def to_epoch(moment: dt.datetime, microseconds: int) -> int | float:
    """Return the inverse of `from_epoch`, an integer if possible. Naive datetimes are taken as UTC."""
    quotient, remainder = divmod((in_utc(moment) - EPOCH) // MICROSECOND, microseconds)
    return quotient + remainder / microseconds if remainder else quotient


def in_utc(moment: dt.datetime) -> dt.datetime:
    """Return the same time in UTC. Naive datetimes are taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def isoformat(moment: dt.datetime, separator: str = "T") -> str:
    """Return ISO 8601 with `Z` for UTC and no, three or six decimals, as needed."""
    micro = moment.microsecond
    spec = "microseconds" if micro % 1000 else "milliseconds" if micro else "seconds"
    return moment.isoformat(separator, spec).replace("+00:00", "Z")


def us_text(moment: dt.datetime) -> str:
    """Return `MM/dd/yyyy HH:mm:ss`, without a zone."""
    return f"{moment:%m/%d}/{moment.year:04} {moment:%H:%M:%S}"


# Work Analytics sends "0" for a call that was never connected; others send "" or a dash.
_BLANKS: Final[frozenset[object]] = BLANKS | {"0", 0}
# Forms without a zone.
_LOCAL: Final = frozenset({"local", "space", "us"})


class DateTimeCodec(ParsedCodec):
    """A datetime as text. `utc`: text without an offset is UTC; otherwise it gives a naive datetime."""

    __slots__ = ("local", "utc")

    def __init__(self, form: str, text_of: Callable[[dt.datetime], str], *, utc: bool = False) -> None:
        def write(value: object) -> JSONValue:
            # Text is sent unchanged: callers may need a form that the spec lacks.
            return value if isinstance(value, str) else text_of(_as_datetime(value))

        parse = _from_utc_text if utc else from_text
        super().__init__(dt.datetime, "a date and time", parse, write, blanks=_BLANKS)
        self.utc = utc
        self.local = form in _LOCAL


class EpochCodec(ParsedCodec):
    """A datetime as a number of units since 1970, a unit being `microseconds` long. `text`: as a string."""

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
            number = to_epoch(_as_datetime(value), microseconds)
            return str(number) if text else number

        noun = "a number that stands for a moment"
        super().__init__(dt.datetime, noun, parse, write, accepts=TEXT_OR_NUMBER, blanks=_BLANKS)
        self.text = text


class DateCodec(ParsedCodec):
    """A date without a time."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(dt.date, "a date", _parse_date, _write_date, blanks=_BLANKS)


def _parse_date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        moment = from_text(text)
    if moment.time() != dt.time():
        raise ValidationFailure("a date was expected, not a date and time")
    return moment.date()


def _write_date(value: object) -> JSONValue:
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


def _as_datetime(value: object) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    raise TypeError(f"a datetime was expected, not {type(value).__name__}")


def _require_naive(moment: dt.datetime) -> dt.datetime:
    """Reject a datetime with a zone, which would be lost: the service would assume another one."""
    if moment.tzinfo is not None:
        raise ValueError("the service takes no zone here; pass a naive datetime, in the zone that the service expects")
    return moment


def _naive_utc(moment: dt.datetime) -> dt.datetime:
    return in_utc(moment).replace(tzinfo=None)


def _with_offset(moment: dt.datetime) -> str:
    """Return RFC 3339, which requires an offset."""
    return isoformat(in_utc(moment) if moment.tzinfo is None else moment)


def _no_colon(moment: dt.datetime) -> str:
    text = _with_offset(moment)
    return text[:-1] + "+0000" if text.endswith("Z") else text[:-3] + text[-2:]


def _basic(moment: dt.datetime) -> str:
    return f"{_naive_utc(moment):%Y%m%dT%H%M%S}".rjust(15, "0")


def _milliseconds(moment: dt.datetime) -> str:
    return _naive_utc(moment).isoformat(timespec="milliseconds") + "Z"


def _whole_seconds(moment: dt.datetime) -> dt.datetime:
    return moment.replace(microsecond=0)


DATE: Final = DateCodec()
# RFC 3339. Servers send text without an offset all the same; it gives a naive datetime.
DATE_TIME: Final = DateTimeCodec("", _with_offset)

DATES: Final[dict[str, Codec]] = {
    "date-time": DATE_TIME,
    "date-time-utc-naive": DateTimeCodec("utc-naive", lambda moment: isoformat(_naive_utc(moment)), utc=True),
    "date-time-utc-milliseconds": DateTimeCodec("utc-milliseconds", _milliseconds, utc=True),
    "date-time-local": DateTimeCodec("local", lambda moment: isoformat(_require_naive(moment))),
    "date-time-basic": DateTimeCodec("basic", _basic, utc=True),
    "date-time-space": DateTimeCodec("space", lambda moment: isoformat(_whole_seconds(_require_naive(moment)), " ")),
    "date-time-nocolon": DateTimeCodec("nocolon", _no_colon),
    "date-time-us": DateTimeCodec("us", lambda moment: us_text(_require_naive(moment))),
    "epoch-seconds": EpochCodec(1_000_000),
    "epoch-seconds-text": EpochCodec(1_000_000, text=True),
    "epoch-milliseconds": EpochCodec(1_000),
    "epoch-milliseconds-text": EpochCodec(1_000, text=True),
    "epoch-microseconds": EpochCodec(1),
    "epoch-microseconds-text": EpochCodec(1, text=True),
}
"""Codecs of datetimes by format."""
