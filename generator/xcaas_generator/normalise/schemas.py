"""Conversion of schemas to shapes, and the classes that these need.

Schemas are converted on demand and cached, so each is read once, however often it is referenced, and cycles end.
Objects get an `Entry` at once, but their fields later, from a queue: long chains of references do not use up the
Python stack.
"""

from __future__ import annotations

from collections import deque
from pathlib import PurePosixPath
from typing import Literal

from xcaas_generator.load.nodes import Node, unescape
from xcaas_generator.load.references import Resolver
from xcaas_generator.normalise.enums import compound_types, enum_values, type_name
from xcaas_generator.normalise.fields import extra_shape, field_drafts
from xcaas_generator.normalise.flatten import Flat, Flattener
from xcaas_generator.normalise.keywords import (
    ANNOTATIONS,
    brief,
    flag,
    is_demand,
    is_finite,
    own_discriminator,
    schemas,
)
from xcaas_generator.normalise.naming import singular
from xcaas_generator.normalise.reader import Annotations
from xcaas_generator.normalise.scalars import scalar_shape, simple_shape
from xcaas_generator.normalise.shapes import (
    ANY,
    NONE,
    TEXT,
    ArrayOf,
    Const,
    Entry,
    Hint,
    MapOf,
    Ref,
    Scalar,
    Shape,
    UnionOf,
    one_of,
    with_null,
    without_null,
)
from xcaas_generator.normalise.unions import Unions
from xcaas_generator.report import UNEXPECTED_ERRORS, Report

_MAX_PROPERTIES = 5_000
_STRUCTURE = ("properties", "items", "prefixItems", "patternProperties", "enum", "const")
_Key = tuple[tuple[str, str], ...]


class Shaper:
    """Converts the schemas of a document. After all calls of `shape`, call `drain`."""

    def __init__(self, resolver: Resolver, report: Report, root: Node, *, siblings: bool) -> None:
        self.resolver = resolver
        self.report = report
        self.flattener = Flattener(resolver, report, siblings=siblings)
        self.annotations = Annotations(resolver)
        self.entries: list[Entry] = []
        self.siblings = siblings  # whether keywords beside `$ref` apply, as they do since OpenAPI 3.1
        self._unions = Unions(self)
        self._cache: dict[_Key, Shape] = {}
        self._in_progress: set[_Key] = set()
        self._queue: deque[tuple[Entry, Flat]] = deque()
        self.named = resolver.section(root, "schemas")
        self._prefix = _common_prefix([name for name, _ in self.named])

    # --- lookup -------------------------------------------------------------

    def shape(self, node: Node, hint: Hint) -> Shape:
        """Return the shape of a schema."""
        key = (node.key,)
        cached = self._cache.get(key)
        if cached is not None:
            if isinstance(cached, Ref) and cached.entry.node.key == node.key:
                new_hint = _with_title(hint, node)
                if new_hint not in cached.entry.hints:
                    cached.entry.hints.append(new_hint)
            return cached
        if key in self._in_progress:
            self.resolver.circular = True
            return ANY  # a list or union that contains itself, without a class in between
        self._in_progress.add(key)
        try:
            shape = self._cache[key] = self._shape(node, hint)
        finally:
            self._in_progress.discard(key)
        if hint.fixed:
            self._name_component(node, shape, hint)
        return shape

    def shape_all(self, nodes: list[Node], hint: Hint) -> Shape:
        """Return the shape of values that match all of these schemas."""
        constraining = [node for node in nodes if not self._is_unconstrained(node)] or nodes[:1]
        ends = {(self.resolver.deref(node) or node).key for node in constraining}
        if len(constraining) == 1 or len(ends) == 1:
            return self.shape(constraining[0], hint)
        key = tuple(sorted(node.key for node in constraining))
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        if key in self._in_progress:
            return ANY
        self._in_progress.add(key)
        try:
            parts = [self.flattener.flatten(node) for node in constraining]
            shape = self._cache[key] = self.from_flat(self.flattener.merge(Flat(constraining[-1]), parts), hint)
        finally:
            self._in_progress.discard(key)
        return shape

    def component(self, node: Node, name: str) -> Shape:
        """Return the shape of a named schema; any value if there is an unexpected error."""
        try:
            return self.shape(node, Hint(self._plain_name(name), fixed=True))
        except UNEXPECTED_ERRORS as error:
            self.report.warn(
                node.place, f"the schema can't be read ({type(error).__name__}: {error}); any value is accepted"
            )
            return self._cache.setdefault((node.key,), ANY)

    def drain(self) -> None:
        """Read the fields of all classes, including those found while doing so."""
        while self._queue:
            entry, flat = self._queue.popleft()
            try:
                entry.fields = field_drafts(self, entry, flat)
                entry.extra = extra_shape(self, entry, flat)
            except UNEXPECTED_ERRORS as error:
                reason = f"{type(error).__name__}: {error}"
                self.report.warn(entry.place, f"the properties can't be read ({reason}); they are kept as data")

    # --- one schema ---------------------------------------------------------

    def _shape(self, node: Node, hint: Hint) -> Shape:
        schema = node.value
        if not isinstance(schema, dict):
            if not isinstance(schema, bool):
                self.report.warn(node.place, f"a schema is expected here, not {brief(schema)}; any value is accepted")
            return ANY
        simple = simple_shape(schema)
        if simple is not None:
            return simple
        if self.resolver.reference(node) is not None and not (self.siblings and _has_structure(node)):
            return self._from_reference(node, hint)
        if "allOf" in schema:
            only_part = self._only_part(node)
            if only_part is not None and not (hint.fixed and self._is_parent(only_part)):
                shape = self.shape(only_part, _with_title(hint, node))
                return with_null(shape) if flag(node, "nullable", self.report) else shape
        flat = self.flattener.flatten(node)
        shape = self.from_flat(flat, _with_title(hint, node))
        if isinstance(shape, Ref) and not flat.unions and flat.discriminator is not None:
            self._cache[(node.key,)] = shape
            return self._unions.with_children(node, shape)
        return shape

    def _name_component(self, node: Node, shape: Shape, hint: Hint) -> None:
        """Declare a name for a component that is a union, or another component with annotations."""
        inner = without_null(shape)
        if isinstance(inner, Ref) and hint in inner.entry.hints:
            return
        if node.has("$ref") or self._hint_of(node, hint) != hint:
            return
        if isinstance(inner, UnionOf) or (isinstance(inner, Ref) and inner.entry.node.key != node.key):
            entry = self._declare(Flat(node), hint, "union")
            entry.shape = inner

    def _from_reference(self, node: Node, hint: Hint) -> Shape:
        if _has_structure(node):
            ignored = ", ".join(key for key in sorted(_structure_keys(node)))
            self.report.warn(node.place, f"OpenAPI 3.0 ignores what stands beside $ref; so was {ignored}", "Use allOf.")
        target = self.resolver.target(node)
        if target is None or self.resolver.deref(node) is None:
            return ANY
        shape = self.shape(target, self._hint_of(target, hint))
        return with_null(shape) if flag(node, "nullable", self.report) else shape

    def _only_part(self, node: Node) -> Node | None:
        """Return the only part of an `allOf` with constraints, if there is just one."""
        if _has_structure(node) or node.get("required") or isinstance(node.get("additionalProperties"), dict):
            return None
        constraining = [
            part for part in schemas(node, "allOf", self.resolver, self.report) if not self._is_unconstrained(part)
        ]
        return constraining[0] if len(constraining) == 1 else None

    def _is_parent(self, node: Node) -> bool:
        """Return whether this is a parent with a discriminator. Its children need classes even if they add nothing."""
        target = self.resolver.deref(node)
        return (
            target is not None
            and own_discriminator(target) is not None
            and not (target.has("oneOf") or target.has("anyOf"))
        )

    def _is_unconstrained(self, node: Node) -> bool:
        schema = node.value
        if not isinstance(schema, dict):
            return True
        return all(
            key in ANNOTATIONS or key.startswith("x-") or (key == "type" and schema[key] == "object") for key in schema
        )

    def _hint_of(self, target: Node, hint: Hint) -> Hint:
        """Return the hint for a referenced schema, from its location; a component keeps its name."""
        if target.scope:  # a generic schema, completed by the reference
            return hint
        tokens = [unescape(token) for token in target.pointer.split("/")[1:]]
        if len(tokens) == 3 and tokens[:2] == ["components", "schemas"]:
            return Hint(self._plain_name(tokens[2]), fixed=True)
        if not tokens:
            return Hint(PurePosixPath(target.file.label).stem, fixed=True)
        if len(tokens) <= 2 and (len(tokens) == 1 or tokens[0] in ("definitions", "schemas", "$defs")):
            return Hint(tokens[-1], fixed=True)
        if "$defs" in tokens or "definitions" in tokens:
            return Hint(hint.owner, tokens[-1], tokens[-1], indirect=True)
        words = [token for token in tokens[1:] if token not in _STRUCTURAL_TOKENS]
        return Hint(" ".join(words[:-1][-2:]) or hint.owner, words[-1] if words else hint.leaf, indirect=True)

    def _plain_name(self, name: str) -> str:
        return name.strip().removeprefix(self._prefix)

    # --- from flat schemas to shapes -------------------------------------------

    def from_flat(self, flat: Flat, hint: Hint) -> Shape:
        shape = self._from_flat(flat, hint)
        return with_null(shape) if flat.nullable else shape

    def _from_flat(self, flat: Flat, hint: Hint) -> Shape:
        # A member of its parent's union does not inherit that union.
        flat.unions = [union for union in flat.unions if not self._unions.has_member_in(union, flat.parts)]
        if flat.const is not None:
            value = flat.const.value
            if value is None:
                return NONE
            if not isinstance(value, dict | list) and is_finite(value):
                return Const(value, type_name(value))
        if flat.enums and flat.types != ["array"]:
            shape = self._enum(flat, hint)
            if shape is not None:
                return shape
        if flat.unions:
            return self._unions.shape(flat, hint)
        if flat.types is None:
            return ANY
        if not flat.types:
            return NONE
        return one_of([self._of_type(name, flat, hint) for name in flat.types])

    def _enum(self, flat: Flat, hint: Hint) -> Shape | None:
        values, allows_null = enum_values(flat, self.report)
        if values is None:
            return None
        shapes = [self._of_type(name, flat, hint) for name in compound_types(flat)]
        if values and all(isinstance(value, bool) for value in values):
            shapes.append(Scalar("bool"))
        elif values:
            entry = self._declare(flat, hint, "enum")
            entry.values = values
            shapes.append(Ref(entry))
        if not shapes:
            return NONE
        return with_null(one_of(shapes)) if allows_null else one_of(shapes)

    def _of_type(self, name: str, flat: Flat, hint: Hint) -> Shape:
        if name == "object":
            return self._object(flat, hint)
        if name == "array":
            return self._array(flat, hint)
        return scalar_shape(name, flat.format, flat.media, flat.encoding)

    def _array(self, flat: Flat, hint: Hint) -> Shape:
        inner = Hint(hint.owner, singular(hint.leaf), singular(hint.title) if hint.title else "")
        if flat.tuple_items:
            rest = [self.shape(node, inner) for node in flat.items]
            return ArrayOf(one_of([*(self.shape(node, inner) for node in flat.tuple_items), *rest]))
        if flat.enums and not compound_types(flat):
            # An `enum` beside `type: array` is assumed to be of the items.
            self.report.warn(flat.enums[0].place, "the enum stands beside the array; it was read as its items'")
            types = next(
                (items_schema.types for items_schema in map(self.flattener.flatten, flat.items) if items_schema.types),
                ["string"],
            )
            shape = self._enum(Flat(flat.enums[0], types, enums=flat.enums), inner)
            return ArrayOf(shape or TEXT)
        return ArrayOf(self.shape_all(flat.items, inner) if flat.items else ANY)

    def _object(self, flat: Flat, hint: Hint) -> Shape:
        if len(flat.properties) > _MAX_PROPERTIES:
            self.report.warn(flat.node.place, f"more than {_MAX_PROPERTIES:,} properties; the object was read as a map")
            return MapOf(ANY)
        if flat.properties or (flat.closed and not flat.extra):
            entry = self._declare(flat, hint, "model")
            entry.closed = flat.closed
            entry.patterned = flat.patterned and not flat.closed
            entry.error = tuple(sorted(flat.error.items()))
            entry.example = self.annotations.example([flat.node])
            self._queue.append((entry, flat))
            return Ref(entry)
        inner = Hint(hint.owner, singular(hint.leaf) if hint.leaf else "value")
        return MapOf(one_of([self.shape(node, inner) for node in flat.extra]))

    def _declare(self, flat: Flat, hint: Hint, kind: Literal["model", "enum", "union"]) -> Entry:
        node = flat.node
        doc = self.annotations.text([node], "description")
        entry = Entry(node, [hint], kind, node.text("title").strip(), doc, node.get("deprecated") is True)
        self.entries.append(entry)
        return entry


_STRUCTURAL_TOKENS = frozenset(
    ("properties", "schema", "schemas", "content", "items", "components", "allOf", "oneOf", "anyOf", "paths", "0")
)


def _structure_keys(node: Node) -> list[str]:
    """Return the keywords that make a schema more than a reference or an annotated scalar."""
    present = [key for key in _STRUCTURE if node.get(key)]
    for key in ("oneOf", "anyOf"):
        members = node.get(key)
        if isinstance(members, list) and any(not is_demand(member) for member in members):
            present.append(key)
    return present + (["allOf"] if node.has("$ref") and node.has("allOf") else [])


def _has_structure(node: Node) -> bool:
    if not isinstance(node.value, dict):
        return False
    return bool(_structure_keys(node)) or (node.has("$ref") and bool(node.get("required")))


def _with_title(hint: Hint, node: Node) -> Hint:
    title = node.text("title").strip()
    return Hint(hint.owner, hint.leaf, title, hint.fixed, hint.indirect) if title and not hint.fixed else hint


def _common_prefix(names: list[str]) -> str:
    """Return the common prefix of all dotted names of components, such as `io.k8s.`."""
    dotted = [name.split(".") for name in names if "." in name]
    if len(dotted) < 3:
        return ""
    first, last = min(dotted), max(dotted)
    common = 0
    while common < min(len(first), len(last)) - 1 and first[common] == last[common]:
        common += 1
    prefix = "".join(part + "." for part in first[:common])
    return prefix if len({name.removeprefix(prefix) for name in names}) == len(names) else ""
