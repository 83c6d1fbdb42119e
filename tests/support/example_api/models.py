"""Models of the shop."""

from __future__ import annotations

from xcaas_core.models import JSONValue, Model, field, model


@model
class Row(Model):
    """One item of a list."""

    id: int = field("id")


@model
class Query(Model):
    """What rows to look for."""

    text: str = field("text")
    page: int | None = field("page", default=None)


@model
class Job(Model):
    """How a job stands."""

    id: str | None = field("id", default=None)
    status: str = field("status")
    message: JSONValue = field("message", default=None, nullable=True)


@model
class Thing(Model):
    """What is known of a file."""

    checksum: str | None = field("checksum", default=None)
    checksum_type: str | None = field("checksumType", default=None)
    size: int | None = field("size", default=None)


@model
class Tree(Model):
    """Something that contains itself, by choice and by force."""

    children: list[Tree] | None = field("children", default=None)
    parent: Tree = field("parent")
