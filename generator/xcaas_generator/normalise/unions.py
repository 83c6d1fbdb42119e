"""`oneOf`, `anyOf` and parents with a discriminator.

A union is kept as a union. Where other keywords stand beside it (common properties,
a second union), each member is merged with them; members that only demand
properties of their parent are no types and are left out. The tag that tells members apart comes from the
discriminator, or, when there is none, from a property in which each member has
its own constant.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from itertools import product

from xcaas_generator.ir import JSON
from xcaas_generator.load.nodes import Node, unescape
from xcaas_generator.normalise.flatten import Flat, Union
from xcaas_generator.normalise.keywords import are_bounds, brief, is_demand, own_discriminator, schemas
from xcaas_generator.normalise.reader import SchemaReader
from xcaas_generator.normalise.shapes import NONE, Hint, Ref, Shape, UnionOf, members_of, one_of

# How OData documents write "or null" beside a reference.
_ODATA_NULL: dict[str, JSON] = {"type": "object", "nullable": True}
_MAX_COMBINATIONS = 16
_MAX_CHILDREN = 24
_MAX_TAGS = 8
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Member:
    node: Node
    shape: Shape


class Unions:
    def __init__(self, reader: SchemaReader) -> None:
        self._reader = reader
        self._tags: dict[_Key, dict[str, tuple[str, ...]]] = {}
        self._parents: dict[_Key, Node] = {}
        self._children: dict[_Key, list[tuple[str, Node]]] | None = None

    def holds(self, union: Union, parts: set[_Key]) -> bool:
        """Return whether one of the union's members is among `parts`."""
        return any(self._end(member).key in parts for member in union.members)

    def shape(self, flat: Flat, hint: Hint) -> Shape:
        base = copy(flat)
        base.unions = []
        if any(_is_odata_null(member, union) for union in flat.unions for member in union.members):
            flat.null = True
        unions = [(union, self._types_in(union)) for union in flat.unions if not are_bounds(union.members, base.types)]
        unions = [(union, members) for union, members in unions if members]
        if not unions:
            return self._reader.from_flat(base, hint)
        if len(unions) == 1 and not base.structural:
            union, members = unions[0]
            found = [
                _Member(member, self._reader.shape(member, self._hint(member, index, members, hint)))
                for index, member in enumerate(members)
            ]
            return self._union(found, union)
        combinations = list(product(*(members for _, members in unions)))
        if len(combinations) > _MAX_COMBINATIONS or self._foldable(base, unions):
            return self._reader.from_flat(self._fold(base, unions), hint)
        first = next(members for _, members in unions)
        found = [
            _Member(members[0], self._merged(base, members, self._hint(members[0], index, first, hint)))
            for index, members in enumerate(combinations)
        ]
        return self._union(found, unions[0][0])

    # --- members ----------------------------------------------------------------

    def _end(self, node: Node) -> Node:
        return self._reader.resolver.deref(node) or node

    def _types_in(self, union: Union) -> list[Node]:
        """Return members that are types, not mere demands on the object that they stand in."""
        return [
            member
            for member in union.members
            if not is_demand(member.value) and member.value is not False and not _is_odata_null(member, union)
        ]

    def _merged(self, base: Flat, members: tuple[Node, ...], hint: Hint) -> Shape:
        parts = [self._reader.flattener.flatten(member) for member in members]
        if len(members) == 1:
            part = parts[0]
            covered = base.properties.keys() <= part.properties.keys() and base.required <= part.required
            other_kind = part.types is not None and base.types is not None and not set(part.types) & set(base.types)
            if (covered and not (base.enums or base.const or base.items or base.tuple_items)) or other_kind:
                return self._reader.shape(members[0], hint)
        end = self._end(members[0])
        leaf = hint.leaf if end is members[0] else f"{hint.leaf} {_component_name(end)}".strip()
        merged = self._reader.flattener.merge(Flat(members[-1]), [base, *parts])
        return self._reader.from_flat(merged, Hint(hint.owner, leaf, hint.title))

    def _foldable(self, base: Flat, unions: list[tuple[Union, list[Node]]]) -> bool:
        """Return whether members are nameless variations of one object, which readers think of as one class."""
        return bool(base.properties) and all(
            union.discriminator is None
            and all(isinstance(member.value, dict) and "properties" in member.value for member in members)
            and not any(member.text("title") or member.has("$ref") for member in members)
            for union, members in unions
        )

    def _fold(self, base: Flat, unions: list[tuple[Union, list[Node]]]) -> Flat:
        own = copy(base)
        own.properties, own.required = dict(base.properties), set(base.required)
        for _, members in unions:
            parts = [self._reader.flattener.flatten(member) for member in members]
            for part in parts:
                for name, alternatives in part.properties.items():
                    if name not in base.properties:
                        known = own.properties.get(name, [])
                        own.properties[name] = known + [one for one in alternatives if one not in known]
            own.required |= set[str].intersection(*(part.required for part in parts))
            own.types = own.types or next((part.types for part in parts if part.types), None)
        return own

    def _hint(self, member: Node, index: int, members: list[Node], hint: Hint) -> Hint:
        """Return what tells an inline member from the others: its tag, or a property that only it demands."""
        if member.has("$ref") or sum(_is_inline_object(one) for one in members) < 2:
            return Hint(hint.owner, hint.leaf, "", hint.fixed and len(members) == 1, hint.indirect)
        tags = [values[0] for values in self._tags_of(member).values() if len(values) == 1]
        demanded = _only_here(member, members, _demanded)
        owned = _only_here(member, members, _property_names)
        word = (tags or demanded or owned or [f"variant {index + 1}"])[0]
        return Hint(hint.owner, f"{hint.leaf} {word}".strip(), "", indirect=hint.indirect)

    # --- tags -------------------------------------------------------------------

    def _union(self, members: list[_Member], union: Union) -> Shape:
        shape = one_of([member.shape for member in members])
        models = [one for one in members_of(shape) if one != NONE]
        plain = all(isinstance(one, Ref) and one.entry.kind == "model" for one in models)
        if not isinstance(shape, UnionOf) or not plain or len(models) < 2:
            return shape
        discriminator = union.discriminator or self._inherited(members)
        if discriminator is not None:
            name = self._property(discriminator)
            told = union.discriminator is not None
            tags = self._declared(discriminator, name, members, told=told) if name else ()
        else:
            name, tags = self._inferred(members)
        base = self._default(discriminator) or next(
            (one.shape.base for one in members if isinstance(one.shape, UnionOf) and one.shape.base), None
        )
        if not name or not tags:
            return shape
        named = [*(one for _, one in tags), *([base] if base else [])]
        outside = [one for one in dict.fromkeys(named) if one not in shape.members]
        return UnionOf((*shape.members, *outside), name, tags, base)

    def _property(self, discriminator: Node) -> str | None:
        node = discriminator.value
        if isinstance(node, str) and node.strip():
            self._reader.report.warn(
                discriminator.place,
                "the discriminator is a string; it was read as its 'propertyName'",
                "Use a mapping.",
            )
            return node.strip()
        name = discriminator.text("propertyName").strip()
        if not name:
            self._reader.report.warn(discriminator.place, "the discriminator names no property; it was ignored")
        return name or None

    def _default(self, discriminator: Node | None) -> Ref | None:
        """Return the class for tags that nothing else has, which 3.2 names."""
        if discriminator is None or not discriminator.text("defaultMapping"):
            return None
        end = self._named(discriminator.child("defaultMapping"))
        shape = self._reader.component(end, _component_name(end)) if end is not None else None
        return shape if isinstance(shape, Ref) and shape.entry.kind == "model" else None

    def _inherited(self, members: list[_Member]) -> Node | None:
        """Return the discriminator of the parent that all members have."""
        ends = [self._end(one.node) for one in members if one.shape != NONE]
        for end in ends:
            self._tags_of(end)
        found = [self._parents.get(end.key) for end in ends]
        first = found[0] if found else None
        return first if first and all(one is not None and one.key == first.key for one in found) else None

    def _declared(
        self, discriminator: Node, name: str, members: list[_Member], *, told: bool
    ) -> tuple[tuple[str, Ref], ...]:
        by_end = {self._end(one.node).key: one.shape for one in members}
        tags: list[tuple[str, Ref]] = []
        reached: set[_Key] = set()
        for tag, end in self._mapping(discriminator):
            shape = by_end.get(end.key)
            if isinstance(shape, Ref):
                tags.append((tag, shape))
                reached.add(end.key)
            elif shape is None and told:
                outside = self._reader.component(end, _component_name(end))
                what = f"the tag {brief(tag)} leads to a schema that is not a member of the union"
                if isinstance(outside, Ref) and outside.entry.kind == "model":
                    tags.append((tag, outside))
                    what = f"{what}; it was read as one"
                self._reader.report.warn(discriminator.place, what)
        for one in members:
            end = self._end(one.node)
            if isinstance(one.shape, UnionOf) and one.shape.discriminator == name:
                tags.extend(one.shape.tags)
            elif isinstance(one.shape, Ref) and end.key not in reached:
                own = self._constants_of(end, name) or ((_component_name(end),) if end is not one.node else ())
                tags.extend((tag, one.shape) for tag in own)
        # A member that no tag leads to could never be read: then the shape of the data has to decide.
        named_members = {shape for one in members for shape in members_of(one.shape) if isinstance(shape, Ref)}
        return _ordered(tags) if named_members <= {named for _, named in tags} else ()

    def _mapping(self, discriminator: Node) -> list[tuple[str, Node]]:
        """Return tag and schema. A mapping names schemas by reference or by bare component name."""
        found: list[tuple[str, Node]] = []
        mapping = self._end(discriminator.child("mapping"))
        for tag, where in mapping.items():
            target = self._named(where)
            if target is not None:
                found.append((tag, target))
        return found

    def _named(self, where: Node) -> Node | None:
        """Return the schema that a discriminator names."""
        ref = where.value if isinstance(where.value, str) else ""
        target = dict(self._reader.named).get(ref)
        if target is None:
            target = self._reader.resolver.target(Node(where.file, where.pointer, {"$ref": ref}))
        return None if target is None else self._end(target)

    def _inferred(self, members: list[_Member]) -> tuple[str | None, tuple[tuple[str, Ref], ...]]:
        """Return a required property in which each member has constants that no other member has."""
        each = [self._tagged(one) for one in members if one.shape != NONE]
        for name in sorted(set(each[0]).intersection(*each[1:])):
            pairs = [pair for tagged in each for pair in tagged[name]]
            if len(pairs) == len({tag for tag, _ in pairs}):
                return name, tuple(sorted(pairs, key=lambda pair: pair[0]))
        return None, ()

    def _tagged(self, member: _Member) -> dict[str, list[tuple[str, Ref]]]:
        """Return the tags that lead to this member, or to those of its own union, by property."""
        shape = member.shape
        if isinstance(shape, UnionOf):
            return {shape.discriminator: list(shape.tags)} if shape.discriminator else {}
        if not isinstance(shape, Ref):
            return {}
        tags = self._tags_of(self._end(member.node))
        return {name: [(tag, shape) for tag in values] for name, values in tags.items()}

    def _tags_of(self, node: Node) -> dict[str, tuple[str, ...]]:
        """Return constants of the required properties of an object, by property."""
        known = self._tags.get(node.key)
        if known is not None:
            return known
        found: dict[str, tuple[str, ...]] = {}
        self._tags[node.key] = found
        flat = self._reader.flattener.flatten(node)
        if flat.discriminator is not None:
            self._parents[node.key] = flat.discriminator
        for name in flat.required & flat.properties.keys():
            alternatives = flat.properties[name]
            if len(alternatives) == 1:
                for one in alternatives[0]:
                    values = _constants(self._end(one))
                    if values:
                        found[name] = values
        return found

    def _constants_of(self, node: Node, name: str) -> tuple[str, ...]:
        """Return the values that an object can have in a property, where it may be missing, too; () if it could be any.

        What a class says itself counts before what it inherits.
        """
        alternatives = self._reader.flattener.flatten(node).properties.get(name, [])
        found = [_constants(self._end(one)) for one in alternatives[0]] if len(alternatives) == 1 else []
        return next((values for values in reversed(found) if values), ())

    # --- parents ----------------------------------------------------------------

    def with_children(self, parent: Node, shape: Ref) -> Shape:
        """Return the union of every schema that inherits from a parent with a discriminator by `allOf`.

        Beyond a couple of dozen heirs that union would say no more than the parent, which keeps what it does not know.
        """
        own_one = own_discriminator(parent)
        discriminator = own_one or self._reader.flattener.flatten(parent).discriminator
        if discriminator is None:
            return shape
        name = self._property(discriminator)
        heirs = {node.key: (child, node) for child, node in self._heirs(parent)}
        by_tag = dict(self._mapping(discriminator))
        if own_one is None:
            # The mapping of a parent names more than what inherits from this one.
            by_tag = {tag: node for tag, node in by_tag.items() if node.key in heirs or node.key == parent.key}
        for node in by_tag.values():
            heirs.setdefault(node.key, ("", node))
        heirs.pop(parent.key, None)
        if name is None or not heirs or len(heirs) > _MAX_CHILDREN:
            return shape
        tagged = {node.key for node in by_tag.values()}
        inherited = self._constants_of(parent, name)
        tags: list[tuple[str, Ref]] = []
        members: list[Shape] = []
        for child, node in [*heirs.values(), (_component_name(parent), parent)]:
            member = shape if node.key == parent.key else self._reader.component(node, _component_name(node))
            if isinstance(member, UnionOf) and member.base is not None:
                member = member.base  # its own heirs are heirs here, too
            if not isinstance(member, Ref) or member.entry.kind != "model":
                continue
            members.append(member)
            tags.extend((tag, member) for tag, end in by_tag.items() if end.key == node.key)
            if node.key not in tagged and node.key != parent.key:
                own = self._constants_of(node, name)
                # What every heir inherits tells none of them: then it is the name that OpenAPI implies.
                tags.extend((tag, member) for tag in (own if own != inherited else (child,)))
            elif node.key not in tagged:
                known = {tag for tag, _ in tags}
                own = tuple(tag for tag in inherited if tag not in known) if inherited else (child,)
                tags.extend((tag, member) for tag in own if tag not in known)
        union = one_of(members)
        if not isinstance(union, UnionOf):
            return shape
        base = self._default(discriminator) or (shape if shape in union.members else None)
        return UnionOf(union.members, name, _ordered(tags), base)

    def _heirs(self, parent: Node) -> list[tuple[str, Node]]:
        if self._children is None:
            self._children = self._index()
        found: dict[_Key, tuple[str, Node]] = {}
        waiting = [parent]
        while waiting and len(found) <= _MAX_CHILDREN:
            for name, node in self._children.get(waiting.pop().key, ()):
                if node.key not in found and node.key != parent.key:
                    found[node.key] = (name, node)
                    waiting.append(node)
        return sorted(found.values(), key=lambda item: item[0])

    def _index(self) -> dict[_Key, list[tuple[str, Node]]]:
        index: dict[_Key, list[tuple[str, Node]]] = defaultdict(list)
        for name, node in self._reader.named:
            if node.has("allOf"):
                for part in schemas(node, "allOf", self._reader.resolver, self._reader.report):
                    if part.has("$ref"):
                        index[self._end(part).key].append((name, node))
        return index


def _ordered(tags: list[tuple[str, Ref]]) -> tuple[tuple[str, Ref], ...]:
    """Return tags in an order of their own; members that share one stay in the document's."""
    return tuple(sorted(dict.fromkeys(tags), key=lambda tag: tag[0]))


def _is_odata_null(member: Node, union: Union) -> bool:
    """Return whether a member says "or null" of the references beside it. Beside other types it is an object."""
    others = [one for one in union.members if one.value != _ODATA_NULL]
    return member.value == _ODATA_NULL and bool(others) and all(one.has("$ref") for one in others)


def _is_inline_object(node: Node) -> bool:
    return not node.has("$ref") and any(node.has(key) for key in ("properties", "allOf", "oneOf", "anyOf"))


def _only_here(member: Node, members: list[Node], names: Callable[[Node], list[str]]) -> list[str]:
    others = {name for one in members if one is not member for name in names(one)}
    return [name for name in names(member) if name not in others]


def _demanded(node: Node) -> list[str]:
    required = node.get("required")
    return [name for name in required if isinstance(name, str)] if isinstance(required, list) else []


def _property_names(node: Node) -> list[str]:
    return [name for name, _ in node.child("properties").items()]


def _constants(node: Node) -> tuple[str, ...]:
    """Return the values of a tag, as text: a mapping has no other keys. True is written as in JSON."""
    const = node.get("const")
    if isinstance(const, str | bool | int | float):
        return (_tag_text(const),)
    values = node.get("enum")
    if isinstance(values, list) and 0 < len(values) <= _MAX_TAGS:
        return tuple(_tag_text(value) for value in values if isinstance(value, str | bool | int | float))
    return ()


def _tag_text(value: str | float) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _component_name(node: Node) -> str:
    return unescape(node.pointer.rpartition("/")[2])
