"""What OpenAPI cannot say about an operation, as data: paging, polling, downloading.

Filled from `x-xcaas-pagination`, `x-xcaas-poller` and `x-xcaas-download`, which
`specs/README.md` documents. Pointers are JSON pointers (RFC 6901) into a body;
a reference to another operation is `"module:NAME"` inside the product's package
(`"_bulk:_STATUS"`), looked up on first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from .._json import JSONValue

__all__ = [
    "DownloadSpec",
    "LinkSpec",
    "OperationRef",
    "PaginationSpec",
    "PollingSpec",
    "StatusLink",
    "StopCondition",
    "ValueLocation",
]

OperationRef: TypeAlias = str
# Where a value stands in a response: ("body", pointer), ("header", name) or ("link", relation in the Link header).
ValueLocation: TypeAlias = "tuple[Literal['body', 'header', 'link'], str]"


@dataclass(slots=True, eq=False)
class StopCondition:
    """A sign that a page is the last one.

    `test`: `page-count` (so many pages lie behind), `last-page` (the page has this number), `item-count` (items so far reach it),
    `equals` (the value equals `value`), `lacks` (no object in the list holds all of `value`'s
    pairs), `absent` (nothing stands there).
    """

    spot: ValueLocation
    test: Literal["page-count", "last-page", "item-count", "equals", "lacks", "absent"]
    value: JSONValue = None


@dataclass(slots=True, eq=False)
class PaginationSpec:
    """How a list continues: `page` counts a number up, `cursor` sends back a value of the response before,
    `link` follows an address that the response before gave (`parameter` is empty; only for operations that are written by
    hand, documents cannot say it).

    `parameter` is a wire name in the query, or a JSON pointer into the body when `within` is "body";
    `items` points to the list in the response and `item` is the type of one element; `past_end` is the
    status that means "past the last page"; `send` holds query arguments that the walk can't do without,
    for callers who leave them out."""

    style: Literal["page", "cursor", "link"]
    parameter: str
    _: KW_ONLY
    items: str
    item: str | None = None
    within: Literal["query", "body"] = "query"
    first: int | None = None
    next: ValueLocation | None = None
    last: tuple[StopCondition, ...] = ()
    past_end: int | None = None
    alone: bool = False
    empty_ends: bool = True
    send: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(slots=True, eq=False)
class LinkSpec:
    """Another operation that goes with this one, called with the id in its parameter `parameter` (wire name)."""

    operation: OperationRef
    parameter: str


@dataclass(slots=True, eq=False)
class StatusLink(LinkSpec):
    """The operation that tells how far the work is, and where its response says so.

    `partial` are those states of `done` in which part of the work was left undone.
    """

    _: KW_ONLY
    value: str
    done: tuple[str, ...]
    failed: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(slots=True, eq=False)
class PollingSpec:
    """How work that goes on after the response is followed. Times are in seconds.

    `id` is a pointer to the job's id in the start response; without it the id is the argument that the start gave to
    the parameter of `status`. Without `result`, the last status response is the result. `verb` and `resume` are the
    methods that callers know, beside the one that only starts the work.
    """

    _: KW_ONLY
    status: StatusLink
    id: str | None = None
    result: LinkSpec | None = None
    cancel: LinkSpec | None = None
    first: float = 1.0
    factor: float = 1.5
    longest: float = 30.0
    timeout: float = 3600.0
    verb: str | None = None
    resume: str | None = None


@dataclass(slots=True, eq=False)
class DownloadSpec:
    """What is known of a binary response. The checksum stands in the response of another operation
    (`checksum`), at the pointers `value`, `type` and `size`."""

    _: KW_ONLY
    checksum: LinkSpec | None = None
    value: str | None = None
    type: str | None = None
    size: str | None = None
    filename: str | None = None
    ranges: bool | None = None
