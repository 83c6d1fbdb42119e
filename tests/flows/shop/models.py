"""Models of the shop."""

from __future__ import annotations

from xcaas_core.models import Model, field, model


@model
class Row(Model):
    """One item of a list."""

    id: int = field("id", "int")


@model
class Query(Model):
    """What rows to look for."""

    text: str = field("text", "str")
    page: int | None = field("page", "int", default=None)


@model
class Job(Model):
    """How a job stands."""

    id: str | None = field("id", "str", default=None)
    status: str = field("status", "str")
    message: str | None = field("message", "json", default=None)


@model
class Thing(Model):
    """What is known of a file."""

    checksum: str | None = field("checksum", "str", default=None)
    checksum_type: str | None = field("checksumType", "str", default=None)
    size: int | None = field("size", "int", default=None)


@model
class Tree(Model):
    """Something that contains itself, by choice and by force."""

    children: list[Tree] | None = field("children", "[Tree]", default=None)
    parent: Tree = field("parent", "Tree")
