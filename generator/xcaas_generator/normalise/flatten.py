"""Flattening: a schema merged with its references and the parts of its `allOf`.

A value must match every part of an `allOf`. So types and enums are intersected, properties united, and a property that
several parts define must match all of its definitions. For contradictory parts, the later one is used, with a warning.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from xcaas_generator.load.nodes import Node
from xcaas_generator.load.references import DanglingReference, Resolver
from xcaas_generator.normalise.extensions import keys
from xcaas_generator.normalise.keywords import brief, flag, infer_types, read_types, schemas, strings
from xcaas_generator.report import Report

_MAX_PARTS_DEEP = 100
_MAX_ALTERNATIVES = 8


@dataclass(frozen=True, slots=True)
class Union:
    """A `oneOf` or `anyOf` that applies."""

    node: Node
    members: tuple[Node, ...]
    discriminator: Node | None


@dataclass(slots=True)
class Flat:
    """All constraints on a value. `properties` has alternatives; of each, all schemas apply."""

    node: Node
    types: list[str] | None = None
    nullable: bool = False
    format: str | None = None
    enums: list[Node] = field(default_factory=list[Node])
    const: Node | None = None
    properties: dict[str, list[list[Node]]] = field(default_factory=dict[str, list[list[Node]]])
    required: set[str] = field(default_factory=set[str])
    extra: list[Node] = field(default_factory=list[Node])
    closed: bool = False
    patterned: bool = False  # `extra` is for names of a pattern, and other names are allowed, too
    items: list[Node] = field(default_factory=list[Node])
    tuple_items: list[Node] = field(default_factory=list[Node])
    unions: list[Union] = field(default_factory=list[Union])
    discriminator: Node | None = None  # its own or that of a parent
    media: str | None = None  # contentMediaType of a string
    encoding: str | None = None
    error: dict[str, str] = field(default_factory=dict[str, str])
    parts: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])  # keys of all merged schemas
    has_constraints: bool = False  # whether there is anything but annotations

    @property
    def is_structured(self) -> bool:
        """Whether it has more than a type."""
        return bool(self.properties or self.enums or self.const or self.extra or self.items or self.tuple_items)


class Flattener:
    def __init__(self, resolver: Resolver, report: Report, *, siblings: bool) -> None:
        self._resolver = resolver
        self._report = report
        self._siblings = siblings  # whether keywords beside `$ref` apply (3.1) or not (3.0)
        self._complete: dict[tuple[str, str], Flat] = {}
        self._incomplete: dict[tuple[str, str], Flat] = {}
        self._cut_count = 0

    def flatten(self, node: Node) -> Flat:
        """Flatten a schema. The caller may change the result."""
        self._incomplete.clear()
        return _copy(self._cached(node, ()))

    def _cached(self, node: Node, trail: tuple[tuple[str, str], ...]) -> Flat:
        """Flatten a schema, with a cache: parts used twice at each of 24 levels would be read 16 million times.

        A schema that was cut because it is part of itself is incomplete, and cached for this call only.
        """
        cached = self._complete.get(node.key) or self._incomplete.get(node.key)
        if cached is not None and node.key not in trail:
            return cached
        cuts = self._cut_count
        flat = self._flatten(node, trail)
        if node.key not in trail:
            (self._complete if self._cut_count == cuts else self._incomplete)[node.key] = flat
        return flat

    def _flatten(self, node: Node, trail: tuple[tuple[str, str], ...]) -> Flat:
        flat = Flat(node, parts={node.key})
        if node.key in trail or len(trail) > _MAX_PARTS_DEEP:
            self._cut_count += 1
            self._resolver.circular = True
            reason = (
                "the schema is part of itself"
                if node.key in trail
                else f"more than {_MAX_PARTS_DEEP} parts within parts"
            )
            self._report.warn(node.place, f"{reason}; the inner one was left out")
            return flat
        if not isinstance(node.value, dict):
            if not isinstance(node.value, bool):
                self._report.warn(node.place, f"a schema is expected here, not {brief(node.value)}")
            return flat
        trail = (*trail, node.key)
        parts: list[Flat] = []
        if self._resolver.reference(node) is not None:
            target = self._resolver.target(node)
            if target is not None:
                parts.append(self._cached(target, trail))
            if not self._siblings:
                flat = _copy(parts[0]) if parts else flat
                flat.parts.add(node.key)
                flat.nullable = flat.nullable or flag(node, "nullable", self._report)
                return flat
        self._add_keywords(node, flat)
        parts.extend(self._cached(part, trail) for part in schemas(node, "allOf", self._resolver, self._report))
        return self.merge(flat, parts)

    def merge(self, own: Flat, parts: list[Flat]) -> Flat:
        """Merge `parts` and then `own`; in contradictions, the later one is used.

        The result is nullable if `own` is, or if all parts with constraints are.
        """
        if not parts:
            return own
        merged = Flat(own.node)
        for part in (*parts, own):
            self._merge_part(merged, part)
        constraining = [part for part in parts if part.has_constraints]
        merged.nullable = own.nullable or (
            bool(constraining) and own.types is None and all(part.nullable for part in constraining)
        )
        return merged

    def _merge_part(self, merged: Flat, part: Flat) -> None:
        merged.types = self._merged_types(merged, part)
        merged.format = part.format or merged.format
        _extend(merged.enums, part.enums)
        merged.const = part.const or merged.const
        for name, alternatives in part.properties.items():
            existing = merged.properties.get(name)
            merged.properties[name] = alternatives if existing is None else _combine(existing, alternatives)
        merged.required |= part.required
        _extend(merged.extra, part.extra)
        merged.closed = merged.closed or part.closed
        merged.patterned = merged.patterned or part.patterned
        _extend(merged.items, part.items)
        _extend(merged.tuple_items, part.tuple_items)
        unions = {union.members[0].key for union in merged.unions}
        merged.unions.extend(union for union in part.unions if union.members[0].key not in unions)
        merged.parts |= part.parts
        merged.discriminator = part.discriminator or merged.discriminator
        merged.media = part.media or merged.media
        merged.encoding = part.encoding or merged.encoding
        merged.error = part.error or merged.error
        merged.has_constraints = merged.has_constraints or part.has_constraints

    def _merged_types(self, merged: Flat, part: Flat) -> list[str] | None:
        first, second = merged.types, part.types
        if first is None or second is None:
            return first if second is None else second
        common = [name for name in first if name in second]
        if ("number" in first and "integer" in second) or ("integer" in first and "number" in second):
            common.append("integer")
        if not common and first and second:
            types = f"{'/'.join(first)} and {'/'.join(second)}"
            self._report.warn(
                merged.node.place, f"parts of allOf contradict each other: {types}; {second[0]} was used", "Keep one."
            )
            return second
        return common

    def _add_keywords(self, node: Node, flat: Flat) -> None:
        report = self._report
        flat.types, flat.nullable, flat.format = read_types(node, report)
        format_ = node.get("format")
        if isinstance(format_, str):
            flat.format = format_.strip()
        if flat.types is None and not node.has("type"):
            flat.types = infer_types(node, flat.format)
        flat.has_constraints = bool(flat.types) or any(
            node.has(key) for key in ("enum", "const", "oneOf", "anyOf", "allOf", "properties", "required")
        )
        enum = self._resolver.deref(node.child("enum"))
        if enum is not None and isinstance(enum.value, list):
            flat.enums.append(enum)
        elif node.has("enum"):
            report.warn(node.child("enum").place, f"'enum' should be a list, not {brief(node.get('enum'))}")
        if node.has("const"):
            flat.const = node.child("const")
        discriminator = self._resolver.deref(node.child("discriminator")) if node.has("discriminator") else None
        flat.discriminator = discriminator
        flat.media = node.text("contentMediaType") or None
        flat.encoding = node.text("contentEncoding") or None
        self._add_properties(node, flat)
        self._add_extra(node, flat)
        self._add_items(node, flat)
        for key in ("oneOf", "anyOf"):
            members = schemas(node, key, self._resolver, report)
            if members:
                flat.unions.append(Union(node, tuple(members), discriminator))
        error = node.get(keys.ERROR)
        if isinstance(error, dict):
            flat.error = {key: value for key, value in error.items() if isinstance(value, str)}

    def _add_properties(self, node: Node, flat: Flat) -> None:
        declared = node.child("properties")
        if isinstance(declared.value, dict):
            for name, schema in self._entries(declared).items():
                self._add_property(schema, name, flat)
        elif declared.value is not None:
            self._report.warn(declared.place, f"'properties' should be a mapping, not {brief(declared.value)}")
        flat.required.update(name.strip() for name in strings(node, "required", self._report))
        for key in ("then", "else", "dependentSchemas"):
            inner = node.child(key)
            for part in [inner] if key != "dependentSchemas" else [schema for _, schema in inner.items()]:
                properties = part.child("properties")
                for name in properties.value if isinstance(properties.value, dict) else {}:
                    flat.properties.setdefault(name, [[properties.child(name)]])

    def _entries(self, node: Node) -> dict[str, Node]:
        """Return the entries of a map; for a dangling reference, those beside `$ref`."""
        try:
            return self._resolver.mapping(node)
        except DanglingReference:
            value = node.value if isinstance(node.value, dict) else {}
            return {key: node.child(key) for key in value if key != "$ref"}

    def _add_property(self, node: Node, name: str, flat: Flat) -> None:
        wire = name.strip()
        if wire != name:
            self._report.warn(node.place, f"the property name {name!r} has spaces around it; they were removed")
        if node.value is False:
            return  # no value is valid, so the property is never present
        if node.get("required") is True:
            self._report.warn(
                node.child("required").place,
                "'required' is a list of names beside 'properties'; true was read as if the name were listed there",
            )
            flat.required.add(wire)
        flat.properties[wire] = [[node]]

    def _add_extra(self, node: Node, flat: Flat) -> None:
        patterns = self._entries(node.child("patternProperties"))
        flat.extra.extend(patterns[pattern] for pattern in sorted(patterns))
        key = "additionalProperties" if node.has("additionalProperties") else "unevaluatedProperties"
        extra = node.child(key)
        if extra.value is False:
            flat.closed = not flat.extra
        elif isinstance(extra.value, dict | bool):
            flat.extra.append(extra)
        elif extra.value is None:
            flat.patterned = bool(patterns)
        else:
            flat.closed = extra.value in ("false", "False")
            self._report.warn(extra.place, f"{key!r} should be a schema or a boolean, not {brief(extra.value)}")

    def _add_items(self, node: Node, flat: Flat) -> None:
        flat.tuple_items.extend(schemas(node, "prefixItems", self._resolver, self._report))
        items = node.child("items")
        if isinstance(items.value, list):
            flat.tuple_items.extend(items.elements())
        elif isinstance(items.value, dict):
            flat.items.append(items)
        elif items.value is not None and not isinstance(items.value, bool):
            self._report.warn(items.place, f"'items' should be a schema, not {brief(items.value)}")


def _copy(flat: Flat) -> Flat:
    """Return a copy with copied collections."""
    return replace(
        flat,
        enums=list(flat.enums),
        properties=dict(flat.properties),
        required=set(flat.required),
        extra=list(flat.extra),
        items=list(flat.items),
        tuple_items=list(flat.tuple_items),
        unions=list(flat.unions),
        error=dict(flat.error),
        parts=set(flat.parts),
    )


def _extend(nodes: list[Node], additional: list[Node]) -> None:
    """Append nodes that are not present yet."""
    present = {node.key for node in nodes}
    nodes.extend(node for node in additional if node.key not in present)


def _combine(first: list[list[Node]], second: list[list[Node]]) -> list[list[Node]]:
    """Return all combinations of an alternative of `first` and one of `second`."""
    combined = [_distinct([*left, *right]) for left in first for right in second]
    return combined[:_MAX_ALTERNATIVES]


def _distinct(nodes: list[Node]) -> list[Node]:
    """Remove schemas with equal location or content."""
    distinct: list[Node] = []
    for node in nodes:
        same_file = (other for other in distinct if other.file is node.file)
        if not any(node.pointer == other.pointer or node.value == other.value for other in same_file):
            distinct.append(node)
    return distinct
