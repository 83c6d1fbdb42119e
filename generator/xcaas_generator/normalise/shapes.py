"""What a schema comes down to, before classes have names.

Shapes are compared by value, so equal schemas give equal shapes; only what gets a
class of its own (an `Entry`) is compared by identity, until naming shares equal ones.
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
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Const:
    """A `const`. Its type tells 1, 1.0 and True apart, which compare equal."""

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
    """One of several. `tags` (with `discriminator`) lead from a tag's value to a member, or to each of those that share
    it; `base` stands for values that no tag has."""

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
    """Where a schema stands, in words, for the name of its class.

    `owner` is the class it belongs to (or, at the top, a fixed text such as an
    operation's id), `leaf` the property or role, `title` what the spec calls it.
    """

    owner: Entry | str
    leaf: str = ""
    title: str = ""
    fixed: bool = False  # a component: its own name, before anything inline is named
    indirect: bool = False  # from where it is referenced, not from where it stands


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
    """A name to be: of a model, an enum or a union. Filled in step by step, named last."""

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
    example: JSON = None
    error: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> SourceLocation:
        return self.node.place

    @property
    def fixed(self) -> bool:
        return any(hint.fixed for hint in self.hints)

    def final(self) -> Entry:
        """Return the entry that stands for this one after equal ones were shared."""
        entry = self
        while entry.same_as is not None:
            entry = entry.same_as
        return entry


def members_of(shape: Shape) -> tuple[Shape, ...]:
    return shape.members if isinstance(shape, UnionOf) else (shape,)


def nullable(shape: Shape) -> bool:
    return NONE in members_of(shape)


def without_null(shape: Shape) -> Shape:
    """Return `shape` less null. What is only null stays."""
    if not isinstance(shape, UnionOf) or NONE not in shape.members:
        return shape
    rest = tuple(member for member in shape.members if member != NONE)
    return rest[0] if len(rest) == 1 else replace(shape, members=rest)


def with_null(shape: Shape) -> Shape:
    if shape == ANY or nullable(shape):
        return shape
    if isinstance(shape, UnionOf):
        return replace(shape, members=(*shape.members, NONE))
    return UnionOf((shape, NONE))


def one_of(shapes: list[Shape]) -> Shape:
    """Return a union, simplified: flat, without repeats, anything if one member is anything."""
    flat: list[Shape] = []
    told: UnionOf | None = None
    for shape in shapes:
        if isinstance(shape, UnionOf) and shape.discriminator is not None:
            rest = [other for other in shapes if other is not shape and other != NONE]
            told = told if rest else told or shape
        flat.extend(members_of(shape))
    distinct = list(dict.fromkeys(flat))
    if ANY in distinct:
        return ANY
    # An enum is open: it takes any value of its type, so the bare type beside it says nothing more.
    if any(isinstance(shape, Ref) and shape.entry.kind == "enum" and _textual(shape.entry) for shape in distinct):
        distinct = [shape for shape in distinct if shape != TEXT]
    if not distinct:
        return ANY
    if len(distinct) == 1:
        return distinct[0]
    return UnionOf(tuple(distinct)) if told is None else replace(told, members=tuple(distinct))


def _textual(entry: Entry) -> bool:
    return all(isinstance(value, str) for value in entry.values)


def entries_in(shape: Shape) -> Iterator[Entry]:
    """Yield the classes that a shape refers to directly."""
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
    """Return whether only a structured format can carry it."""
    if isinstance(shape, UnionOf):
        return any(is_compound(member) for member in shape.members)
    return isinstance(shape, ArrayOf | MapOf) or (isinstance(shape, Ref) and shape.entry.kind == "model")
