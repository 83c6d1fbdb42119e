"""What the parts of the schema reader share: its notes on values, and what they ask of the whole."""

from __future__ import annotations

from typing import Protocol

from xcaas_generator.ir import JSON
from xcaas_generator.load.references import Resolver, Node
from xcaas_generator.normalise import keywords
from xcaas_generator.normalise.flatten import Flat, Flattener
from xcaas_generator.normalise.shapes import Hint, Shape
from xcaas_generator.report import Report

_MAX_CHAIN = 12


class Annotations:
    """What is said about a value, at its own place or at the places that it refers to."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def chain(self, spots: list[Node], classes: frozenset[tuple[str, str]] = frozenset()) -> list[Node]:
        """The places whose annotations count, nearest first: along references and through `allOf`, up to
        `classes`, which have docs of their own."""
        found: list[Node] = []
        waiting = list(spots)
        while waiting and len(found) < _MAX_CHAIN:
            spot = waiting.pop(0)
            if not isinstance(spot.value, dict) or any(spot.key == other.key for other in found):
                continue
            if spot.key in classes:
                if any(spot is one for one in spots):
                    found.append(spot)
                continue
            found.append(spot)
            if self._resolver.reference(spot) is not None:
                target = self._resolver.target(spot)
                if target is not None:
                    waiting.append(target)
            if isinstance(spot.value.get("allOf"), list):
                waiting.extend(spot.child("allOf").elements())
        return found

    def text(self, spots: list[Node], key: str) -> str:
        return next((spot.text(key).strip() for spot in spots if spot.text(key).strip()), "")

    def example(self, spots: list[Node]) -> JSON:
        """The first example of any spelling."""
        for spot in spots:
            single = spot.get("example")
            if single is not None:
                return single if keywords.finite(single) else None
            several = spot.get("examples")
            if isinstance(several, list) and several:
                return several[0] if keywords.finite(several[0]) else None
            if isinstance(several, dict):
                for _, one in spot.child("examples").items():
                    example = self._resolver.deref(one)
                    if example is not None and example.get("value") is not None:
                        value = example.get("value")
                        return value if keywords.finite(value) else None
        return None


class SchemaReader(Protocol):
    """What reads the schemas inside others."""

    resolver: Resolver
    report: Report
    root: Node
    flattener: Flattener
    annotations: Annotations

    def shape(self, spot: Node, hint: Hint) -> Shape:
        """Return what may stand where this schema applies."""
        ...

    def shape_all(self, spots: list[Node], hint: Hint) -> Shape:
        """Return what fits all of these schemas."""
        ...

    def component(self, spot: Node, name: str) -> Shape:
        """Return the shape of a named schema."""
        ...

    def from_flat(self, flat: Flat, hint: Hint) -> Shape:
        """Return the shape of a schema whose parts were brought together."""
        ...
