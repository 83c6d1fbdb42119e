"""Codecs of dates and moments, one per form that the services use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from ._codec import Codec
from ._context import Context
from ._failure import ValidationFailure, describe
from ._json import JSONValue
from ._moments import from_epoch, from_text, in_utc, isoformat, to_epoch, us_text

__all__ = ["DATES", "DATE_TIME", "DAY", "Day", "Epoch", "Moment"]

_TEXT: Final[frozenset[type]] = frozenset({str})
_NUMBER: Final[frozenset[type]] = frozenset({int, float, str})

# Work Analytics sends "0" for a call that was never connected; others send nothing or a dash.
_BLANKS: Final[frozenset[object]] = frozenset({"", "-", "0", 0})
# Forms without a zone, which is told elsewhere or nowhere.
_LOCAL: Final = frozenset({"local", "space", "us"})


class Moment(Codec):
    """A moment as text. `utc`: text without an offset means UTC, else such text gives a naive datetime."""

    __slots__ = ("local", "utc", "writer")

    accepts = _TEXT
    sends = (dt.datetime,)
    blanks = _BLANKS

    def __init__(self, form: str, writer: Callable[[dt.datetime], str], *, utc: bool = False) -> None:
        super().__init__("datetime")
        self.writer = writer
        self.utc = utc
        self.local = form in _LOCAL

    def read(self, raw: object, context: Context) -> object:
        if not isinstance(raw, str):
            raise ValidationFailure(f"a date and time was expected, not {describe(raw)}")
        try:
            moment = from_text(raw)
            return in_utc(moment) if self.utc and moment.tzinfo is None else moment
        except ValueError:
            raise ValidationFailure("a date and time was expected, not other text") from None

    def write(self, value: object) -> JSONValue:
        # Text goes as it is: a caller may need a form that no spec knows.
        return value if isinstance(value, str) else self.writer(_moment(value))


class Epoch(Codec):
    """A moment as the number of units since 1970, a unit being `microseconds` long. `text`: in a string."""

    __slots__ = ("microseconds", "text")

    accepts = _NUMBER
    sends = (dt.datetime,)
    blanks = _BLANKS

    def __init__(self, microseconds: int, *, text: bool = False) -> None:
        super().__init__("datetime")
        self.microseconds = microseconds
        self.text = text

    def read(self, raw: object, context: Context) -> object:
        try:
            if isinstance(raw, str):
                return self._from_text(raw)
            if isinstance(raw, int | float) and raw.__class__ is not bool:
                return from_epoch(raw, self.microseconds)
        except ValueError:
            raise ValidationFailure("a number that stands for a moment was expected, not this one") from None
        raise ValidationFailure(f"a number that stands for a moment was expected, not {describe(raw)}")

    def _from_text(self, text: str) -> dt.datetime:
        number = text.strip()
        if number.lstrip("-").isdecimal():
            return from_epoch(int(number), self.microseconds)
        try:
            return from_epoch(float(number), self.microseconds)
        except ValueError:
            return in_utc(from_text(number))

    def write(self, value: object) -> JSONValue:
        if isinstance(value, str | int | float):
            return value
        number = to_epoch(_moment(value), self.microseconds)
        return str(number) if self.text else number


class Day(Codec):
    """A date without a time."""

    __slots__ = ()

    accepts = _TEXT
    sends = (dt.date,)
    blanks = _BLANKS

    def read(self, raw: object, context: Context) -> object:
        if not isinstance(raw, str):
            raise ValidationFailure(f"a date was expected, not {describe(raw)}")
        try:
            return dt.date.fromisoformat(raw)
        except ValueError:
            pass
        try:
            moment = from_text(raw)
        except ValueError:
            raise ValidationFailure("a date was expected, not other text") from None
        if moment.time() != dt.time():
            raise ValidationFailure("a date was expected, not a date and time")
        return moment.date()

    def write(self, value: object) -> JSONValue:
        if isinstance(value, str):
            return value
        if isinstance(value, dt.datetime):
            return value.date().isoformat()
        if isinstance(value, dt.date):
            return value.isoformat()
        raise TypeError(f"a date was expected, not {type(value).__name__}")


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
    """RFC 3339, which has no moment without an offset."""
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


DAY: Final = Day("date")
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
