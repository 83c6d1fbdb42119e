"""What every codec can do: read one type of JSON value into Python, and write it back."""

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

_AS_IT_IS: Final = frozenset({str, int, float, bool, type(None)})

Reader: TypeAlias = Callable[[object, Context], object]

Constant: TypeAlias = str | int | float | bool | None


class Codec:
    """Reads one type of JSON value into Python and writes it back.

    `decode` and `encode` are for callers. `read` and `write` are for other codecs: they know
    nothing of their place, and `read` raises `ValidationFailure`, which collects the keys on the way out.
    """

    __slots__ = ("constants", "name")

    name: str
    """The type in Python's words, for messages."""

    constants: tuple[Constant, ...]
    """The values that a spec knows, if it lists them. Others are read all the same; in a union they count."""

    accepts: frozenset[type] = frozenset()
    """Classes of the JSON values that `read` may take. A union looks here before it tries."""

    sends: tuple[type, ...] = ()
    """Classes of the Python values that `write` is meant for."""

    exact: type | None = None
    """The one class whose values are themselves the Python values, if there is one."""

    nullable: bool = False
    """Whether null is one of the values."""

    faithful: bool = False
    """Whether `write` always gives what `read` took. Where not, a model remembers what came."""

    blanks: frozenset[object] = frozenset()
    """What some servers send where they mean null."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.constants = ()

    def decode(
        self, value: object, *, at: str = "", owned: bool = False, lenient: LenientReading | None = None
    ) -> object:
        """Return the Python value for a JSON value.

        Args:
            value: The value, as `json.loads` gives it.
            at: The JSON pointer to `value`, where it is part of something larger.
            owned: Nobody else holds `value`, so that its lists may be replaced while they are read.
            lenient: Keep fields that do not fit as they came, and warn.

        Raises:
            DecodeError: The value does not fit. It has a JSON pointer to the spot.
        """
        context = FROM_SERVER_OWNED if owned else FROM_SERVER
        return self.decode_in(value, context if lenient is None else Context(lenient=lenient), at)

    def decode_in(self, value: object, context: Context, at: str = "") -> object:
        """Return the Python value for a JSON value, read in a context. Raises as `decode` does."""
        try:
            return self.read(value, context)
        except ValidationFailure as failure:
            error = failure.error(at, from_caller=context.from_caller)
        except RecursionError:
            error = ValidationFailure("the JSON is nested too deeply").error(at, from_caller=context.from_caller)
        raise error

    def encode(self, value: object) -> JSONValue:
        """Return the JSON value for a Python value. Raises `TypeError` or `ValueError` for what cannot be sent."""
        return self.write(value)

    @property
    def reader(self) -> Reader:
        """The function behind `read`, for loops."""
        return self.read

    def read(self, raw: object, context: Context) -> object:
        """Read a JSON value."""
        raise NotImplementedError

    def write(self, value: object) -> JSONValue:
        """Write a Python value. The result shares no list and no object with it."""
        raise NotImplementedError

    def is_blank(self, raw: object) -> bool:
        """Return whether `raw` is what some servers send where they mean null."""
        return raw.__class__ in (str, int) and raw in self.blanks

    def __repr__(self) -> str:
        return f"<codec {self.name}>"


class NullableCodec(Codec):
    """Null, or something."""

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
    """Return JSON for a value whose type no spec knows; models and dates inside it are written, too."""
    if value.__class__ in _AS_IT_IS:
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
    if isinstance(value, dt.date | dt.time):  # datetimes are dates, too
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, Iterable):
        return [write_any(item) for item in cast("Iterable[object]", value)]
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def same_json(one: object, other: object) -> bool:
    """Return whether two JSON values are the same, where 1, 1.0 and true are not."""
    if one.__class__ is not other.__class__:
        return False
    if one.__class__ is dict and is_object(one) and is_object(other):
        return one.keys() == other.keys() and all(same_json(item, other[key]) for key, item in one.items())
    if one.__class__ is list and is_list(one) and is_list(other):
        return len(one) == len(other) and all(map(same_json, one, other))
    return one == other
