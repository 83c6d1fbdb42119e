"""Codecs of single values: text, numbers, booleans, bytes, identifiers, constants, free JSON."""

from __future__ import annotations

import base64
import decimal
import json
import math
import uuid
from collections.abc import Callable
from typing import Any, Final

from ._codec import Codec, Constant, write_any
from ._context import Context, ValidationFailure, describe
from ._json import JSONValue

__all__ = ["BLANKS", "JSON", "NULL", "SCALARS", "TEXT", "TEXT_OR_NUMBER", "ConstCodec", "Parsed"]

BLANKS: Final[frozenset[object]] = frozenset({"", "-"})

TEXT: Final[frozenset[type]] = frozenset({str})
TEXT_OR_NUMBER: Final[frozenset[type]] = frozenset({str, int, float})


class _Exact(Codec):
    """JSON values that are their own Python values."""

    __slots__ = ("accepts", "exact", "noun", "sends")

    faithful = True

    def __init__(self, kind: type, noun: str) -> None:
        super().__init__(kind.__name__)
        self.exact = kind
        self.accepts = frozenset({kind})
        self.sends = (kind,)
        self.noun = noun

    def read(self, raw: object, context: Context) -> object:
        if raw.__class__ is self.exact:
            return raw
        raise ValidationFailure(f"{self.noun} was expected, not {describe(raw)}")

    def write(self, value: object) -> JSONValue:
        # Hardly checked: type checkers do that, and what they let pass (an enum member, a newer
        # value than the spec knows) is better judged by the server.
        return _single(value, self.noun)


class _Int(_Exact):
    """Whole numbers. JSON does not tell 5 from 5.0."""

    __slots__ = ()

    faithful = False

    def __init__(self) -> None:
        super().__init__(int, "a whole number")
        self.accepts = frozenset({int, float})

    def read(self, raw: object, context: Context) -> object:
        if isinstance(raw, float) and raw.is_integer():
            return int(raw)
        return super().read(raw, context)


class _Float(Codec):
    """Numbers."""

    __slots__ = ()

    accepts = frozenset({int, float})
    sends = (float, int)
    exact = float

    def read(self, raw: object, context: Context) -> object:
        if raw.__class__ is float:
            return raw
        if isinstance(raw, int) and raw.__class__ is int:
            return _as_float(raw)
        raise ValidationFailure(f"a number was expected, not {describe(raw)}")

    def write(self, value: object) -> JSONValue:
        if isinstance(value, decimal.Decimal):
            value = _as_json_number(value)
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"JSON has no form for {value}")
        return _single(value, "a number")


class Parsed(Codec):
    """Values that travel as text or numbers. `parse` raises `ValueError` for those that it cannot read."""

    __slots__ = ("accepts", "blanks", "noun", "parse", "sends", "writer")

    def __init__(
        self,
        kind: type,
        noun: str,
        parse: Callable[[Any], object],
        writer: Callable[[object], JSONValue],
        *,
        accepts: frozenset[type] = TEXT,
        blanks: frozenset[object] = BLANKS,
        sends: tuple[type, ...] = (),
    ) -> None:
        super().__init__(kind.__name__)
        self.noun = noun
        self.parse = parse
        self.writer = writer
        self.accepts = accepts
        self.blanks = blanks
        self.sends = (kind, *sends)

    def read(self, raw: object, context: Context) -> object:
        if raw.__class__ in self.accepts:
            try:
                return self.parse(raw)
            except ValueError:
                pass
        what = "other text" if isinstance(raw, str) else "this one" if raw.__class__ in self.accepts else describe(raw)
        raise ValidationFailure(f"{self.noun} was expected, not {what}")

    def write(self, value: object) -> JSONValue:
        return self.writer(value)


class _Json(Codec):
    """Any JSON value, as it is."""

    __slots__ = ()

    accepts = frozenset({str, int, float, bool, list, dict, type(None)})
    faithful = True
    sends = (object,)
    nullable = True

    def read(self, raw: object, context: Context) -> object:
        return raw

    def write(self, value: object) -> JSONValue:
        return write_any(value)


class ConstCodec(Codec):
    """One fixed value. Another one of the same type is kept: servers change faster than specs.
    Only where it tells the variants of a union apart does it have to be equal."""

    __slots__ = ("accepts", "nullable", "sends", "value")

    faithful = True

    def __init__(self, value: Constant) -> None:
        super().__init__("None" if value is None else f"Literal[{value!r}]")
        self.value = value
        self.constants = (value,)
        self.accepts = frozenset({int, float} if type(value) in (int, float) else {type(value)})
        self.sends = (type(value),)
        self.nullable = value is None

    def read(self, raw: object, context: Context) -> object:
        if type(raw) in self.accepts:
            return raw
        raise ValidationFailure(f"{json.dumps(self.value)} was expected, not {describe(raw)}")

    def write(self, value: object) -> JSONValue:
        return write_any(value)


def _as_json_number(value: decimal.Decimal) -> int | float:
    """Return the number in JSON. ValueError for a fraction of more digits than a float has."""
    if value.is_finite() and value == value.to_integral_value():
        return int(value)
    found = float(value)
    if math.isfinite(found) and decimal.Decimal(repr(found)) != value:
        raise ValueError(f"{value} has more digits than a JSON number is read with; round it")
    return found


_URL_SAFE: Final = {ord("-"): "+", ord("_"): "/", ord("\n"): None, ord("\r"): None, ord("="): None}


def _from_base64(text: str | bytes) -> bytes:
    if isinstance(text, bytes):  # a caller's own, for a form; JSON has none
        return text
    text = text.translate(_URL_SAFE)
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def _decimal(number: str | int | float) -> decimal.Decimal:
    try:
        # Through text: a float has digits that nobody sent.
        return decimal.Decimal(str(number).strip())
    except decimal.InvalidOperation:
        raise ValueError from None


def _number(raw: str | int | float) -> int | float:
    if not isinstance(raw, str):
        return raw
    text = raw.strip()
    if "_" in text:  # Python's grouping, nobody else's
        raise ValueError
    return int(text) if text.lstrip("+-").isdecimal() else float(text)


def _whole_number(raw: str | int | float) -> int:
    number = _number(raw)
    if number % 1:
        raise ValidationFailure("a whole number in text was expected, not a fraction")
    return int(number)


def _real_number(raw: str | int | float) -> int | float:
    number = _number(raw)
    return _as_float(number) if isinstance(number, int) else number


def _as_float(number: int) -> int | float:
    """Return a float where that loses nothing."""
    return float(number) if -(2**53) <= number <= 2**53 else number


def _single(value: object, noun: str) -> JSONValue:
    found = write_any(value)
    if isinstance(found, dict | list):
        raise TypeError(f"{noun} was expected, not {type(value).__name__}")
    return found


def _digits(value: object, noun: str) -> str:
    """Return text for a number of any kind, those of other libraries too. Text goes as it is."""
    if isinstance(value, str):
        return value
    if not hasattr(type(value), "__float__"):
        raise TypeError(f"{noun} was expected, not {type(value).__name__}")
    return str(value)


def _without_fraction(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _write_real(value: object) -> JSONValue:
    short = isinstance(value, float) and abs(value) < 2**53
    return _digits(_without_fraction(value) if short else value, "a number")


NULL: Final = ConstCodec(None)
JSON: Final = _Json("JSONValue")

SCALARS: Final[dict[tuple[object, str], Codec]] = {
    (str, ""): _Exact(str, "text"),
    (bool, ""): _Exact(bool, "a boolean"),
    (int, ""): _Int(),
    (int, "text"): Parsed(
        int,
        "a whole number in text",
        _whole_number,
        lambda value: _digits(_without_fraction(value), "a whole number"),
        accepts=TEXT_OR_NUMBER,
    ),
    (float, ""): _Float("float"),
    (float, "text"): Parsed(float, "a number in text", _real_number, _write_real, accepts=TEXT_OR_NUMBER, sends=(int,)),
    (decimal.Decimal, ""): Parsed(
        decimal.Decimal,
        "a decimal number in text",
        _decimal,
        lambda value: _digits(value, "a decimal number"),
        accepts=TEXT_OR_NUMBER,
        sends=(int,),
    ),
    (bytes, ""): Parsed(
        bytes,
        "base64 text",
        _from_base64,
        lambda value: _single(value, "bytes"),
        accepts=frozenset({str, bytes}),
        blanks=frozenset(),
    ),
    (uuid.UUID, ""): Parsed(uuid.UUID, "a UUID", uuid.UUID, lambda value: _single(value, "a UUID")),
}
"""Codecs by type and format."""
