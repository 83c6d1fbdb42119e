"""Shapes: types of values, before classes have names.

Shapes are compared by value, so equal schemas give equal shapes. Only entries, which become classes, are compared by
identity, until naming merges equal ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from xcaas_generator.ir import JSON, SourceLocation
from xcaas_generator.load.nodes import Node

Kind: TypeAlias = Literal["str", "int", "float", "bool", "none", "bytes", "any"]
Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    kind: Kind
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Const:
    """A `const`. The name of its type distinguishes 1, 1.0 and True, which compare equal."""

    value: Value
    type: str


@dataclass(frozen=True, slots=True)
class ArrayOf:
    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    value: Shape


@dataclass(frozen=True, slots=True)
class Ref:
    entry: Entry


@dataclass(frozen=True, slots=True)
class UnionOf:
    """A union. With a discriminator, `tags` has pairs of a tag and a member, of which several may share a tag; `base` is
    for unknown tags."""

    members: tuple[Shape, ...]
    discriminator: str | None = None
    tags: tuple[tuple[str, Ref], ...] = ()
    base: Ref | None = None


Shape: TypeAlias = Scalar | Const | ArrayOf | MapOf | Ref | UnionOf

ANY = Scalar("any")
NONE = Scalar("none")
TEXT = Scalar("str")
BYTES = Scalar("bytes", "binary")


@dataclass(frozen=True, slots=True)
class Hint:
    """The location of a schema, in words, for naming its class.

    `owner` is the class that contains it, or a string such as an operation's id; `leaf` the property or role; `title`
    the title in the spec.
    """

    owner: Entry | str
    leaf: str = ""
    title: str = ""
    fixed: bool = False  # a component, which keeps its name; named before inline schemas
    indirect: bool = False  # from a reference to it, not from its own location


@dataclass(slots=True)
class FieldDraft:
    wire: str
    name: str
    shape: Shape
    required: bool
    node: Node
    doc: str = ""
    default: JSON = None
    has_default: bool = False
    example: JSON = None
    limits: tuple[tuple[str, JSON], ...] = ()
    read_only: bool = False
    write_only: bool = False
    deprecated: bool = False


@dataclass(slots=True, eq=False)
class Entry:
    """A future model, enum or union. Filled in step by step, and named last."""

    node: Node
    hints: list[Hint]
    kind: Literal["model", "enum", "union"]
    title: str = ""
    doc: str = ""
    deprecated: bool = False
    name: str = ""
    same_as: Entry | None = None
    values: tuple[Value, ...] = ()
    shape: Shape | None = None  # of a union
    fields: list[FieldDraft] = field(default_factory=list[FieldDraft])
    extra: Shape | None = None
    closed: bool = False
    patterned: bool = False  # `extra` is for names of a pattern; the values of others may be anything
    example: JSON = None
    error: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> SourceLocation:
        return self.node.place

    @property
    def fixed(self) -> bool:
        return any(hint.fixed for hint in self.hints)

    def final(self) -> Entry:
        """Return the entry that this one was merged into, or itself."""
        entry = self
        while entry.same_as is not None:
            entry = entry.same_as
        return entry


def members_of(shape: Shape) -> tuple[Shape, ...]:
    return shape.members if isinstance(shape, UnionOf) else (shape,)


def is_nullable(shape: Shape) -> bool:
    return NONE in members_of(shape)


def without_null(shape: Shape) -> Shape:
    """Return `shape` without null; null alone is unchanged."""
    if not isinstance(shape, UnionOf) or NONE not in shape.members:
        return shape
    rest = tuple(member for member in shape.members if member != NONE)
    return rest[0] if len(rest) == 1 else replace(shape, members=rest)


def with_null(shape: Shape) -> Shape:
    if shape == ANY or is_nullable(shape):
        return shape
    if isinstance(shape, UnionOf):
        return replace(shape, members=(*shape.members, NONE))
    return UnionOf((shape, NONE))


def one_of(shapes: list[Shape]) -> Shape:
    """Return a simplified union: flat, without duplicates; any value if a member is any value."""
    flat: list[Shape] = []
    discriminated: UnionOf | None = None
    for shape in shapes:
        if isinstance(shape, UnionOf) and shape.discriminator is not None:
            rest = [other for other in shapes if other is not shape and other != NONE]
            discriminated = discriminated if rest else discriminated or shape
        flat.extend(members_of(shape))
    distinct = list(dict.fromkeys(flat))
    if ANY in distinct:
        return ANY
    # Enums are open, and accept any value of their type, so the bare type beside one is redundant.
    if any(
        isinstance(shape, Ref) and shape.entry.kind == "enum" and _is_string_enum(shape.entry) for shape in distinct
    ):
        distinct = [shape for shape in distinct if shape != TEXT]
    if not distinct:
        return ANY
    if len(distinct) == 1:
        return distinct[0]
    return UnionOf(tuple(distinct)) if discriminated is None else replace(discriminated, members=tuple(distinct))


def _is_string_enum(entry: Entry) -> bool:
    return all(isinstance(value, str) for value in entry.values)


def entries_in(shape: Shape) -> Iterator[Entry]:
    """Yield the entries that a shape refers to directly."""
    if isinstance(shape, Ref):
        yield shape.entry
    elif isinstance(shape, ArrayOf):
        yield from entries_in(shape.item)
    elif isinstance(shape, MapOf):
        yield from entries_in(shape.value)
    elif isinstance(shape, UnionOf):
        for member in shape.members:
            yield from entries_in(member)


def is_compound(shape: Shape) -> bool:
    """Return whether values need a structured format such as JSON."""
    if isinstance(shape, UnionOf):
        return any(is_compound(member) for member in shape.members)
    return isinstance(shape, ArrayOf | MapOf) or (isinstance(shape, Ref) and shape.entry.kind == "model")
