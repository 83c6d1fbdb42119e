"""Extensions of OpenAPI as data: paging, polling, downloading.

Filled from `x-xcaas-pagination`, `x-xcaas-poller` and `x-xcaas-download`, which
`specs/README.md` documents. Pointers are JSON pointers (RFC 6901) into a body;
references to operations are `"module:NAME"` in the product's package
(`"_bulk:_STATUS"`), resolved on first use.
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
# The location of a value in a response: ("body", pointer), ("header", name) or ("link", relation in the Link header).
ValueLocation: TypeAlias = "tuple[Literal['body', 'header', 'link'], str]"


@dataclass(slots=True, eq=False)
class StopCondition:
    """A condition under which a page is the last one.

    `test`: `page-count` (as many pages have been read), `last-page` (the page has this number), `item-count` (as many items
    have been read), `equals` (the value equals `value`), `lacks` (no object in the list contains all pairs of `value`),
    `absent` (there is no value).
    """

    location: ValueLocation
    test: Literal["page-count", "last-page", "item-count", "equals", "lacks", "absent"]
    value: JSONValue = None


@dataclass(slots=True, eq=False)
class PaginationSpec:
    """How a list is paged: `page` increments a number, `cursor` sends a value of the previous response,
    `link` follows a URL in it (`parameter` is empty; only for hand-written operations).

    `parameter` is a wire name in the query, or a JSON pointer into the body if `within` is "body";
    `items` points to the list in the response and `item` is the type of an element; `past_end` is the
    status that means "past the last page"; `send` has defaults for query parameters that paging
    needs."""

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
    """A related operation, called with an id in its parameter `parameter` (wire name)."""

    operation: OperationRef
    parameter: str


@dataclass(slots=True, eq=False)
class StatusLink(LinkSpec):
    """The operation that returns the status of a job, and where it is in the response.

    `partial` are the states among `done` in which the job is only partly completed.
    """

    _: KW_ONLY
    value: str
    done: tuple[str, ...]
    failed: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(slots=True, eq=False)
class PollingSpec:
    """How a job is polled. Times are in seconds.

    `id` is a pointer to the job's id in the start response; without it, the id is the start call's argument for the
    parameter of `status`. Without `result`, the last status response is the result. `verb` and `resume` are names of
    public methods, besides the one that only starts the job.
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
    """How a binary response is downloaded. The checksum is in the response of another operation
    (`checksum`), at the pointers `value`, `type` and `size`."""

    _: KW_ONLY
    checksum: LinkSpec | None = None
    value: str | None = None
    type: str | None = None
    size: str | None = None
    filename: str | None = None
    ranges: bool | None = None
