"""Models with all kinds of fields, which resolve each other in this module."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from xcaas_core.models import Discriminator, Format, JSONValue, Model, UnknownModel, extra, field, model


@model
class Plain(Model):
    """One optional field of each scalar type."""

    text: str | None = field("text", default=None)
    whole: int | None = field("whole", default=None)
    real: float | None = field("real", default=None)
    flag: bool | None = field("flag", default=None)
    whole_text: Annotated[int, Format("text")] | None = field("wholeText", default=None)
    real_text: Annotated[float, Format("text")] | None = field("realText", default=None)
    data: bytes | None = field("data", default=None)
    key: uuid.UUID | None = field("key", default=None)
    day: dt.date | None = field("day", default=None)
    moment: dt.datetime | None = field("moment", default=None)
    utc: Annotated[dt.datetime, Format("date-time-utc-naive")] | None = field("utc", default=None)
    millis: Annotated[dt.datetime, Format("epoch-milliseconds")] | None = field("millis", default=None)


@model
class Needy(Model):
    """Required fields."""

    id: str = field("id")
    note: str | None = field("note")
    sizes: list[int] = field("sizes")


@model
class Patch(Model):
    """Fields that are optional and nullable."""

    name: str | None = field("name", default=None, nullable=True)
    age: int | None = field("age", default=None, nullable=True)
    tags: list[str] | None = field("tags", default=None, nullable=True)
    anything: JSONValue = field("anything", default=None, nullable=True)
    when: dt.datetime | None = field("when", default=None, nullable=True)


@model
class Circle(Model):
    """An optional property with one value only."""

    kind: Literal["circle"] | None = field("kind", default="circle")
    radius: float = field("r")


@model
class Node(Model):
    """A model that contains itself, directly and in containers."""

    name: str | None = field("name", default=None)
    next: Node | None = field("next", default=None)
    children: list[Node] | None = field("children", default=None)
    by_name: dict[str, Node] | None = field("by~name/x", default=None)
    rows: list[list[Node]] | None = field("rows", default=None)


@model
class Cat(Model):
    kind: Literal["cat"] | None = field("kind", default=None)
    lives: int | None = field("lives", default=None)


@model
class Dog(Model):
    kind: Literal["dog"] | None = field("kind", default=None)
    tricks: list[str] | None = field("tricks", default=None)


@model
class Owner(Model):
    """Unions with a discriminator."""

    pet: Annotated[Cat | Dog | UnknownModel, Discriminator("kind", ("cat", Cat), ("dog", Dog))] | None = field(
        "pet", default=None
    )
    pets: list[Annotated[Cat | Dog | UnknownModel, Discriminator("kind", ("cat", Cat), ("dog", Dog))]] | None = field(
        "pets", default=None
    )


@model
class Square(Model):
    side: float = field("side")


@model
class Box(Model):
    side: float = field("side")
    height: float = field("height")
    label: str | None = field("label", default=None)


@model
class Loose(Model):
    """Unions without a discriminator."""

    shape: Square | Box | None = field("shape", default=None)
    size: int | str | None = field("size", default=None)
    when: dt.datetime | str | None = field("when", default=None)
    many: Square | list[Square] | None = field("many", default=None)
    maybe: Box | None = field("maybe", default=None, nullable=True)


@model
class Branch(Model):
    """Recursive unions."""

    down: Branch | Square | None = field("down", default=None)
    rest: Counters | Box | None = field("rest", default=None)
    kids: list[Branch] | dict[str, Branch] | None = field("kids", default=None)
    pet: Owner | Cat | None = field("pet", default=None)
    tag: str | int | None = field("tag", default=None)


@model
class Counters(Model):
    """Additional properties of one type."""

    total: int | None = field("total", default=None)
    additional_properties: dict[str, Square] = extra(factory=dict)


@model
class Puppy(Dog):
    """A model that extends another one."""

    weeks: int | None = field("weeks", default=None)


@model
class And(Model):
    args: list[And | Or] | None = field("args", default=None)
    op: Literal["and"] | str = field("op")


@model
class Or(Model):
    args: list[And | Or] | None = field("args", default=None)
    op: Literal["or"] | str = field("op")
