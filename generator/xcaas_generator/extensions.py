"""Nodes of the IR for `x-xcaas-*` keys: pages, jobs, files, slices, harmless repeats, rate limits.

specs/README.md describes the keys. `declared` is a key's value as the document has it, for the manifest.
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
    """Where a response holds a value: a JSON pointer into the body, a header's name, or a link's relation."""

    where: Literal["body", "header", "link"]
    name: str


@dataclass(frozen=True, slots=True)
class StopCondition:
    """What the last page shows. `value` belongs to `equals` and `lacks`."""

    location: ValueLocation
    test: StopTest
    value: JSON = None


@dataclass(frozen=True, slots=True)
class Pagination:
    """How to walk over the pages of a list. `items` is a JSON pointer, `next` where the next cursor stands."""

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
    """An operation to call afterwards, and the parameter that takes what the first one gave."""

    operation: str
    parameter: str


@dataclass(frozen=True, slots=True)
class StatusLink:
    """How far the work is: `value` points to the state, `partial` are those ends that leave something undone."""

    call: FollowUp
    value: str
    done: tuple[str, ...]
    failed: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Poller:
    """How to follow work that an operation starts. Times are seconds, `verb` and `resume` names of methods."""

    verb: str
    id: str | None  # JSON pointer into the response; None where the start is told the id
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
        """The operations that follow the work, each a call of its own."""
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
    """A response that is a file. `ranges` is None where nobody knows whether a part of it can be asked for."""

    checksum: Checksum | None = None
    filename: str | None = None
    ranges: bool | None = None


@dataclass(frozen=True, slots=True)
class RowsOf:
    """A list that has to be made before it is read: `id` points to what the other operation wants to know."""

    call: FollowUp
    id: str


@dataclass(frozen=True, slots=True)
class Slices:
    """How a list is cut into pieces that can be read apart from each other.

    The window is two parameters, `start` and `end`, or a condition on `field` in the parameter `filter`. `key` and
    `time` are JSON pointers into an item; `longest` is in seconds.
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
    """Whether a repeat does no harm."""

    safe: bool


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most so many calls in so many seconds."""

    calls: int
    per: float
