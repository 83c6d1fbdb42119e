"""One schema with everything that `allOf` and references add to it, merged.

`allOf` says that a value must fit every part. Merged that way, types and enums
intersect, properties unite, and a property that several parts define must fit all of
its definitions. Parts that contradict each other are a warning, and the later one
counts.
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
    """What applies to one value. For each property: any of these sets of schemas, each set all of its schemas."""

    node: Node
    types: list[str] | None = None
    null: bool = False
    form: str | None = None
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
    discriminator: Node | None = None  # of the object itself or of a parent
    media: str | None = None  # contentMediaType of a text
    encoding: str | None = None
    error: dict[str, str] = field(default_factory=dict[str, str])
    parts: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])  # every schema merged in here
    said: bool = False  # whether anything but annotations was said

    @property
    def structural(self) -> bool:
        """Whether it says more than a bare type."""
        return bool(self.properties or self.enums or self.const or self.extra or self.items or self.tuple_items)


class Flattener:
    def __init__(self, resolver: Resolver, report: Report, *, siblings: bool) -> None:
        self._resolver = resolver
        self._report = report
        self._siblings = siblings  # whether keywords beside `$ref` count (3.1) or not (3.0)
        self._done: dict[tuple[str, str], Flat] = {}
        self._under_way: dict[tuple[str, str], Flat] = {}
        self._cuts = 0

    def flatten(self, node: Node) -> Flat:
        """Return what applies to one value, for the caller to change."""
        self._under_way.clear()
        return _copied(self._shared(node, ()))

    def _shared(self, node: Node, trail: tuple[tuple[str, str], ...]) -> Flat:
        """Return the same, read once: parts that are named twice at each of 24 levels would be read 16 million times.

        What a schema lacks because it is part of itself, those around it have: so it counts for this one call only.
        """
        known = self._done.get(node.key) or self._under_way.get(node.key)
        if known is not None and node.key not in trail:
            return known
        cuts = self._cuts
        flat = self._flatten(node, trail)
        if node.key not in trail:
            (self._done if self._cuts == cuts else self._under_way)[node.key] = flat
        return flat

    def _flatten(self, node: Node, trail: tuple[tuple[str, str], ...]) -> Flat:
        flat = Flat(node, parts={node.key})
        if node.key in trail or len(trail) > _MAX_PARTS_DEEP:
            self._cuts += 1
            self._resolver.circular = True
            what = (
                "the schema is part of itself"
                if node.key in trail
                else f"more than {_MAX_PARTS_DEEP} parts within parts"
            )
            self._report.warn(node.place, f"{what}; the inner one was left out")
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
                parts.append(self._shared(target, trail))
            if not self._siblings:
                flat = _copied(parts[0]) if parts else flat
                flat.parts.add(node.key)
                flat.null = flat.null or flag(node, "nullable", self._report)
                return flat
        self._own(node, flat)
        parts.extend(self._shared(part, trail) for part in schemas(node, "allOf", self._resolver, self._report))
        return self.merge(flat, parts)

    def merge(self, own: Flat, parts: list[Flat]) -> Flat:
        """Return `parts` and `own` merged; where they contradict each other, the later counts, and `own` is last.

        Nullable if `own` says so, or if each part that says anything is.
        """
        if not parts:
            return own
        merged = Flat(own.node)
        for part in (*parts, own):
            self._add(merged, part)
        said = [part for part in parts if part.said]
        merged.null = own.null or (bool(said) and own.types is None and all(part.null for part in said))
        return merged

    def _add(self, merged: Flat, part: Flat) -> None:
        merged.types = self._types(merged, part)
        merged.form = part.form or merged.form
        _extend(merged.enums, part.enums)
        merged.const = part.const or merged.const
        for name, alternatives in part.properties.items():
            known = merged.properties.get(name)
            merged.properties[name] = alternatives if known is None else _both(known, alternatives)
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
        merged.said = merged.said or part.said

    def _types(self, merged: Flat, part: Flat) -> list[str] | None:
        first, second = merged.types, part.types
        if first is None or second is None:
            return first if second is None else second
        common = [name for name in first if name in second]
        if ("number" in first and "integer" in second) or ("integer" in first and "number" in second):
            common.append("integer")
        if not common and first and second:
            said = f"{'/'.join(first)} and {'/'.join(second)}"
            self._report.warn(
                merged.node.place, f"parts of allOf contradict each other: {said}; {second[0]} was used", "Keep one."
            )
            return second
        return common

    def _own(self, node: Node, flat: Flat) -> None:
        report = self._report
        flat.types, flat.null, flat.form = read_types(node, report)
        written = node.get("format")
        if isinstance(written, str):
            flat.form = written.strip()
        if flat.types is None and not node.has("type"):
            flat.types = infer_types(node, flat.form)
        flat.said = bool(flat.types) or any(
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
        self._properties(node, flat)
        self._extra(node, flat)
        self._items(node, flat)
        for key in ("oneOf", "anyOf"):
            members = schemas(node, key, self._resolver, report)
            if members:
                flat.unions.append(Union(node, tuple(members), discriminator))
        error = node.get(keys.ERROR)
        if isinstance(error, dict):
            flat.error = {key: value for key, value in error.items() if isinstance(value, str)}

    def _properties(self, node: Node, flat: Flat) -> None:
        below = node.child("properties")
        if isinstance(below.value, dict):
            for name, one in self._entries(below).items():
                self._property(one, name, flat)
        elif below.value is not None:
            self._report.warn(below.place, f"'properties' should be a mapping, not {brief(below.value)}")
        flat.required.update(name.strip() for name in strings(node, "required", self._report))
        for key in ("then", "else", "dependentSchemas"):
            inner = node.child(key)
            for part in [inner] if key != "dependentSchemas" else [schema for _, schema in inner.items()]:
                properties = part.child("properties")
                for name in properties.value if isinstance(properties.value, dict) else {}:
                    flat.properties.setdefault(name, [[properties.child(name)]])

    def _entries(self, node: Node) -> dict[str, Node]:
        """Return the entries of a map. Where the map can't be found, those that stand beside the reference."""
        try:
            return self._resolver.mapping(node)
        except DanglingReference:
            value = node.value if isinstance(node.value, dict) else {}
            return {key: node.child(key) for key in value if key != "$ref"}

    def _property(self, node: Node, name: str, flat: Flat) -> None:
        wire = name.strip()
        if wire != name:
            self._report.warn(node.place, f"the property name {name!r} has spaces around it; they were removed")
        if node.value is False:
            return  # no value fits: the property can't be there
        if node.get("required") is True:
            self._report.warn(
                node.child("required").place,
                "'required' is a list of names beside 'properties'; true was read as if the name were listed there",
            )
            flat.required.add(wire)
        flat.properties[wire] = [[node]]

    def _extra(self, node: Node, flat: Flat) -> None:
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

    def _items(self, node: Node, flat: Flat) -> None:
        flat.tuple_items.extend(schemas(node, "prefixItems", self._resolver, self._report))
        items = node.child("items")
        if isinstance(items.value, list):
            flat.tuple_items.extend(items.elements())
        elif isinstance(items.value, dict):
            flat.items.append(items)
        elif items.value is not None and not isinstance(items.value, bool):
            self._report.warn(items.place, f"'items' should be a schema, not {brief(items.value)}")


def _copied(flat: Flat) -> Flat:
    """Return a copy whose collections are its own."""
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


def _extend(nodes: list[Node], more: list[Node]) -> None:
    """Add the nodes that are not there yet."""
    known = {node.key for node in nodes}
    nodes.extend(node for node in more if node.key not in known)


def _both(first: list[list[Node]], second: list[list[Node]]) -> list[list[Node]]:
    """Return the schemas that fit one of `first` and one of `second`."""
    combined = [_distinct([*one, *other]) for one in first for other in second]
    return combined[:_MAX_ALTERNATIVES]


def _distinct(nodes: list[Node]) -> list[Node]:
    """Return the schemas without repeats, whether by place or by content."""
    kept: list[Node] = []
    for node in nodes:
        same = (other for other in kept if other.file is node.file)
        if not any(node.pointer == other.pointer or node.value == other.value for other in same):
            kept.append(node)
    return kept
