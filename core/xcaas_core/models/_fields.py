"""How fields are declared: attrs fields that know their names on the wire, and marks in their annotations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, overload

import attrs

from .._json import ABSENT

__all__ = [
    "EXTRA",
    "NULLABLE",
    "WIRE",
    "Constant",
    "Format",
    "OneOrList",
    "extra",
    "field",
]


@attrs.frozen
class Format:
    """How a value travels, in the words of JSON Schema's `format`.

    On `datetime`: `date-time-utc-naive`, `epoch-milliseconds` and the others of specs/README.md, with `-text` where a
    number travels as text. On `int` and `float`: `text`, for a number as text.
    """

    name: str


@attrs.frozen
class Constant:
    """The one value of a field, where `Literal` cannot say it: fractions, and integers beyond 64 bits."""

    value: str | int | float | bool | None


@attrs.frozen
class OneOrList:
    """The mark of a value that a service now sends as it is, now as the only element of a list."""


T = TypeVar("T")

WIRE: Final = "wire"
"""The key of a field's metadata for its name in JSON."""

NULLABLE: Final = "nullable"
"""The key of a field's metadata that says whether null may be sent for it."""

EXTRA: Final = "extra"
"""The key of a field's metadata that marks the field for additional properties."""


@overload
def field(wire: str, /) -> Any: ...
@overload
def field(wire: str, /, *, default: T, nullable: bool = ..., alias: str | None = ...) -> T: ...
@overload
def field(wire: str, /, *, alias: str) -> Any: ...
def field(wire: str, /, *, default: object = attrs.NOTHING, nullable: bool = False, alias: str | None = None) -> object:
    """Return the attrs field for a property of a schema.

    Args:
        wire: The name of the property in JSON.
        default: Nothing where the property is required. None where it may be absent. Another value
            for a property that always has this one.
        nullable: An optional property may be null as well. None sends null then, and no argument leaves it out.
        alias: The name of the constructor's argument, where it is not that of the field.
    """
    if default is None and nullable:
        default = ABSENT
    return attrs.field(default=default, alias=alias, metadata={WIRE: wire, NULLABLE: nullable})


def extra(*, factory: Callable[[], dict[str, T]], init: bool = True) -> dict[str, T]:
    """Return the attrs field for additional properties of one type: a dictionary by the names in JSON.

    `factory` is always `dict`. Type checkers learn from it that the constructor may be called without,
    and from `init=False` that it takes no such argument.
    """
    made: dict[str, T] = attrs.field(factory=factory, init=init, metadata={EXTRA: True})
    return made
