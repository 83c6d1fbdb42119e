"""Models with every kind of field, for tests. They find each other in this module."""

from __future__ import annotations

import datetime as dt
import uuid

from xcaas_core.models import JSONValue, Model, UnknownModel, extra, field, model


@model
class Plain(Model):
    """One field of each plain kind, all optional."""

    text: str | None = field("text", "str", default=None)
    whole: int | None = field("whole", "int", default=None)
    real: float | None = field("real", "float", default=None)
    flag: bool | None = field("flag", "bool", default=None)
    whole_text: int | None = field("wholeText", "int:text", default=None)
    real_text: float | None = field("realText", "float:text", default=None)
    data: bytes | None = field("data", "bytes", default=None)
    key: uuid.UUID | None = field("key", "uuid", default=None)
    day: dt.date | None = field("day", "date", default=None)
    moment: dt.datetime | None = field("moment", "datetime", default=None)
    utc: dt.datetime | None = field("utc", "datetime:utc-naive", default=None)
    millis: dt.datetime | None = field("millis", "datetime:epoch-milliseconds", default=None)


@model
class Needy(Model):
    """Fields that must be there."""

    id: str = field("id", "str")
    note: str | None = field("note", "str?")
    sizes: list[int] = field("sizes", "[int]")


@model
class Patch(Model):
    """Fields that may be absent and may be null, which is not the same."""

    name: str | None = field("name", "str?", default=None)
    age: int | None = field("age", "int?", default=None)
    tags: list[str] | None = field("tags", "[str]?", default=None)
    anything: JSONValue = field("anything", "json", default=None)
    when: dt.datetime | None = field("when", "datetime?", default=None)


@model
class Node(Model):
    """Holds itself, in every way there is."""

    name: str | None = field("name", "str", default=None)
    next: Node | None = field("next", "Node", default=None)
    children: list[Node] | None = field("children", "[Node]", default=None)
    by_name: dict[str, Node] | None = field("by~name/x", "{Node}", default=None)
    rows: list[list[Node]] | None = field("rows", "[[Node]]", default=None)


@model
class Cat(Model):
    kind: str | None = field("kind", '="cat"', default=None)
    lives: int | None = field("lives", "int", default=None)


@model
class Dog(Model):
    kind: str | None = field("kind", '="dog"', default=None)
    tricks: list[str] | None = field("tricks", "[str]", default=None)


@model
class Owner(Model):
    """Unions with a discriminator."""

    pet: Cat | Dog | UnknownModel | None = field("pet", "Cat|Dog@kind(cat=Cat,dog=Dog)", default=None)
    pets: list[Cat | Dog | UnknownModel] | None = field("pets", "[Cat|Dog@kind(cat=Cat,dog=Dog)]", default=None)


@model
class Square(Model):
    side: float = field("side", "float")


@model
class Box(Model):
    side: float = field("side", "float")
    height: float = field("height", "float")
    label: str | None = field("label", "str", default=None)


@model
class Loose(Model):
    """Unions without one."""

    shape: Square | Box | None = field("shape", "Square|Box", default=None)
    size: int | str | None = field("size", "int|str", default=None)
    when: dt.datetime | str | None = field("when", "datetime|str", default=None)
    many: Square | list[Square] | None = field("many", "Square|[Square]", default=None)
    maybe: Box | None = field("maybe", "(Box|none)", default=None)


@model
class Branch(Model):
    """A union that holds itself."""

    down: Branch | Square | None = field("down", "Branch|Square", default=None)
    rest: Counters | Box | None = field("rest", "Counters|Box", default=None)
    kids: list[Branch] | dict[str, Branch] | None = field("kids", "[Branch]|{Branch}", default=None)
    pet: Owner | Cat | None = field("pet", "Owner|Cat", default=None)
    tag: str | int | None = field("tag", "(int?|str)", default=None)


@model
class Counters(Model):
    """Additional properties of one type."""

    total: int | None = field("total", "int", default=None)
    additional_properties: dict[str, Square] = extra("Square", factory=dict)


@model
class Puppy(Dog):
    """A model that adds to another one."""

    weeks: int | None = field("weeks", "int", default=None)
