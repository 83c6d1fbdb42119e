"""Models of the shop."""

from __future__ import annotations

from xcaas_core.models import JSONValue, Model, field, model


@model
class Row(Model):
    """One item of a list."""

    id: int = field("id")


@model
class Query(Model):
    """The query of a search."""

    text: str = field("text")
    page: int | None = field("page", default=None)


@model
class Job(Model):
    """The status of a job."""

    id: str | None = field("id", default=None)
    status: str = field("status")
    message: JSONValue = field("message", default=None, nullable=True)


@model
class Thing(Model):
    """The description of a file."""

    checksum: str | None = field("checksum", default=None)
    checksum_type: str | None = field("checksumType", default=None)
    size: int | None = field("size", default=None)


@model
class Tree(Model):
    """A recursive model, in an optional and a required field."""

    children: list[Tree] | None = field("children", default=None)
    parent: Tree = field("parent")
