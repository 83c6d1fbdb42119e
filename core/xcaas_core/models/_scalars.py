"""Codecs of single values: text, numbers, booleans, bytes, identifiers, constants, free JSON."""

from __future__ import annotations

import base64
import binascii
import decimal
import json
import math
import uuid
from typing import Final

from ._codec import Codec, Constant, write_any
from ._context import Context
from ._failure import ValidationFailure, describe
from ._json import JSONValue

__all__ = ["BLANKS", "JSON", "NULL", "SCALARS", "ConstCodec"]

BLANKS: Final[frozenset[object]] = frozenset({"", "-"})

_STR: Final = frozenset({str})
_TEXT_OR_NUMBER: Final = frozenset({str, int, float})


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
        if raw.__class__ is int:
            return _as_float(raw)
        raise ValidationFailure(f"a number was expected, not {describe(raw)}")

    def write(self, value: object) -> JSONValue:
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"JSON has no form for {value}")
        return _single(value, "a number")


class _IntText(Codec):
    """Whole numbers that travel as text."""

    __slots__ = ()

    accepts = _TEXT_OR_NUMBER
    sends = (int,)
    blanks = BLANKS

    def read(self, raw: object, context: Context) -> object:
        number = _number(raw, "a whole number in text")
        if isinstance(number, float):
            if not number.is_integer():
                raise ValidationFailure("a whole number in text was expected, not a fraction")
            return int(number)
        return number

    def write(self, value: object) -> JSONValue:
        return value if isinstance(value, str) else _digits(_whole(value), "a whole number")


class _FloatText(Codec):
    """Numbers that travel as text."""

    __slots__ = ()

    accepts = _TEXT_OR_NUMBER
    sends = (float, int)
    blanks = BLANKS

    def read(self, raw: object, context: Context) -> object:
        number = _number(raw, "a number in text")
        return _as_float(number) if isinstance(number, int) else number

    def write(self, value: object) -> JSONValue:
        if isinstance(value, str):
            return value
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        return _digits(value, "a number")


class _Null(Codec):
    __slots__ = ()

    accepts = frozenset({type(None)})
    faithful = True
    sends = (type(None),)
    nullable = True

    def read(self, raw: object, context: Context) -> object:
        if raw is None:
            return None
        raise ValidationFailure(f"null was expected, not {describe(raw)}")

    def write(self, value: object) -> JSONValue:
        return write_any(value)


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


class _Bytes(Codec):
    """Bytes as base64 text."""

    __slots__ = ()

    accepts = _STR
    sends = (bytes,)

    def read(self, raw: object, context: Context) -> object:
        if isinstance(raw, str):
            text = raw.translate(_URL_SAFE)
            try:
                return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
            except binascii.Error:
                pass
        raise ValidationFailure(
            f"base64 text was expected, not {'other text' if isinstance(raw, str) else describe(raw)}"
        )

    def write(self, value: object) -> JSONValue:
        return _single(value, "bytes")


class _Uuid(Codec):
    __slots__ = ()

    accepts = _STR
    sends = (uuid.UUID,)
    blanks = BLANKS

    def read(self, raw: object, context: Context) -> object:
        if isinstance(raw, str):
            try:
                return uuid.UUID(raw)
            except ValueError:
                pass
        raise ValidationFailure(f"a UUID was expected, not {'other text' if isinstance(raw, str) else describe(raw)}")

    def write(self, value: object) -> JSONValue:
        return _single(value, "a UUID")


class _Decimal(Codec):
    """Decimal numbers that travel as text, with all their digits."""

    __slots__ = ()

    accepts = _TEXT_OR_NUMBER
    sends = (decimal.Decimal, int)
    blanks = BLANKS

    def read(self, raw: object, context: Context) -> object:
        if isinstance(raw, str | int | float) and raw.__class__ is not bool:
            try:
                # Through text: a float has digits that nobody sent.
                return decimal.Decimal(str(raw).strip())
            except decimal.InvalidOperation:
                pass
        what = "other text" if isinstance(raw, str) else describe(raw)
        raise ValidationFailure(f"a decimal number in text was expected, not {what}")

    def write(self, value: object) -> JSONValue:
        return value if isinstance(value, str) else _digits(value, "a decimal number")


class ConstCodec(Codec):
    """One fixed value. Another one of the same type is kept: servers change faster than specs.
    Only where it tells the variants of a union apart does it have to be equal."""

    __slots__ = ("accepts", "nullable", "sends", "value")

    faithful = True

    def __init__(self, value: Constant) -> None:
        super().__init__(f"Literal[{value!r}]")
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


_URL_SAFE: Final = {ord("-"): "+", ord("_"): "/", ord("\n"): None, ord("\r"): None, ord("="): None}


def _single(value: object, noun: str) -> JSONValue:
    found = write_any(value)
    if isinstance(found, dict | list):
        raise TypeError(f"{noun} was expected, not {type(value).__name__}")
    return found


def _digits(value: object, noun: str) -> str:
    """Text for a number of any kind: decimals and those of other libraries, too."""
    if not hasattr(type(value), "__float__"):
        raise TypeError(f"{noun} was expected, not {type(value).__name__}")
    return str(value)


def _as_float(number: object) -> object:
    """A float where that loses nothing."""
    assert isinstance(number, int)
    return float(number) if -(2**53) <= number <= 2**53 else number


def _number(raw: object, what: str) -> int | float:
    if isinstance(raw, str):
        text = raw.strip()
        try:
            if "_" not in text:  # Python's grouping, nobody else's
                return int(text) if text.lstrip("+-").isdecimal() else float(text)
        except ValueError:
            pass
        raise ValidationFailure(f"{what} was expected, not other text")
    if isinstance(raw, int | float) and raw.__class__ is not bool:
        return raw
    raise ValidationFailure(f"{what} was expected, not {describe(raw)}")


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


NULL: Final = _Null("None")
JSON: Final = _Json("JSONValue")

SCALARS: Final[dict[tuple[object, str], Codec]] = {
    (str, ""): _Exact(str, "text"),
    (bool, ""): _Exact(bool, "a boolean"),
    (int, ""): _Int(),
    (int, "text"): _IntText("int"),
    (float, ""): _Float("float"),
    (float, "text"): _FloatText("float"),
    (decimal.Decimal, ""): _Decimal("Decimal"),
    (bytes, ""): _Bytes("bytes"),
    (uuid.UUID, ""): _Uuid("UUID"),
}
"""Codecs by type and format."""
