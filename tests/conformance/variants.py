"""Unions and hierarchies: the schemas that apply together to one value, and its discriminator tags."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tests.conformance.document import JSON, Document, Node, is_object
from tests.conformance.values import NULLS

__all__ = ["Variants", "members", "parts", "type_of"]

_OBJECT_KEYWORDS = ("properties", "additionalProperties", "patternProperties")


def type_of(nodes: Iterable[Node]) -> set[str]:
    """Return the types that all schemas allow; empty for any."""
    common: set[str] | None = None
    for node in nodes:
        declared = node.fields.get("type")
        if declared is None and any(is_object(node.fields.get(key)) for key in _OBJECT_KEYWORDS):
            declared = "object"
        if declared is None and "items" in node.fields:
            declared = "array"
        if declared is not None:
            types = {declared} if isinstance(declared, str) else set(declared)
            types |= {"integer"} if "number" in types else set()
            types |= {"null"} if node.fields.get("nullable") is True else set()
            common = types if common is None else common & types
    return common or set()


@dataclass(frozen=True)
class Variants:
    """Expands unions and hierarchies of a document."""

    document: Document

    def expand(self, nodes: list[Node], tags: dict[str, JSON], turn: int, *, sparse: bool) -> list[Node]:
        """Return the schemas with their parts, and one variant of each union."""
        expanded: list[Node] = []
        seen: set[tuple[str, str]] = set()
        pending = list(nodes)
        while pending:
            node = pending.pop(0)
            if (node.file, node.pointer) in seen:
                continue
            seen.add((node.file, node.pointer))
            expanded.append(node)
            for key in ("oneOf", "anyOf"):
                if node.fields.get(key):
                    pending.append(self._variant(node, key, tags, turn, sparse=sparse))
            section = node.get("allOf")
            for _, part in section.items() if section is not None else ():
                pending.append(part)
            self._inherit(node, nodes, tags, pending, turn)
        return expanded

    def _variant(self, node: Node, key: str, tags: dict[str, JSON], turn: int, *, sparse: bool) -> Node:
        members = [_normalized(member) for _, member in node.child(key).items()]
        candidates = members
        if sparse:
            candidates = [member for member in members if type_of([member]) == {"null"}] or members
        elif turn % 3 != NULLS and len(members) > 1:
            candidates = [member for member in members if type_of([member]) != {"null"}] or members
        elif turn % 3 == NULLS:
            candidates = [member for member in members if type_of([member]) == {"null"}] or members
        chosen = candidates[(turn if turn < NULLS else turn - 1) % len(candidates)]
        self._tag(node, chosen, tags)
        return chosen

    def _tag(self, owner: Node, chosen: Node, tags: dict[str, JSON]) -> None:
        discriminator = owner.fields.get("discriminator")
        if not is_object(discriminator) or type_of([chosen]) == {"null"}:
            return
        name = discriminator["propertyName"]
        tags_of_mapping = [tag for tag, target in self._mapping(owner) if target == chosen]
        own_tags = self._own_tags(chosen, name)
        if tags_of_mapping:
            tags[name] = next((tag for tag in own_tags if _tag_text(tag) in tags_of_mapping), tags_of_mapping[0])
        elif own_tags:
            tags[name] = own_tags[0]
        else:
            tags[name] = chosen.name

    def _mapping(self, owner: Node) -> list[tuple[str, Node]]:
        targets: list[tuple[str, Node]] = []
        mapping: dict[str, str] = owner.fields["discriminator"].get("mapping") or {}
        for tag, target in mapping.items():
            reference = target if "/" in target or "." in target or "#" in target else f"#/components/schemas/{target}"
            try:
                targets.append(
                    (_tag_text(tag), owner.document.follow(Node(owner.document, owner.file, "", {"$ref": reference})))
                )
            except (LookupError, OSError, ValueError):
                continue
        return targets

    def _own_tags(self, variant: Node, name: str) -> list[JSON]:
        """Return the tags in a variant's own constant or enum, ignoring the base of its hierarchy."""
        for node in _with_all_of(variant):
            discriminator = node.fields.get("discriminator")
            if node != variant and is_object(discriminator) and discriminator.get("propertyName") == name:
                continue
            declared = node.get("properties")
            property_schema = declared.get(name) if declared is not None else None
            if property_schema is not None and "const" in property_schema.fields:
                return [property_schema.fields["const"]]
            if property_schema is not None and property_schema.fields.get("enum"):
                return list(property_schema.fields["enum"])
        return []

    def _inherit(self, node: Node, entry: list[Node], tags: dict[str, JSON], pending: list[Node], turn: int) -> None:
        """Choose a child for the base of a hierarchy, and the tag for a child."""
        discriminator = node.fields.get("discriminator")
        if not is_object(discriminator) or node.fields.get("oneOf") or node.fields.get("anyOf"):
            return
        name = str(discriminator.get("propertyName"))
        if name in tags:
            return
        child = next(
            (
                candidate
                for candidate in entry
                if candidate != node and candidate.fields.get("allOf") and _is_component(candidate)
            ),
            None,
        )
        if child is not None:
            descendants = [target for _, target in self._mapping(node)] or self._children(child)
            family = [
                child,
                *(candidate for candidate in descendants if candidate != child and child in _with_all_of(candidate)),
            ]
            chosen = family[turn % len(family)]
            pending += [chosen] if chosen != child else []
            self._tag(node, chosen, tags)
            return
        children = [target for _, target in self._mapping(node)] or self._children(node)
        children = [candidate for candidate in children if candidate != node]
        if children:
            chosen = children[turn % len(children)]
            pending.append(chosen)
            self._tag(node, chosen, tags)

    def _children(self, base: Node) -> list[Node]:
        components = self.document.root.get("components")
        schemas = components.get("schemas") if components is not None else None
        children: list[Node] = []
        for _, schema in schemas.items() if schemas is not None else ():
            section = schema.get("allOf")
            if section is not None and any(part == base for _, part in section.items()):
                children.append(schema)
        return children


def _normalized(variant: Node) -> Node:
    """Normalize a variant: OData spells null as a nullable object without properties."""
    odata = variant.fields == {"type": "object", "nullable": True}
    return Node(variant.document, variant.file, variant.pointer, {"type": "null"}) if odata else variant


def _tag_text(tag: JSON) -> str:
    return tag if isinstance(tag, str) else json.dumps(tag)


def _is_component(node: Node) -> bool:
    """Return whether a schema is a component; others may only wrap a reference."""
    return node.pointer.startswith("/components/schemas/") and node.pointer.count("/") == 3


def _with_all_of(node: Node) -> list[Node]:
    """Return a schema and all schemas of its `allOf`, recursively."""
    schemas: list[Node] = []
    pending = [node]
    while pending:
        schema = pending.pop(0)
        if schema not in schemas:
            schemas.append(schema)
            pending += parts(schema)
    return schemas


def parts(node: Node) -> list[Node]:
    return [part for _, part in members(node.get("allOf"))]


def members(section: Node | None) -> Iterable[tuple[str, Node]]:
    return () if section is None or not isinstance(section.value, list | dict) else section.items()
