"""What OpenAPI cannot say about an operation, as data: paging, polling, downloading.

Filled from `x-xcaas-pagination`, `x-xcaas-poller` and `x-xcaas-download`, which
`specs/README.md` documents. Pointers are JSON pointers (RFC 6901) into a body;
a reference to another operation is `"module:NAME"` inside the product's package
(`"_bulk:_STATUS"`), looked up on first use.
"""

from __future__ import annotations

from collections.abc import Mapping
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
# Where a value stands in an answer: ("body", pointer), ("header", name) or ("link", relation in the Link header).
ValueLocation: TypeAlias = "tuple[Literal['body', 'header', 'link'], str]"


class StopCondition:
    """A sign that a page is the last one.

    `test`: `page-count` (so many pages lie behind), `last-page` (the page has this number), `item-count` (items so far reach it),
    `equals` (the value equals `value`), `lacks` (no object in the list holds all of `value`'s
    pairs), `absent` (nothing stands there).
    """

    __slots__ = ("spot", "test", "value")

    def __init__(
        self,
        spot: ValueLocation,
        test: Literal["page-count", "last-page", "item-count", "equals", "lacks", "absent"],
        value: JSONValue = None,
    ) -> None:
        self.spot: ValueLocation = spot
        self.test: Literal["page-count", "last-page", "item-count", "equals", "lacks", "absent"] = test
        self.value: JSONValue = value


class PaginationSpec:
    """How a list continues: `page` counts a number up, `cursor` sends back a value of the answer before,
    `link` follows an address that the answer before gave (`parameter` is empty).

    `parameter` is a wire name in the query, or a JSON pointer into the body when `within` is "body";
    `items` points to the list in the answer and `item` is the type of one element; `past_end` is the
    status that means "past the last page"; `send` holds query arguments that the walk can't do without,
    for callers who leave them out."""

    __slots__ = (
        "alone",
        "empty_ends",
        "first",
        "item",
        "items",
        "last",
        "next",
        "parameter",
        "past_end",
        "send",
        "style",
        "within",
    )

    def __init__(
        self,
        style: Literal["page", "cursor", "link"],
        parameter: str,
        *,
        items: str,
        item: str | None = None,
        within: Literal["query", "body"] = "query",
        first: int | None = None,
        next: ValueLocation | None = None,
        last: tuple[StopCondition, ...] = (),
        past_end: int | None = None,
        alone: bool = False,
        empty_ends: bool = True,
        send: Mapping[str, object] | None = None,
    ) -> None:
        self.style: Literal["page", "cursor", "link"] = style
        self.parameter: str = parameter
        self.items: str = items
        self.item: str | None = item
        self.within: Literal["query", "body"] = within
        self.first: int | None = first
        self.next: ValueLocation | None = next
        self.last: tuple[StopCondition, ...] = last
        self.past_end: int | None = past_end
        self.alone: bool = alone
        self.empty_ends: bool = empty_ends
        self.send: Mapping[str, object] = send or {}


class LinkSpec:
    """Another operation that goes with this one, called with the id in its parameter `parameter` (wire name)."""

    __slots__ = ("operation", "parameter")

    def __init__(self, operation: OperationRef, parameter: str) -> None:
        self.operation: OperationRef = operation
        self.parameter: str = parameter


class StatusLink(LinkSpec):
    """The operation that tells how far the work is, and where its answer says so.

    `partial` are those states of `done` in which part of the work was left undone.
    """

    __slots__ = ("done", "failed", "partial", "reason", "value")

    def __init__(
        self,
        operation: OperationRef,
        parameter: str,
        *,
        value: str,
        done: tuple[str, ...],
        failed: tuple[str, ...] = (),
        partial: tuple[str, ...] = (),
        reason: str | None = None,
    ) -> None:
        super().__init__(operation, parameter)
        self.value: str = value
        self.done: tuple[str, ...] = done
        self.failed: tuple[str, ...] = failed
        self.partial: tuple[str, ...] = partial
        self.reason: str | None = reason


class PollingSpec:
    """How work that goes on after the answer is followed. Times are in seconds.

    `id` is a pointer to the job's id in the start answer; without it the id is the argument that the start gave to
    the parameter of `status`. Without `result`, the last status answer is the result. `verb` and `resume` are the
    methods that callers know, beside the one that only starts the work.
    """

    __slots__ = ("cancel", "factor", "first", "id", "longest", "result", "resume", "status", "timeout", "verb")

    def __init__(
        self,
        *,
        status: StatusLink,
        id: str | None = None,
        result: LinkSpec | None = None,
        cancel: LinkSpec | None = None,
        first: float = 1.0,
        factor: float = 1.5,
        longest: float = 30.0,
        timeout: float = 3600.0,
        verb: str | None = None,
        resume: str | None = None,
    ) -> None:
        self.id: str | None = id
        self.status: StatusLink = status
        self.result: LinkSpec | None = result
        self.cancel: LinkSpec | None = cancel
        self.first: float = first
        self.factor: float = factor
        self.longest: float = longest
        self.timeout: float = timeout
        self.verb: str | None = verb
        self.resume: str | None = resume


class DownloadSpec:
    """What is known of a binary answer. The checksum stands in the answer of another operation
    (`checksum`), at the pointers `value`, `type` and `size`."""

    __slots__ = ("checksum", "filename", "ranges", "size", "type", "value")

    def __init__(
        self,
        *,
        checksum: LinkSpec | None = None,
        value: str | None = None,
        type: str | None = None,
        size: str | None = None,
        filename: str | None = None,
        ranges: bool | None = None,
    ) -> None:
        self.checksum: LinkSpec | None = checksum
        self.value: str | None = value
        self.type: str | None = type
        self.size: str | None = size
        self.filename: str | None = filename
        self.ranges: bool | None = ranges
