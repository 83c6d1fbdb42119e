"""Codecs of scalars: strings, numbers, booleans, bytes, UUIDs, constants; and of arbitrary JSON."""

from __future__ import annotations

import base64
import decimal
import json
import math
import uuid
from collections.abc import Callable
from typing import Any, Final

from ._codec import Codec, Constant, same_json, write_any
from ._context import FROM_SERVER, Context, ValidationFailure, describe
from ._json import JSONValue

__all__ = ["BLANKS", "JSON", "NULL", "SCALARS", "TEXT", "TEXT_OR_NUMBER", "ConstCodec", "ParsedCodec", "TypedOrJSON"]

BLANKS: Final[frozenset[object]] = frozenset({"", "-"})

TEXT: Final[frozenset[type]] = frozenset({str})
TEXT_OR_NUMBER: Final[frozenset[type]] = frozenset({str, int, float})


class _Exact(Codec):
    """Values that are the same in JSON and Python."""

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
        # Hardly checked: type checkers do that, and the server decides about other values, such as
        # enum members or values newer than the spec.
        return _as_scalar(value, self.noun)


class _Int(_Exact):
    """Integers. In JSON, 5.0 is one, too."""

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
        return _as_scalar(value, "a number")


class ParsedCodec(Codec):
    """Values sent as text or numbers. `parse` raises `ValueError` for invalid ones."""

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
        kind = "other text" if isinstance(raw, str) else "this one" if raw.__class__ in self.accepts else describe(raw)
        raise ValidationFailure(f"{self.noun} was expected, not {kind}")

    def write(self, value: object) -> JSONValue:
        return self.writer(value)


class _Json(Codec):
    """Any JSON value, unchanged."""

    __slots__ = ()

    accepts = frozenset({str, int, float, bool, list, dict, type(None)})
    faithful = True
    sends = (object,)
    nullable = True

    def read(self, raw: object, context: Context) -> object:
        return raw

    def write(self, value: object) -> JSONValue:
        return write_any(value)


class TypedOrJSON(_Json):
    """A value of one type where the JSON has its form, else the JSON unchanged."""

    __slots__ = ("typed",)

    def __init__(self, typed: Codec) -> None:
        super().__init__("JSONValue")
        self.typed = typed

    def read(self, raw: object, context: Context) -> object:
        try:
            # Strictly: a lenient context would accept what does not fit, and warn of it.
            value = self.typed.read(raw, FROM_SERVER)
            return value if same_json(self.typed.write(value), raw) else raw
        except (TypeError, ValueError, ValidationFailure):
            return raw

    def write(self, value: object) -> JSONValue:
        try:
            return self.typed.write(value)
        except (TypeError, ValueError):
            return write_any(value)


class ConstCodec(Codec):
    """A constant. Other values of the same type are accepted, since servers change faster than specs;
    only unions, which use it to choose a variant, require it to be equal."""

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
    """Return a JSON number. Raises ValueError for a fraction with more digits than a float."""
    if value.is_finite() and value == value.to_integral_value():
        return int(value)
    number = float(value)
    if math.isfinite(number) and decimal.Decimal(repr(number)) != value:
        raise ValueError(f"{value} has more digits than a JSON number is read with; round it")
    return number


_URL_SAFE: Final = {ord("-"): "+", ord("_"): "/", ord("\n"): None, ord("\r"): None, ord("="): None}


def _from_base64(text: str | bytes) -> bytes:
    if isinstance(text, bytes):  # from a caller, for a form
        return text
    text = text.translate(_URL_SAFE)
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def _parse_decimal(number: str | int | float) -> decimal.Decimal:
    try:
        # Via text: converting a float directly adds digits.
        return decimal.Decimal(str(number).strip())
    except decimal.InvalidOperation:
        raise ValueError from None


def _parse_number(raw: str | int | float) -> int | float:
    if not isinstance(raw, str):
        return raw
    text = raw.strip()
    if "_" in text:  # valid in Python only
        raise ValueError
    return int(text) if text.lstrip("+-").isdecimal() else float(text)


def _parse_int(raw: str | int | float) -> int:
    number = _parse_number(raw)
    if number % 1:
        raise ValidationFailure("a whole number in text was expected, not a fraction")
    return int(number)


def _parse_float(raw: str | int | float) -> int | float:
    number = _parse_number(raw)
    return _as_float(number) if isinstance(number, int) else number


def _as_float(number: int) -> int | float:
    """Return a float if that is exact."""
    return float(number) if -(2**53) <= number <= 2**53 else number


def _as_scalar(value: object, noun: str) -> JSONValue:
    result = write_any(value)
    if isinstance(result, dict | list):
        raise TypeError(f"{noun} was expected, not {type(value).__name__}")
    return result


def _number_text(value: object, noun: str) -> str:
    """Return the text of any number, including those of other libraries. Text is returned unchanged."""
    if isinstance(value, str):
        return value
    if not hasattr(type(value), "__float__"):
        raise TypeError(f"{noun} was expected, not {type(value).__name__}")
    return str(value)


def _without_fraction(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _write_float(value: object) -> JSONValue:
    is_exact = isinstance(value, float) and abs(value) < 2**53
    return _number_text(_without_fraction(value) if is_exact else value, "a number")


NULL: Final = ConstCodec(None)
JSON: Final = _Json("JSONValue")

SCALARS: Final[dict[tuple[object, str], Codec]] = {
    (str, ""): _Exact(str, "text"),
    (bool, ""): _Exact(bool, "a boolean"),
    (int, ""): _Int(),
    (int, "text"): ParsedCodec(
        int,
        "a whole number in text",
        _parse_int,
        lambda value: _number_text(_without_fraction(value), "a whole number"),
        accepts=TEXT_OR_NUMBER,
    ),
    (float, ""): _Float("float"),
    (float, "text"): ParsedCodec(
        float, "a number in text", _parse_float, _write_float, accepts=TEXT_OR_NUMBER, sends=(int,)
    ),
    (decimal.Decimal, ""): ParsedCodec(
        decimal.Decimal,
        "a decimal number in text",
        _parse_decimal,
        lambda value: _number_text(value, "a decimal number"),
        accepts=TEXT_OR_NUMBER,
        sends=(int,),
    ),
    (bytes, ""): ParsedCodec(
        bytes,
        "base64 text",
        _from_base64,
        lambda value: _as_scalar(value, "bytes"),
        accepts=frozenset({str, bytes}),
        blanks=frozenset(),
    ),
    (uuid.UUID, ""): ParsedCodec(uuid.UUID, "a UUID", uuid.UUID, lambda value: _as_scalar(value, "a UUID")),
}
"""Codecs by type and format."""
