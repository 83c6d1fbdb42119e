"""What an annotation says beyond Python's own types: `Annotated[datetime, Format("epoch-milliseconds")]`."""

from __future__ import annotations

from typing import Final

import attrs

from ._layout import ModelBase

__all__ = ["ABSENT", "Absent", "Constant", "Discriminator", "Format", "OneOrList"]


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


class Discriminator:
    """What tells the models of a union apart.

    Args:
        property_name: The name on the wire of the field that tells.
        variants: Values of the field, as they are in JSON or as text, and the models that they name.
        base: The model for values that nobody knows, where its fields are there.
    """

    __slots__ = ("base", "property_name", "variants")

    def __init__(
        self,
        property_name: str,
        *variants: tuple[str | int | float | bool | None, type[ModelBase]],
        base: type[ModelBase] | None = None,
    ) -> None:
        self.property_name: str = property_name
        self.variants: tuple[tuple[str | int | float | bool | None, type[ModelBase]], ...] = variants
        self.base: type[ModelBase] | None = base

    def __repr__(self) -> str:
        return f"Discriminator({self.property_name!r}, …)"


class Absent:
    """The type of `ABSENT`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
"""The default of fields that may be absent and may be null, which is not the same."""
