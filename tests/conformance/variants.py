"""Unions and hierarchies: which schemas hold together for one value, and which tag belongs to them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tests.conformance.document import JSON, Document, Node, is_object
from tests.conformance.values import NULLS

__all__ = ["Variants", "members", "parts", "type_of"]

_OF_OBJECTS = ("properties", "additionalProperties", "patternProperties")


def type_of(nodes: Iterable[Node]) -> set[str]:
    """Return the types that a value may have by all of the schemas; empty for any."""
    found: set[str] | None = None
    for node in nodes:
        declared = node.fields.get("type")
        if declared is None and any(is_object(node.fields.get(key)) for key in _OF_OBJECTS):
            declared = "object"
        if declared is None and "items" in node.fields:
            declared = "array"
        if declared is not None:
            types = {declared} if isinstance(declared, str) else set(declared)
            types |= {"integer"} if "number" in types else set()
            types |= {"null"} if node.fields.get("nullable") is True else set()
            found = types if found is None else found & types
    return found or set()


@dataclass(frozen=True)
class Variants:
    """Takes unions and hierarchies of a document apart."""

    document: Document

    def expand(self, nodes: list[Node], tags: dict[str, JSON], turn: int, *, sparse: bool) -> list[Node]:
        """Return the schemas with all that they are made of, one variant of each union taken."""
        found: list[Node] = []
        seen: set[tuple[str, str]] = set()
        waiting = list(nodes)
        while waiting:
            node = waiting.pop(0)
            if (node.file, node.pointer) in seen:
                continue
            seen.add((node.file, node.pointer))
            found.append(node)
            for key in ("oneOf", "anyOf"):
                if node.fields.get(key):
                    waiting.append(self._variant(node, key, tags, turn, sparse=sparse))
            section = node.get("allOf")
            for _, part in section.items() if section is not None else ():
                waiting.append(part)
            self._inherit(node, nodes, tags, waiting, turn)
        return found

    def _variant(self, node: Node, key: str, tags: dict[str, JSON], turn: int, *, sparse: bool) -> Node:
        members = [_meant(member) for _, member in node.child(key).items()]
        wanted = members
        if sparse:
            wanted = [one for one in members if type_of([one]) == {"null"}] or members
        elif turn % 3 != NULLS and len(members) > 1:
            wanted = [one for one in members if type_of([one]) != {"null"}] or members
        elif turn % 3 == NULLS:
            wanted = [one for one in members if type_of([one]) == {"null"}] or members
        chosen = wanted[(turn if turn < NULLS else turn - 1) % len(wanted)]
        self._tag(node, chosen, tags)
        return chosen

    def _tag(self, owner: Node, chosen: Node, tags: dict[str, JSON]) -> None:
        discriminator = owner.fields.get("discriminator")
        if not is_object(discriminator) or type_of([chosen]) == {"null"}:
            return
        name = discriminator["propertyName"]
        mapped = [tag for tag, target in self._mapping(owner) if target == chosen]
        own = self._own_tags(chosen, name)
        if mapped:
            tags[name] = next((tag for tag in own if _spelled(tag) in mapped), mapped[0])
        elif own:
            tags[name] = own[0]
        else:
            tags[name] = chosen.name

    def _mapping(self, owner: Node) -> list[tuple[str, Node]]:
        found: list[tuple[str, Node]] = []
        mapping: dict[str, str] = owner.fields["discriminator"].get("mapping") or {}
        for tag, target in mapping.items():
            reference = target if "/" in target or "." in target or "#" in target else f"#/components/schemas/{target}"
            try:
                found.append(
                    (_spelled(tag), owner.document.follow(Node(owner.document, owner.file, "", {"$ref": reference})))
                )
            except (LookupError, OSError, ValueError):
                continue
        return found

    def _own_tags(self, variant: Node, name: str) -> list[JSON]:
        """Return what the variant's own constant or enum says of the tag, the base of its hierarchy aside."""
        for node in _flat(variant):
            discriminator = node.fields.get("discriminator")
            if node != variant and is_object(discriminator) and discriminator.get("propertyName") == name:
                continue
            declared = node.get("properties")
            own = declared.get(name) if declared is not None else None
            if own is not None and "const" in own.fields:
                return [own.fields["const"]]
            if own is not None and own.fields.get("enum"):
                return list(own.fields["enum"])
        return []

    def _inherit(self, node: Node, entry: list[Node], tags: dict[str, JSON], waiting: list[Node], turn: int) -> None:
        """Take a child for the base of a hierarchy, and the right tag for a child."""
        discriminator = node.fields.get("discriminator")
        if not is_object(discriminator) or node.fields.get("oneOf") or node.fields.get("anyOf"):
            return
        name = str(discriminator.get("propertyName"))
        if name in tags:
            return
        child = next((one for one in entry if one != node and one.fields.get("allOf") and _is_component(one)), None)
        if child is not None:
            heirs = [target for _, target in self._mapping(node)] or self._children(child)
            family = [child, *(one for one in heirs if one != child and child in _flat(one))]
            chosen = family[turn % len(family)]
            waiting += [chosen] if chosen != child else []
            self._tag(node, chosen, tags)
            return
        children = [target for _, target in self._mapping(node)] or self._children(node)
        children = [one for one in children if one != node]
        if children:
            chosen = children[turn % len(children)]
            waiting.append(chosen)
            self._tag(node, chosen, tags)

    def _children(self, base: Node) -> list[Node]:
        components = self.document.root.get("components")
        schemas = components.get("schemas") if components is not None else None
        found: list[Node] = []
        for _, schema in schemas.items() if schemas is not None else ():
            section = schema.get("allOf")
            if section is not None and any(part == base for _, part in section.items()):
                found.append(schema)
        return found


def _meant(variant: Node) -> Node:
    """Return a variant as it is meant. OData writes null as an object that may be null, and is nothing else."""
    odata = variant.fields == {"type": "object", "nullable": True}
    return Node(variant.document, variant.file, variant.pointer, {"type": "null"}) if odata else variant


def _spelled(tag: JSON) -> str:
    return tag if isinstance(tag, str) else json.dumps(tag)


def _is_component(node: Node) -> bool:
    """Whether a schema has a name of its own; others only wrap a reference, as for a description or null."""
    return node.pointer.startswith("/components/schemas/") and node.pointer.count("/") == 3


def _flat(node: Node) -> list[Node]:
    """Return a schema and all that its `allOf` is made of."""
    found: list[Node] = []
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        if one not in found:
            found.append(one)
            waiting += parts(one)
    return found


def parts(node: Node) -> list[Node]:
    return [part for _, part in members(node.get("allOf"))]


def members(section: Node | None) -> Iterable[tuple[str, Node]]:
    return () if section is None or not isinstance(section.value, list | dict) else section.items()
