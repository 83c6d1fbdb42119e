"""What the parts of the schema reader share: its notes on values, and what they ask of the whole."""

from __future__ import annotations

from typing import Protocol

from xcaas_generator.ir import JSON
from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise import keywords
from xcaas_generator.normalise.flatten import Flat, Flattener
from xcaas_generator.normalise.shapes import Hint, Shape
from xcaas_generator.report import Report

_MAX_CHAIN = 12


class Annotations:
    """What is said about a value, at its own place or at the places that it refers to."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def chain(self, nodes: list[Node], classes: frozenset[tuple[str, str]] = frozenset()) -> list[Node]:
        """Return the places whose annotations count, nearest first: along references and through `allOf`, up to
        `classes`, which have docs of their own."""
        found: list[Node] = []
        waiting = list(nodes)
        while waiting and len(found) < _MAX_CHAIN:
            node = waiting.pop(0)
            if not isinstance(node.value, dict) or any(node.key == other.key for other in found):
                continue
            if node.key in classes:
                if any(node is one for one in nodes):
                    found.append(node)
                continue
            found.append(node)
            if self._resolver.reference(node) is not None:
                target = self._resolver.target(node)
                if target is not None:
                    waiting.append(target)
            if isinstance(node.value.get("allOf"), list):
                waiting.extend(node.child("allOf").elements())
        return found

    def text(self, nodes: list[Node], key: str) -> str:
        return next((node.text(key).strip() for node in nodes if node.text(key).strip()), "")

    def example(self, nodes: list[Node]) -> JSON:
        """Return the first example of any spelling."""
        for node in nodes:
            single = node.get("example")
            if single is not None:
                return single if keywords.finite(single) else None
            several = node.get("examples")
            if isinstance(several, list) and several:
                return several[0] if keywords.finite(several[0]) else None
            if isinstance(several, dict):
                examples = self._resolver.deref(node.child("examples"))
                for _, one in examples.items() if examples is not None else []:
                    example = self._resolver.deref(one)
                    if example is not None and example.get("value") is not None:
                        value = example.get("value")
                        return value if keywords.finite(value) else None
        return None


class SchemaReader(Protocol):
    """What reads the schemas inside others."""

    resolver: Resolver
    report: Report
    named: list[tuple[str, Node]]  # the document's component schemas
    flattener: Flattener
    annotations: Annotations

    def shape(self, node: Node, hint: Hint) -> Shape:
        """Return what may stand where this schema applies."""
        ...

    def shape_all(self, nodes: list[Node], hint: Hint) -> Shape:
        """Return what fits all of these schemas."""
        ...

    def component(self, node: Node, name: str) -> Shape:
        """Return the shape of a named schema."""
        ...

    def from_flat(self, flat: Flat, hint: Hint) -> Shape:
        """Return the shape of a schema whose parts were brought together."""
        ...
