"""The base class of codecs, which convert between JSON and Python values."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias, cast

from .._checks import is_list, is_mapping, is_object
from ._context import FROM_SERVER, FROM_SERVER_OWNED, Context, LenientReading, ValidationFailure
from ._json import JSONValue

__all__ = [
    "Codec",
    "Constant",
    "NullableCodec",
    "Reader",
    "same_json",
    "write_any",
]

_SCALARS: Final = frozenset({str, int, float, bool, type(None)})

Reader: TypeAlias = Callable[[object, Context], object]

Constant: TypeAlias = str | int | float | bool | None


class Codec:
    """Convert one type of JSON value to Python and back.

    `decode` and `encode` are for callers. `read` and `write` are for other codecs: `read` raises
    `ValidationFailure`, to which the containing codecs add their keys.
    """

    __slots__ = ("constants", "name")

    name: str
    """The Python type, for messages."""

    constants: tuple[Constant, ...]
    """The values that the spec lists, if any. Others are still read; unions use these to choose a member."""

    accepts: frozenset[type] = frozenset()
    """Classes of JSON values that `read` may accept. Unions check this first."""

    sends: tuple[type, ...] = ()
    """Classes of Python values that `write` is meant for."""

    exact: type | None = None
    """The class whose JSON values are used unchanged, if there is one."""

    nullable: bool = False
    """Whether null is one of the values."""

    faithful: bool = False
    """Whether `write` always returns what `read` was given. If not, models keep the raw value."""

    blanks: frozenset[object] = frozenset()
    """Values that some servers send for null."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.constants = ()

    def decode(
        self, value: object, *, at: str = "", owned: bool = False, lenient: LenientReading | None = None
    ) -> object:
        """Return the Python value for a JSON value.

        Args:
            value: The value, as returned by `json.loads`.
            at: The JSON pointer to `value`, if it is part of a larger document.
            owned: Nothing else refers to `value`, so its lists may be modified in place.
            lenient: Keep invalid fields as received, and warn.

        Raises:
            DecodeError: The value is not of this type. It has a JSON pointer.
        """
        context = FROM_SERVER_OWNED if owned else FROM_SERVER
        return self.decode_in(value, context if lenient is None else Context(lenient=lenient), at)

    def decode_in(self, value: object, context: Context, at: str = "") -> object:
        """Return the Python value for a JSON value, as `decode` does."""
        try:
            return self.read(value, context)
        except ValidationFailure as failure:
            error = failure.error(at, from_caller=context.from_caller)
        except RecursionError:
            error = ValidationFailure("the JSON is nested too deeply").error(at, from_caller=context.from_caller)
        raise error

    def encode(self, value: object) -> JSONValue:
        """Return the JSON value for a Python value. Raises `TypeError` or `ValueError` if there is none."""
        return self.write(value)

    @property
    def reader(self) -> Reader:
        """The function behind `read`, for loops."""
        return self.read

    def read(self, raw: object, context: Context) -> object:
        """Read a JSON value."""
        raise NotImplementedError

    def write(self, value: object) -> JSONValue:
        """Write a Python value. The result shares no lists or objects with it."""
        raise NotImplementedError

    def is_blank(self, raw: object) -> bool:
        """Return whether some servers send `raw` for null."""
        return raw.__class__ in (str, int) and raw in self.blanks

    def __repr__(self) -> str:
        return f"<codec {self.name}>"


class NullableCodec(Codec):
    """A value of another codec, or null."""

    __slots__ = ("accepts", "blanks", "faithful", "inner", "sends")

    nullable = True

    def __init__(self, inner: Codec) -> None:
        super().__init__(f"{inner.name} | None")
        self.inner = inner
        self.constants = inner.constants
        self.accepts = inner.accepts | {type(None)}
        self.blanks = inner.blanks
        self.faithful = inner.faithful
        self.sends = (*inner.sends, type(None))

    def read(self, raw: object, context: Context) -> object:
        return None if raw is None else self.inner.read(raw, context)

    def write(self, value: object) -> JSONValue:
        return None if value is None else self.inner.write(value)


def write_any(value: object) -> JSONValue:
    """Return JSON for a value of undeclared type; models and dates inside it are converted, too."""
    if value.__class__ in _SCALARS:
        return cast("JSONValue", value)
    if isinstance(value, enum.Enum):
        return write_any(value.value)
    if isinstance(value, str | int | float):
        return value
    writer = getattr(type(value), "to_dict", None)
    if writer is not None:
        return cast("Callable[[object], JSONValue]", writer)(value)
    if is_mapping(value):
        return {str(key): write_any(item) for key, item in value.items()}
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, dt.date | dt.time):  # includes datetimes
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, Iterable):
        return [write_any(item) for item in cast("Iterable[object]", value)]
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def same_json(left: object, right: object) -> bool:
    """Return whether two JSON values are equal, treating 1, 1.0 and true as different."""
    if left.__class__ is not right.__class__:
        return False
    if left.__class__ is dict and is_object(left) and is_object(right):
        return left.keys() == right.keys() and all(same_json(item, right[key]) for key, item in left.items())
    if left.__class__ is list and is_list(left) and is_list(right):
        return len(left) == len(right) and all(map(same_json, left, right))
    return left == right
