"""Declare fields: attrs fields with their wire names, and markers for their annotations."""

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
    """How a value is sent, as in JSON Schema's `format`.

    For `datetime`: `date-time-utc-naive`, `epoch-milliseconds` and the others of specs/README.md, with `-text` for a
    number sent as text. For `int` and `float`: `text`, for the same.
    """

    name: str


@attrs.frozen
class Constant:
    """The only value of a field, if `Literal` cannot express it: fractions, and integers beyond 64 bits."""

    value: str | int | float | bool | None


@attrs.frozen
class OneOrList:
    """Marks a value that a service sends either bare or as the only element of a list."""


T = TypeVar("T")

WIRE: Final = "wire"
"""The metadata key for a field's name in JSON."""

NULLABLE: Final = "nullable"
"""The metadata key that says whether a field may be null."""

EXTRA: Final = "extra"
"""The metadata key that marks the field for additional properties."""


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
        default: Omitted if the property is required. None if it may be absent. Another value
            for a property that always has this one; optional if the annotation includes None.
        nullable: An optional property may be null as well. Then None sends null, and omitting the argument leaves it out.
        alias: The name of the constructor's argument, if it is not that of the field.
    """
    if default is None and nullable:
        default = ABSENT
    return attrs.field(default=default, alias=alias, metadata={WIRE: wire, NULLABLE: nullable})


def extra(*, factory: Callable[[], dict[str, T]], init: bool = True) -> dict[str, T]:
    """Return the attrs field for additional properties of one type: a dictionary by JSON name.

    `factory` is always `dict`. It tells type checkers that the argument is optional, and `init=False`
    that the constructor has none.
    """
    field: dict[str, T] = attrs.field(factory=factory, init=init, metadata={EXTRA: True})
    return field
