"""Annotation markers for unions: how a member is chosen."""

from __future__ import annotations

import attrs

from .._layout import ModelBase

__all__ = ["AnyOf", "Discriminator"]


@attrs.frozen
class AnyOf:
    """Marks a union whose member is chosen by the shape of the value."""


class Discriminator:
    """Marks a union of models that is chosen by the value of a field.

    Args:
        property_name: The wire name of the field.
        variants: Values of the field, as in JSON or as text, each with its model.
        base: The model for unknown values, if the object has its fields.
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
