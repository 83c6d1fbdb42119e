"""Marks of annotations that are unions: how their members are told apart."""

from __future__ import annotations

import attrs

from .._layout import ModelBase

__all__ = ["AnyOf", "Discriminator"]


@attrs.frozen
class AnyOf:
    """The mark of a union whose members are told apart by what fits."""


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
