"""What a class body says about a field, before the class is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast, overload

__all__ = ["Extra", "Field", "extra", "field"]

T = TypeVar("T")

REQUIRED: Final = object()


class Field:
    """A field as written in a class body: its name on the wire, its codec's expression, its default."""

    __slots__ = ("expression", "required", "wire")

    def __init__(self, wire: str, expression: str, *, required: bool) -> None:
        self.wire = wire
        self.expression = expression
        self.required = required


class Extra:
    """The attribute that takes what no field names, as written in a class body."""

    __slots__ = ("expression",)

    def __init__(self, expression: str) -> None:
        self.expression = expression


@overload
def field(wire: str, codec: str, /) -> Any: ...
@overload
def field(wire: str, codec: str, /, *, default: T) -> T: ...
def field(wire: str, codec: str, /, *, default: object = REQUIRED) -> object:
    """A field of a model: its name on the wire and the expression of its codec.

    With `default=None` it may be absent; without a default it must be there.
    """
    return Field(wire, codec, required=default is REQUIRED)


def extra(codec: str, /, *, factory: Callable[[], dict[str, T]], init: bool = True) -> dict[str, T]:
    """The attribute for additional properties whose values share a type: a dictionary by wire name.

    `factory` is always `dict`. Type checkers learn from it that the constructor may be called without,
    and from `init=False` that it takes no such argument.
    """
    return cast("dict[str, T]", Extra(codec))
