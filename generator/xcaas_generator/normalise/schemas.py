"""From schemas to shapes: what each place of the document holds, and which classes there are.

Places are shaped on demand and remembered, so a schema that a thousand references
lead to is read once, and a cycle ends where it meets itself. Objects get
an `Entry` at once and their fields later, from a queue: the depth of the document's
references never becomes depth of the Python stack.
"""

from __future__ import annotations

from collections import deque
from pathlib import PurePosixPath
from typing import Literal

from xcaas_generator.load.references import Resolver, Node, unescape
from xcaas_generator.normalise.enums import enum_values, type_name
from xcaas_generator.normalise.fields import extra_shape, field_drafts
from xcaas_generator.normalise.flatten import Flat, Flattener
from xcaas_generator.normalise.keywords import ANNOTATIONS, brief, finite, flag, is_demand, schemas
from xcaas_generator.normalise.naming import singular
from xcaas_generator.normalise.reader import Annotations
from xcaas_generator.normalise.scalars import scalar_shape, simple_shape
from xcaas_generator.normalise.shapes import (
    ANY,
    NONE,
    TEXT,
    UnionOf,
    Entry,
    Const,
    Hint,
    ArrayOf,
    Ref,
    Scalar,
    Shape,
    MapOf,
    one_of,
    with_null,
    without_null,
)
from xcaas_generator.normalise.unions import Unions
from xcaas_generator.report import UNFORESEEN, Report

_MAX_PROPERTIES = 5_000
_STRUCTURE = ("properties", "items", "prefixItems", "patternProperties", "enum", "const")
_Key = tuple[tuple[str, str], ...]


class Shaper:
    """One document's schemas. Fill it by asking for shapes, then call `drain`."""

    def __init__(self, resolver: Resolver, report: Report, root: Node, *, siblings: bool) -> None:
        self.resolver = resolver
        self.report = report
        self.root = root
        self.flattener = Flattener(resolver, report, siblings=siblings)
        self.annotations = Annotations(resolver)
        self.entries: list[Entry] = []
        self.siblings = siblings  # whether what stands beside `$ref` counts, as it does since 3.1
        self._unions = Unions(self)
        self._known: dict[_Key, Shape] = {}
        self._open: set[_Key] = set()
        self._queue: deque[tuple[Entry, Flat]] = deque()
        self._prefix = _common_prefix(root)

    # --- asking -------------------------------------------------------------

    def shape(self, spot: Node, hint: Hint) -> Shape:
        """What may stand where this schema applies."""
        key = (spot.key,)
        known = self._known.get(key)
        if known is not None:
            if isinstance(known, Ref) and known.entry.spot.key == spot.key:
                titled = _titled(hint, spot)
                if titled not in known.entry.hints:
                    known.entry.hints.append(titled)
            return known
        if key in self._open:
            return ANY  # a list or union that holds itself, with no class on the way to give it a name
        self._open.add(key)
        try:
            shape = self._known[key] = self._shape(spot, hint)
        finally:
            self._open.discard(key)
        if hint.fixed:
            self._name(spot, shape, hint)
        return shape

    def shape_all(self, spots: list[Node], hint: Hint) -> Shape:
        """What fits all of these schemas."""
        telling = [spot for spot in spots if not self._says_nothing(spot)] or spots[:1]
        ends = {(self.resolver.deref(spot) or spot).key for spot in telling}
        if len(telling) == 1 or len(ends) == 1:
            return self.shape(telling[0], hint)
        key = tuple(sorted(spot.key for spot in telling))
        known = self._known.get(key)
        if known is not None:
            return known
        if key in self._open:
            return ANY
        self._open.add(key)
        try:
            parts = [self.flattener.flatten(spot) for spot in telling]
            shape = self._known[key] = self.from_flat(self.flattener.merge(Flat(telling[-1]), parts), hint)
        finally:
            self._open.discard(key)
        return shape

    def component(self, spot: Node, name: str) -> Shape:
        """The shape of a named schema. One that nobody has foreseen is anything, and the rest goes on."""
        try:
            return self.shape(spot, Hint(self._plain_name(name), fixed=True))
        except UNFORESEEN as error:
            self.report.warn(
                spot.place, f"the schema can't be read ({type(error).__name__}: {error}); anything is taken"
            )
            return self._known.setdefault((spot.key,), ANY)

    def drain(self) -> None:
        """Read the fields of every class found so far, and of those that this finds."""
        while self._queue:
            entry, flat = self._queue.popleft()
            try:
                entry.fields = field_drafts(self, entry, flat)
                entry.extra = extra_shape(self, entry, flat)
            except UNFORESEEN as error:
                reason = f"{type(error).__name__}: {error}"
                self.report.warn(entry.place, f"the properties can't be read ({reason}); they are kept as data")

    # --- one schema ---------------------------------------------------------

    def _shape(self, spot: Node, hint: Hint) -> Shape:
        node = spot.value
        if not isinstance(node, dict):
            if not isinstance(node, bool):
                self.report.warn(spot.place, f"a schema is expected here, not {brief(node)}; anything is taken")
            return ANY
        simple = simple_shape(node)
        if simple is not None:
            return simple
        if self.resolver.reference(spot) is not None and not (self.siblings and _has_structure(spot)):
            return self._referenced(spot, hint)
        if "allOf" in node:
            alone = self._only_part(spot)
            if alone is not None and not (hint.fixed and self._is_parent(alone)):
                shape = self.shape(alone, _titled(hint, spot))
                return with_null(shape) if flag(spot, "nullable", self.report) else shape
        flat = self.flattener.flatten(spot)
        shape = self.from_flat(flat, _titled(hint, spot))
        if isinstance(shape, Ref) and spot.has("discriminator") and not flat.unions:
            self._known[(spot.key,)] = shape
            return self._unions.with_children(spot, shape)
        return shape

    def _name(self, spot: Node, shape: Shape, hint: Hint) -> None:
        """A component that is a union, or another component's class with notes, has a name, too."""
        inner = without_null(shape)
        if spot.has("$ref") or self._hint_of(spot, hint) != hint:
            return
        if isinstance(inner, UnionOf) or (isinstance(inner, Ref) and inner.entry.spot.key != spot.key):
            entry = self._declare(Flat(spot), hint, "union")
            entry.shape = inner

    def _referenced(self, spot: Node, hint: Hint) -> Shape:
        if _has_structure(spot):
            ignored = ", ".join(key for key in sorted(_structure_keys(spot)))
            self.report.warn(spot.place, f"OpenAPI 3.0 ignores what stands beside $ref; so was {ignored}", "Use allOf.")
        target = self.resolver.target(spot)
        if target is None or self.resolver.deref(spot) is None:
            return ANY
        shape = self.shape(target, self._hint_of(target, hint))
        return with_null(shape) if flag(spot, "nullable", self.report) else shape

    def _only_part(self, spot: Node) -> Node | None:
        """The part of an `allOf` that says everything, if the rest are notes on it."""
        if _has_structure(spot) or spot.get("required") or isinstance(spot.get("additionalProperties"), dict):
            return None
        telling = [part for part in schemas(spot, "allOf", self.report) if not self._says_nothing(part)]
        return telling[0] if len(telling) == 1 else None

    def _is_parent(self, spot: Node) -> bool:
        """Whether this is told from its heirs by a discriminator. Even an heir that adds nothing is a class then."""
        end = self.resolver.deref(spot)
        return end is not None and end.has("discriminator") and not (end.has("oneOf") or end.has("anyOf"))

    def _says_nothing(self, spot: Node) -> bool:
        node = spot.value
        if not isinstance(node, dict):
            return True
        return all(
            key in ANNOTATIONS or key.startswith("x-") or (key == "type" and node[key] == "object") for key in node
        )

    def _hint_of(self, target: Node, hint: Hint) -> Hint:
        """The name that a referenced schema has by where it stands; a component keeps its own."""
        tokens = [unescape(token) for token in target.pointer.split("/")[1:]]
        if len(tokens) == 3 and tokens[:2] == ["components", "schemas"]:
            return Hint(self._plain_name(tokens[2]), fixed=True)
        if not tokens:
            return Hint(PurePosixPath(target.file.label).stem, fixed=True)
        if len(tokens) <= 2 and (len(tokens) == 1 or tokens[0] in ("definitions", "schemas", "$defs")):
            return Hint(tokens[-1], fixed=True)
        if "$defs" in tokens or "definitions" in tokens:
            return Hint(hint.owner, tokens[-1], tokens[-1], indirect=True)
        words = [token for token in tokens[1:] if token not in _FILLERS]
        return Hint(" ".join(words[:-1][-2:]) or hint.owner, words[-1] if words else hint.leaf, indirect=True)

    def _plain_name(self, name: str) -> str:
        return name.strip().removeprefix(self._prefix)

    # --- from what applies to what it is --------------------------------------

    def from_flat(self, flat: Flat, hint: Hint) -> Shape:
        shape = self._from_flat(flat, hint)
        return with_null(shape) if flat.null else shape

    def _from_flat(self, flat: Flat, hint: Hint) -> Shape:
        # A member of a parent's union that inherits from this parent is not that union again.
        flat.unions = [union for union in flat.unions if not self._unions.holds(union, flat.parts)]
        if flat.const is not None:
            value = flat.const.value
            if value is None:
                return NONE
            if not isinstance(value, dict | list) and finite(value):
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
        values, null = enum_values(flat, self.report)
        if values is None:
            return None
        if not values:
            return NONE
        if all(isinstance(value, bool) for value in values):
            shape: Shape = Scalar("bool")
        else:
            shape = Ref(self._declare(flat, hint, "enum"))
            shape.entry.values = values
        return with_null(shape) if null else shape

    def _of_type(self, name: str, flat: Flat, hint: Hint) -> Shape:
        if name == "object":
            return self._object(flat, hint)
        if name == "array":
            return self._array(flat, hint)
        return scalar_shape(name, flat.form, flat.media, flat.encoding)

    def _array(self, flat: Flat, hint: Hint) -> Shape:
        inner = Hint(hint.owner, singular(hint.leaf), singular(hint.title) if hint.title else "")
        if flat.tuple_items:
            rest = [self.shape(spot, inner) for spot in flat.items]
            return ArrayOf(one_of([*(self.shape(spot, inner) for spot in flat.tuple_items), *rest]))
        if flat.enums:
            # `enum` beside `type: array` was meant for the items.
            self.report.warn(flat.enums[0].place, "the enum stands beside the array; it was read as its items'")
            shape = self._enum(Flat(flat.enums[0], ["string"], enums=flat.enums), inner)
            return ArrayOf(shape or TEXT)
        return ArrayOf(self.shape_all(flat.items, inner) if flat.items else ANY)

    def _object(self, flat: Flat, hint: Hint) -> Shape:
        if len(flat.properties) > _MAX_PROPERTIES:
            self.report.warn(flat.spot.place, f"more than {_MAX_PROPERTIES:,} properties; the object was read as a map")
            return MapOf(ANY)
        if flat.properties or (flat.closed and not flat.extra):
            entry = self._declare(flat, hint, "model")
            entry.closed = flat.closed
            entry.error = tuple(sorted(flat.error.items()))
            entry.example = self.annotations.example([flat.spot])
            self._queue.append((entry, flat))
            return Ref(entry)
        inner = Hint(hint.owner, singular(hint.leaf) if hint.leaf else "value")
        return MapOf(one_of([self.shape(spot, inner) for spot in flat.extra]))

    def _declare(self, flat: Flat, hint: Hint, kind: Literal["model", "enum", "union"]) -> Entry:
        spot = flat.spot
        doc = self.annotations.text([spot], "description")
        entry = Entry(spot, [hint], kind, spot.text("title").strip(), doc, spot.get("deprecated") is True)
        self.entries.append(entry)
        return entry


_FILLERS = frozenset(
    ("properties", "schema", "schemas", "content", "items", "components", "allOf", "oneOf", "anyOf", "paths", "0")
)


def _structure_keys(spot: Node) -> list[str]:
    """Keywords that make a schema more than a reference or a scalar with notes."""
    found = [key for key in _STRUCTURE if spot.get(key)]
    for key in ("oneOf", "anyOf"):
        members = spot.get(key)
        if isinstance(members, list) and any(not is_demand(member) for member in members):
            found.append(key)
    return found + (["allOf"] if spot.has("$ref") and spot.has("allOf") else [])


def _has_structure(spot: Node) -> bool:
    if not isinstance(spot.value, dict):
        return False
    return bool(_structure_keys(spot)) or (spot.has("$ref") and bool(spot.get("required")))


def _titled(hint: Hint, spot: Node) -> Hint:
    title = spot.text("title").strip()
    return Hint(hint.owner, hint.leaf, title, hint.fixed, hint.indirect) if title and not hint.fixed else hint


def _common_prefix(root: Node) -> str:
    """What all dotted names of components start with (`io.k8s.`), which says nothing about any of them."""
    schemas_ = root.child("components").child("schemas")
    names = [name.split(".") for name in schemas_.value if "." in name] if isinstance(schemas_.value, dict) else []
    if len(names) < 3:
        return ""
    first, last = min(names), max(names)
    common = 0
    while common < min(len(first), len(last)) - 1 and first[common] == last[common]:
        common += 1
    prefix = "".join(part + "." for part in first[:common])
    plain = {name.removeprefix(prefix) for name in schemas_.value} if isinstance(schemas_.value, dict) else set[str]()
    return prefix if isinstance(schemas_.value, dict) and len(plain) == len(schemas_.value) else ""
