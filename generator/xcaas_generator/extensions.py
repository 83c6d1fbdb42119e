"""Nodes of the IR for `x-xcaas-*` keys: pagination, pollers, downloads, slices, retries, rate limits.

specs/README.md describes the keys. `declared` is the value of a key in the document, for the manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from xcaas_generator.source import JSON, SourceLocation

__all__ = [
    "Checksum",
    "Download",
    "FollowUp",
    "Pagination",
    "Poller",
    "RateLimit",
    "Retry",
    "RowsOf",
    "Slices",
    "StatusLink",
    "StopCondition",
    "StopTest",
    "ValueLocation",
]

StopTest: TypeAlias = Literal["page-count", "last-page", "item-count", "equals", "lacks", "absent"]


@dataclass(frozen=True, slots=True)
class ValueLocation:
    """Where a value is in a response: a JSON pointer into the body, the name of a header, or the relation of a link."""

    where: Literal["body", "header", "link"]
    name: str


@dataclass(frozen=True, slots=True)
class StopCondition:
    """How to recognise the last page. `value` is for `equals` and `lacks`."""

    location: ValueLocation
    test: StopTest
    value: JSON = None


@dataclass(frozen=True, slots=True)
class Pagination:
    """How to iterate over the pages of a list. `items` is a JSON pointer, `next` the location of the next cursor."""

    place: SourceLocation
    style: Literal["page", "cursor"]
    parameter: str
    items: str
    within: Literal["query", "body"] = "query"
    size: str | None = None
    first: int | None = None
    next: ValueLocation | None = None
    last: tuple[StopCondition, ...] = ()
    past_end: int | None = None
    alone: bool = False
    empty_ends: bool = True
    send: dict[str, JSON] | None = None
    declared: JSON = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An operation to call next, and its parameter for a value of the first response."""

    operation: str
    parameter: str


@dataclass(frozen=True, slots=True)
class StatusLink:
    """How to get the status of a job: `value` points to its state, `partial` are final states of incomplete jobs."""

    call: FollowUp
    value: str
    done: tuple[str, ...]
    failed: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Poller:
    """How to follow a job that an operation starts. Times are in seconds; `verb` and `resume` are names of methods."""

    verb: str
    id: str | None  # JSON pointer into the response; None if the caller passes the id
    status: StatusLink
    resume: str | None = None
    result: FollowUp | None = None
    cancel: FollowUp | None = None
    first: float | None = None
    factor: float | None = None
    longest: float | None = None
    timeout: float | None = None
    declared: JSON = None

    @property
    def calls(self) -> tuple[FollowUp, ...]:
        """The operations that are called to follow the job."""
        return tuple(call for call in (self.status.call, self.result, self.cancel) if call is not None)


@dataclass(frozen=True, slots=True)
class Checksum:
    """An operation that describes a file, with JSON pointers into its response."""

    call: FollowUp
    value: str | None = None
    type: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A response that is a file. `ranges` is whether range requests are supported; None if that is unknown."""

    checksum: Checksum | None = None
    filename: str | None = None
    ranges: bool | None = None


@dataclass(frozen=True, slots=True)
class RowsOf:
    """A list whose rows another operation returns: `id` points to the value for that operation."""

    call: FollowUp
    id: str


@dataclass(frozen=True, slots=True)
class Slices:
    """How a list is divided into slices that can be read independently.

    A time window is either two parameters, `start` and `end`, or a condition on `field` in the parameter `filter`.
    `key` and `time` are JSON pointers into an item; `longest` is in seconds.
    """

    place: SourceLocation
    start: str | None = None
    end: str | None = None
    zone: str | None = None
    filter: str | None = None
    field: str | None = None
    longest: int | None = None
    partition: str | None = None
    key: str | None = None
    time: str | None = None
    total: str | None = None
    count: str | None = None
    rows: RowsOf | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Whether it is safe to repeat a call."""

    safe: bool


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `calls` calls in `per` seconds."""

    calls: int
    per: float
