"""What the parts of the schema reader ask of the whole, for the schemas inside their own."""

from __future__ import annotations

from typing import Protocol

from xcaas_generator.load.references import Resolver, Spot
from xcaas_generator.normalise.annotations import Annotations
from xcaas_generator.normalise.flatten import Flat, Flattener
from xcaas_generator.normalise.shapes import Hint, Shape
from xcaas_generator.report import Report


class SchemaReader(Protocol):
    resolver: Resolver
    report: Report
    root: Spot
    flattener: Flattener
    annotations: Annotations

    def shape(self, spot: Spot, hint: Hint) -> Shape:
        """Return what may stand where this schema applies."""
        ...

    def shape_all(self, spots: list[Spot], hint: Hint) -> Shape:
        """Return what fits all of these schemas."""
        ...

    def component(self, spot: Spot, name: str) -> Shape:
        """Return the shape of a named schema."""
        ...

    def from_flat(self, flat: Flat, hint: Hint) -> Shape:
        """Return the shape of a schema whose parts were brought together."""
        ...
