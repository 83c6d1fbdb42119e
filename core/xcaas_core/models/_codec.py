"""What every codec can do: read one type of JSON value into Python, and write it back."""

from __future__ import annotations

import base64
import datetime as dt
import enum
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias, cast

from ._json import JSONValue
from ._misfit import OWNED, Misfit, Place, Step, place_of

__all__ = ["Codec", "Reader", "write_any"]

_AS_IT_IS: Final = frozenset({str, int, float, bool, type(None)})

Reader: TypeAlias = Callable[[object, Place, Step], object]


class Codec:
    """Reads one type of JSON value into Python and writes it back.

    `decode` and `encode` are for callers. `read` and `write` are for other codecs: they know
    nothing of their place, and `read` raises `Misfit`, which collects its place on the way out.
    """

    __slots__ = ("expression",)

    expression: str
    """The type expression that stands for this codec."""

    accepts: frozenset[type] = frozenset()
    """Classes of the JSON values that `read` may take. A union looks here before it tries."""

    defers: frozenset[type] = frozenset()
    """Classes of the JSON values that a model keeps as they are until somebody looks."""

    sends: tuple[type, ...] = ()
    """Classes of the Python values that `write` is meant for."""

    exact: type | None = None
    """The one class whose values are themselves the Python values, if there is one."""

    nullable: bool = False
    """Whether null is one of the values."""

    blanks: frozenset[object] = frozenset()
    """What some servers send where they mean null."""

    def __init__(self, expression: str) -> None:
        self.expression = expression

    def decode(self, value: object, *, at: str = "", owned: bool = False) -> object:
        """The Python value for a JSON value.

        Raises `DecodeError` with a JSON pointer to what does not fit. `at` is the pointer to
        `value` itself, where it is part of something larger. Nested lists and objects are read
        on first touch, and may raise then; `Model.validate` reads all of them at once. They are
        taken over, not copied. `owned` says that nobody else holds them, so that long lists can
        be read in place, which takes less memory.
        """
        root = OWNED if owned else None
        place, step = (place_of(at, root) if at else None) or (root, None)
        try:
            return self.read(value, place, step)
        except Misfit as misfit:
            raise misfit.error(place_of(at)) from None
        except RecursionError:
            raise Misfit("the JSON is nested too deeply").error(place_of(at)) from None

    def encode(self, value: object) -> JSONValue:
        """The JSON value for a Python value. Raises `TypeError` or `ValueError` for what cannot be sent."""
        return self.write(value)

    @property
    def reader(self) -> Reader:
        """The function behind `read`, for loops."""
        return self.read

    def read(self, raw: object, place: Place, step: Step) -> object:
        """Read `raw`, which stands at `step` of `place`."""
        raise NotImplementedError

    def write(self, value: object) -> JSONValue:
        """Like `encode`. The result shares no list and no object with `value`."""
        raise NotImplementedError

    def is_blank(self, raw: object) -> bool:
        """Whether `raw` is what some servers send where they mean null."""
        return isinstance(raw, str) and raw in self.blanks

    def fits(self, raw: object) -> bool:
        """Whether `raw` is of this type through and through, with nothing put off."""
        try:
            self.read(raw, None, None)
        except Misfit:
            return False
        return True

    def __repr__(self) -> str:
        return f"<codec {self.expression}>"


def write_any(value: object) -> JSONValue:
    """JSON for a value whose type no spec knows; models and dates inside it are written, too."""
    if value.__class__ in _AS_IT_IS:
        return cast("JSONValue", value)
    if isinstance(value, enum.Enum):
        return write_any(value.value)
    if isinstance(value, str | int | float):
        return value
    writer = getattr(type(value), "to_dict", None)
    if writer is not None:
        return cast("Callable[[object], JSONValue]", writer)(value)
    if isinstance(value, Mapping):
        return {str(key): write_any(item) for key, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, dt.date | dt.time):  # datetimes are dates, too
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Iterable):
        return [write_any(item) for item in cast("Iterable[object]", value)]
    raise TypeError(f"{type(value).__name__} has no form in JSON")
