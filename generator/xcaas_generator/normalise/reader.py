"""Shared by the modules that read schemas: annotations, and the interface of the reader."""

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
    """Finds annotations of a value, in its schema and in the schemas that it refers to."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def chain(self, nodes: list[Node], classes: frozenset[tuple[str, str]] = frozenset()) -> list[Node]:
        """Return the schemas whose annotations apply, nearest first: along references and `allOf`, excluding `classes`,
        which have docs of their own."""
        chain: list[Node] = []
        pending = list(nodes)
        while pending and len(chain) < _MAX_CHAIN:
            node = pending.pop(0)
            if not isinstance(node.value, dict) or any(node.key == other.key for other in chain):
                continue
            if node.key in classes:
                if any(node is start for start in nodes):
                    chain.append(node)
                continue
            chain.append(node)
            if self._resolver.reference(node) is not None:
                target = self._resolver.target(node)
                if target is not None:
                    pending.append(target)
            if isinstance(node.value.get("allOf"), list):
                pending.extend(node.child("allOf").elements())
        return chain

    def text(self, nodes: list[Node], key: str) -> str:
        return next((node.text(key).strip() for node in nodes if node.text(key).strip()), "")

    def example(self, nodes: list[Node]) -> JSON:
        """Return the first `example`, or element of `examples`."""
        for node in nodes:
            single = node.get("example")
            if single is not None:
                return single if keywords.is_finite(single) else None
            declared = node.get("examples")
            if isinstance(declared, list) and declared:
                return declared[0] if keywords.is_finite(declared[0]) else None
            if isinstance(declared, dict):
                examples = self._resolver.deref(node.child("examples"))
                for _, entry in examples.items() if examples is not None else []:
                    example = self._resolver.deref(entry)
                    if example is not None and example.get("value") is not None:
                        value = example.get("value")
                        return value if keywords.is_finite(value) else None
        return None


class SchemaReader(Protocol):
    """Reads schemas nested in others. `Shaper` implements it."""

    resolver: Resolver
    report: Report
    named: list[tuple[str, Node]]  # the document's component schemas
    flattener: Flattener
    annotations: Annotations

    def shape(self, node: Node, hint: Hint) -> Shape:
        """Return the shape of a schema."""
        ...

    def shape_all(self, nodes: list[Node], hint: Hint) -> Shape:
        """Return the shape of values that match all of these schemas."""
        ...

    def component(self, node: Node, name: str) -> Shape:
        """Return the shape of a named schema."""
        ...

    def from_flat(self, flat: Flat, hint: Hint) -> Shape:
        """Return the shape of a flattened schema."""
        ...
