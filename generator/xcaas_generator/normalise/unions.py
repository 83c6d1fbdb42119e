"""`oneOf`, `anyOf` and parents with a discriminator.

Each member is merged with the keywords beside the union, such as common properties or a second union. Members that only
require properties of their parent are no types, and are left out. Tags come from the discriminator or, without one,
from a property in which each member has a constant of its own.
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

# OData documents write "or null" like this beside a reference.
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

    def has_member_in(self, union: Union, parts: set[_Key]) -> bool:
        """Return whether a member of the union is among `parts`."""
        return any(self._resolve(member).key in parts for member in union.members)

    def shape(self, flat: Flat, hint: Hint) -> Shape:
        base = copy(flat)
        base.unions = []
        if any(_is_odata_null(member, union) for union in flat.unions for member in union.members):
            flat.nullable = True
        unions = [(union, self._types_in(union)) for union in flat.unions if not are_bounds(union.members, base.types)]
        unions = [(union, members) for union, members in unions if members]
        if not unions:
            return self._reader.from_flat(base, hint)
        if len(unions) == 1 and not base.is_structured:
            union, members = unions[0]
            union_members = [
                _Member(member, self._reader.shape(member, self._hint(member, index, members, hint)))
                for index, member in enumerate(members)
            ]
            return self._union(union_members, union)
        combinations = list(product(*(members for _, members in unions)))
        if len(combinations) > _MAX_COMBINATIONS or self._foldable(base, unions):
            return self._reader.from_flat(self._folded(base, unions), hint)
        first = next(members for _, members in unions)
        union_members = [
            _Member(members[0], self._merged(base, members, self._hint(members[0], index, first, hint)))
            for index, members in enumerate(combinations)
        ]
        return self._union(union_members, unions[0][0])

    # --- members ----------------------------------------------------------------

    def _resolve(self, node: Node) -> Node:
        return self._reader.resolver.deref(node) or node

    def _types_in(self, union: Union) -> list[Node]:
        """Return the members that are types, not just requirements on the object around them."""
        return [
            member
            for member in union.members
            if not is_demand(member.value) and member.value is not False and not _is_odata_null(member, union)
        ]

    def _merged(self, base: Flat, members: tuple[Node, ...], hint: Hint) -> Shape:
        parts = [self._reader.flattener.flatten(member) for member in members]
        if len(members) == 1:
            part = parts[0]
            is_covered = base.properties.keys() <= part.properties.keys() and base.required <= part.required
            is_other_type = part.types is not None and base.types is not None and not set(part.types) & set(base.types)
            if (is_covered and not (base.enums or base.const or base.items or base.tuple_items)) or is_other_type:
                return self._reader.shape(members[0], hint)
        target = self._resolve(members[0])
        leaf = hint.leaf if target is members[0] else f"{hint.leaf} {_component_name(target)}".strip()
        merged = self._reader.flattener.merge(Flat(members[-1]), [base, *parts])
        return self._reader.from_flat(merged, Hint(hint.owner, leaf, hint.title))

    def _foldable(self, base: Flat, unions: list[tuple[Union, list[Node]]]) -> bool:
        """Return whether members are unnamed variants of one object, better represented by one class."""
        return bool(base.properties) and all(
            union.discriminator is None
            and all(isinstance(member.value, dict) and "properties" in member.value for member in members)
            and not any(member.text("title") or member.has("$ref") for member in members)
            for union, members in unions
        )

    def _folded(self, base: Flat, unions: list[tuple[Union, list[Node]]]) -> Flat:
        folded = copy(base)
        folded.properties, folded.required = dict(base.properties), set(base.required)
        for _, members in unions:
            parts = [self._reader.flattener.flatten(member) for member in members]
            for part in parts:
                for name, alternatives in part.properties.items():
                    if name not in base.properties:
                        existing = folded.properties.get(name, [])
                        folded.properties[name] = existing + [nodes for nodes in alternatives if nodes not in existing]
            folded.required |= set[str].intersection(*(part.required for part in parts))
            folded.types = folded.types or next((part.types for part in parts if part.types), None)
        return folded

    def _hint(self, member: Node, index: int, members: list[Node], hint: Hint) -> Hint:
        """Return the hint for a member; of an inline one, with its tag, or a property that only it requires or has."""
        if member.has("$ref") or sum(_is_inline_object(other) for other in members) < 2:
            return Hint(hint.owner, hint.leaf, "", hint.fixed and len(members) == 1, hint.indirect)
        tags = [values[0] for values in self._constants_by_property(member).values() if len(values) == 1]
        unique_required = _unique_names(member, members, _required_names)
        unique_properties = _unique_names(member, members, _property_names)
        word = (tags or unique_required or unique_properties or [f"variant {index + 1}"])[0]
        return Hint(hint.owner, f"{hint.leaf} {word}".strip(), "", indirect=hint.indirect)

    # --- tags -------------------------------------------------------------------

    def _union(self, members: list[_Member], union: Union) -> Shape:
        shape = one_of([member.shape for member in members])
        models = [model for model in members_of(shape) if model != NONE]
        only_models = all(isinstance(model, Ref) and model.entry.kind == "model" for model in models)
        if not isinstance(shape, UnionOf) or not only_models or len(models) < 2:
            return shape
        discriminator = union.discriminator or self._common_discriminator(members)
        if discriminator is not None:
            name = self._property_of(discriminator)
            is_own = union.discriminator is not None
            tags = self._declared_tags(discriminator, name, members, is_own=is_own) if name else ()
        else:
            name, tags = self._inferred_tags(members)
        base = self._default_class(discriminator) or next(
            (model.shape.base for model in members if isinstance(model.shape, UnionOf) and model.shape.base), None
        )
        if not name or not tags:
            return shape
        referenced = [*(model for _, model in tags), *([base] if base else [])]
        additional = [model for model in dict.fromkeys(referenced) if model not in shape.members]
        return UnionOf((*shape.members, *additional), name, tags, base)

    def _property_of(self, discriminator: Node) -> str | None:
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

    def _default_class(self, discriminator: Node | None) -> Ref | None:
        """Return the class for unknown tags, `defaultMapping` of OpenAPI 3.2."""
        if discriminator is None or not discriminator.text("defaultMapping"):
            return None
        schema = self._schema_at(discriminator.child("defaultMapping"))
        shape = self._reader.component(schema, _component_name(schema)) if schema is not None else None
        return shape if isinstance(shape, Ref) and shape.entry.kind == "model" else None

    def _common_discriminator(self, members: list[_Member]) -> Node | None:
        """Return the discriminator of the common parent of all members, if they have one."""
        targets = [self._resolve(member.node) for member in members if member.shape != NONE]
        for target in targets:
            self._constants_by_property(target)
        parents = [self._parents.get(target.key) for target in targets]
        first = parents[0] if parents else None
        return first if first and all(parent is not None and parent.key == first.key for parent in parents) else None

    def _declared_tags(
        self, discriminator: Node, name: str, members: list[_Member], *, is_own: bool
    ) -> tuple[tuple[str, Ref], ...]:
        shapes = {self._resolve(member.node).key: member.shape for member in members}
        tags: list[tuple[str, Ref]] = []
        reached: set[_Key] = set()
        for tag, schema in self._mapped_schemas(discriminator):
            shape = shapes.get(schema.key)
            if isinstance(shape, Ref):
                tags.append((tag, shape))
                reached.add(schema.key)
            elif shape is None and is_own:
                outside = self._reader.component(schema, _component_name(schema))
                message = f"the tag {brief(tag)} leads to a schema that is not a member of the union"
                if isinstance(outside, Ref) and outside.entry.kind == "model":
                    tags.append((tag, outside))
                    message = f"{message}; it was read as one"
                self._reader.report.warn(discriminator.place, message)
        for member in members:
            schema = self._resolve(member.node)
            if isinstance(member.shape, UnionOf) and member.shape.discriminator == name:
                tags.extend(member.shape.tags)
            elif isinstance(member.shape, Ref) and schema.key not in reached:
                constants = self._constants_of(schema, name) or (
                    (_component_name(schema),) if schema is not member.node else ()
                )
                tags.extend((tag, member.shape) for tag in constants)
        # A member without a tag could never be read; without tags, the shape of the data decides.
        named_members = {shape for member in members for shape in members_of(member.shape) if isinstance(shape, Ref)}
        return _sorted_tags(tags) if named_members <= {shape for _, shape in tags} else ()

    def _mapped_schemas(self, discriminator: Node) -> list[tuple[str, Node]]:
        """Return tags and schemas. A mapping names schemas by reference or by component name."""
        result: list[tuple[str, Node]] = []
        mapping = self._resolve(discriminator.child("mapping"))
        for tag, name in mapping.items():
            target = self._schema_at(name)
            if target is not None:
                result.append((tag, target))
        return result

    def _schema_at(self, name: Node) -> Node | None:
        """Return the schema that a value in a discriminator names."""
        ref = name.value if isinstance(name.value, str) else ""
        target = dict(self._reader.named).get(ref)
        if target is None:
            target = self._reader.resolver.target(Node(name.file, name.pointer, {"$ref": ref}))
        return None if target is None else self._resolve(target)

    def _inferred_tags(self, members: list[_Member]) -> tuple[str | None, tuple[tuple[str, Ref], ...]]:
        """Return a required property in which each member has unique constants, with its tags."""
        by_member = [self._tags_by_property(member) for member in members if member.shape != NONE]
        for name in sorted(set(by_member[0]).intersection(*by_member[1:])):
            pairs = [pair for tags in by_member for pair in tags[name]]
            if len(pairs) == len({tag for tag, _ in pairs}):
                return name, tuple(sorted(pairs, key=lambda pair: pair[0]))
        return None, ()

    def _tags_by_property(self, member: _Member) -> dict[str, list[tuple[str, Ref]]]:
        """Return the tags of this member, or of the members of its union, by property."""
        shape = member.shape
        if isinstance(shape, UnionOf):
            return {shape.discriminator: list(shape.tags)} if shape.discriminator else {}
        if not isinstance(shape, Ref):
            return {}
        tags = self._constants_by_property(self._resolve(member.node))
        return {name: [(tag, shape) for tag in values] for name, values in tags.items()}

    def _constants_by_property(self, node: Node) -> dict[str, tuple[str, ...]]:
        """Return the constants of an object's required properties, by property."""
        cached = self._tags.get(node.key)
        if cached is not None:
            return cached
        constants: dict[str, tuple[str, ...]] = {}
        self._tags[node.key] = constants
        flat = self._reader.flattener.flatten(node)
        if flat.discriminator is not None:
            self._parents[node.key] = flat.discriminator
        for name in flat.required & flat.properties.keys():
            alternatives = flat.properties[name]
            if len(alternatives) == 1:
                for schema in alternatives[0]:
                    values = _constants(self._resolve(schema))
                    if values:
                        constants[name] = values
        return constants

    def _constants_of(self, node: Node, name: str) -> tuple[str, ...]:
        """Return the allowed values of a property, required or not; () if any value is allowed.

        A class's own definition takes precedence over inherited ones.
        """
        alternatives = self._reader.flattener.flatten(node).properties.get(name, [])
        candidates = [_constants(self._resolve(schema)) for schema in alternatives[0]] if len(alternatives) == 1 else []
        return next((values for values in reversed(candidates) if values), ())

    # --- parents ----------------------------------------------------------------

    def with_children(self, parent: Node, shape: Ref) -> Shape:
        """Return the union of a parent with a discriminator and all schemas that inherit from it by `allOf`.

        With more than `_MAX_CHILDREN` of them, return the parent alone, which keeps unknown properties.
        """
        declared = own_discriminator(parent)
        discriminator = declared or self._reader.flattener.flatten(parent).discriminator
        if discriminator is None:
            return shape
        name = self._property_of(discriminator)
        children = {node.key: (child, node) for child, node in self._descendants(parent)}
        by_tag = dict(self._mapped_schemas(discriminator))
        if declared is None:
            # An inherited mapping may name schemas that do not inherit from this one.
            by_tag = {tag: node for tag, node in by_tag.items() if node.key in children or node.key == parent.key}
        for node in by_tag.values():
            children.setdefault(node.key, ("", node))
        children.pop(parent.key, None)
        if name is None or not children or len(children) > _MAX_CHILDREN:
            return shape
        tagged = {node.key for node in by_tag.values()}
        inherited = self._constants_of(parent, name)
        tags: list[tuple[str, Ref]] = []
        members: list[Shape] = []
        for child, node in [*children.values(), (_component_name(parent), parent)]:
            member = shape if node.key == parent.key else self._reader.component(node, _component_name(node))
            if isinstance(member, UnionOf) and member.base is not None:
                member = member.base  # its own children are included, too
            if not isinstance(member, Ref) or member.entry.kind != "model":
                continue
            members.append(member)
            tags.extend((tag, member) for tag, target in by_tag.items() if target.key == node.key)
            if node.key not in tagged and node.key != parent.key:
                own = self._constants_of(node, name)
                # Constants that all children inherit are no tags: the component's name is, as OpenAPI says.
                tags.extend((tag, member) for tag in (own if own != inherited else (child,)))
            elif node.key not in tagged:
                present = {tag for tag, _ in tags}
                own = tuple(tag for tag in inherited if tag not in present) if inherited else (child,)
                tags.extend((tag, member) for tag in own if tag not in present)
        union = one_of(members)
        if not isinstance(union, UnionOf):
            return shape
        base = self._default_class(discriminator) or (shape if shape in union.members else None)
        return UnionOf(union.members, name, _sorted_tags(tags), base)

    def _descendants(self, parent: Node) -> list[tuple[str, Node]]:
        if self._children is None:
            self._children = self._index_children()
        descendants: dict[_Key, tuple[str, Node]] = {}
        pending = [parent]
        while pending and len(descendants) <= _MAX_CHILDREN:
            for name, node in self._children.get(pending.pop().key, ()):
                if node.key not in descendants and node.key != parent.key:
                    descendants[node.key] = (name, node)
                    pending.append(node)
        return sorted(descendants.values(), key=lambda item: item[0])

    def _index_children(self) -> dict[_Key, list[tuple[str, Node]]]:
        index: dict[_Key, list[tuple[str, Node]]] = defaultdict(list)
        for name, node in self._reader.named:
            if node.has("allOf"):
                for part in schemas(node, "allOf", self._reader.resolver, self._reader.report):
                    if part.has("$ref"):
                        index[self._resolve(part).key].append((name, node))
        return index


def _sorted_tags(tags: list[tuple[str, Ref]]) -> tuple[tuple[str, Ref], ...]:
    """Return the tags sorted; members that share one keep the order of the document."""
    return tuple(sorted(dict.fromkeys(tags), key=lambda tag: tag[0]))


def _is_odata_null(member: Node, union: Union) -> bool:
    """Return whether a member means "or null" beside references. Beside other types it is an object."""
    others = [other for other in union.members if other.value != _ODATA_NULL]
    return member.value == _ODATA_NULL and bool(others) and all(other.has("$ref") for other in others)


def _is_inline_object(node: Node) -> bool:
    return not node.has("$ref") and any(node.has(key) for key in ("properties", "allOf", "oneOf", "anyOf"))


def _unique_names(member: Node, members: list[Node], names: Callable[[Node], list[str]]) -> list[str]:
    others = {name for other in members if other is not member for name in names(other)}
    return [name for name in names(member) if name not in others]


def _required_names(node: Node) -> list[str]:
    required = node.get("required")
    return [name for name in required if isinstance(name, str)] if isinstance(required, list) else []


def _property_names(node: Node) -> list[str]:
    return [name for name, _ in node.child("properties").items()]


def _constants(node: Node) -> tuple[str, ...]:
    """Return the constants of a schema as strings, as tags are; true is spelled as in JSON."""
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
