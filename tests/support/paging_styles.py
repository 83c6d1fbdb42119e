"""All paging styles of the vendor: their specs, and services that behave accordingly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from xcaas_core._json import JSONValue
from xcaas_core.operations._extensions import PaginationSpec, StopCondition
from xcaas_core.paging._walk import PageIterator

Key = str | int | None
ResponseSpec = tuple[JSONValue, dict[str, str]]


class Server(Protocol):
    def __call__(self, key: Key) -> ResponseSpec: ...


@dataclass
class Style:
    """One paging style: its spec, and a service that implements it."""

    name: str
    paging: PaginationSpec
    serve: type[Service]


@dataclass
class Service:
    rows: list[JSONValue]
    size: int
    keys_received: list[Key] = field(default_factory=list)

    def __call__(self, key: Key) -> ResponseSpec:
        self.keys_received.append(key)
        return self.respond(key)

    def respond(self, key: Key) -> ResponseSpec:
        raise NotImplementedError

    def page_rows(self, start: int) -> list[JSONValue]:
        return self.rows[start : start + self.size]

    @property
    def pages(self) -> int:
        return -(-len(self.rows) // self.size)


class CountHeaders(Service):
    def respond(self, key: Key) -> ResponseSpec:
        return list(self.page_rows(int(key or 0) * self.size)), {"X-Total-Pages": str(self.pages)}


class HeaderCursor(Service):
    def respond(self, key: Key) -> ResponseSpec:
        start = int(str(key)[1:]) if key else 0
        more = start + self.size < len(self.rows)
        return list(self.page_rows(start)), {"Last-Document-Id": f"d{start + self.size}"} if more else {}


class Offset(Service):
    def respond(self, key: Key) -> ResponseSpec:
        start = int(key or 0)
        last = start + self.size >= len(self.rows)
        return {"content": list(self.page_rows(start)), "pageKey": start + self.size, "lastPage": last}, {}


class Links(Service):
    def respond(self, key: Key) -> ResponseSpec:
        page = int(key or 0)
        links: list[JSONValue] = [{"rel": "prevUrl", "href": "/?p"}] if page else []
        if page + 1 < self.pages:
            links.append({"rel": "nextUrl", "href": "/?n"})
        return {"content": list(self.page_rows(page * self.size)), "links": links}, {}


class Hits(Service):
    def respond(self, key: Key) -> ResponseSpec:
        page = int(key or 1)
        return {"hits": len(self.rows), "data": list(self.page_rows((page - 1) * self.size))}, {}


class LastPage(Service):
    def respond(self, key: Key) -> ResponseSpec:
        page = int(key or 1)
        return {"rows": list(self.page_rows((page - 1) * self.size)), "last": max(self.pages, 1)}, {}


class PageObject(Service):
    def respond(self, key: Key) -> ResponseSpec:
        page = int(key or 0)
        body: dict[str, JSONValue] = {"page": {"number": page, "totalPages": self.pages}}
        if rows := self.page_rows(page * self.size):
            body["_embedded"] = {"queues": list(rows)}
        return body, {}


class NoData(Service):
    def respond(self, key: Key) -> ResponseSpec:
        start = int(str(key)[1:]) if key else 0
        rows = self.page_rows(start)
        meta: JSONValue = {
            "totalRecordCount": len(self.rows),
            "scrollId": f"s{start + self.size}" if rows else "No Data",
        }
        return {"data": list(rows), "meta": meta}, {}


class NullScroll(Service):
    def respond(self, key: Key) -> ResponseSpec:
        start = int(str(key)[1:]) if key else 0
        more = start + self.size < len(self.rows)
        return {
            "data": list(self.page_rows(start)),
            "meta": {"scrollId": f"s{start + self.size}" if more else None},
        }, {}


class HasMore(Service):
    """A service whose scroll id is the same on all pages, including the last."""

    position = 0

    def respond(self, key: Key) -> ResponseSpec:
        self.position = 0 if key is None else self.position + self.size
        more = self.position + self.size < len(self.rows)
        body: JSONValue = {
            "data": list(self.page_rows(self.position)),
            "pagination": {"hasMore": more, "nextScrollId": "scroll"},
        }
        return body, {}


class LinkHeader(Service):
    def respond(self, key: Key) -> ResponseSpec:
        start = int(str(key).rpartition("=")[2]) if key else 0
        more = start + self.size < len(self.rows)
        header = f'<https://api.test/rows?at={start + self.size}>; rel="next"' if more else '</>; rel="first"'
        return list(self.page_rows(start)), {"Link": header}


STYLES = [
    Style(
        "count headers",
        PaginationSpec(
            "page", "page", items="", last=(StopCondition(("header", "X-Total-Pages"), "page-count"),), past_end=400
        ),
        CountHeaders,
    ),
    Style(
        "header cursor",
        PaginationSpec(
            "cursor",
            "lastDocumentId",
            items="",
            next=("header", "Last-Document-Id"),
            last=(StopCondition(("header", "Last-Document-Id"), "absent"),),
        ),
        HeaderCursor,
    ),
    Style(
        "offset",
        PaginationSpec(
            "cursor",
            "pageKey",
            first=0,
            items="/content",
            next=("body", "/pageKey"),
            last=(StopCondition(("body", "/lastPage"), "equals", True),),
        ),
        Offset,
    ),
    Style(
        "links",
        PaginationSpec(
            "page", "page", items="/content", last=(StopCondition(("body", "/links"), "lacks", {"rel": "nextUrl"}),)
        ),
        Links,
    ),
    Style(
        "hits",
        PaginationSpec(
            "page",
            "/page",
            within="body",
            first=1,
            items="/data",
            last=(StopCondition(("body", "/hits"), "item-count"),),
        ),
        Hits,
    ),
    Style(
        "number of the last page",
        PaginationSpec("page", "page", first=1, items="/rows", last=(StopCondition(("body", "/last"), "last-page"),)),
        LastPage,
    ),
    Style(
        "page object",
        PaginationSpec(
            "page", "page", items="/_embedded/queues", last=(StopCondition(("body", "/page/totalPages"), "page-count"),)
        ),
        PageObject,
    ),
    Style(
        "closing word",
        PaginationSpec(
            "cursor",
            "scrollId",
            items="/data",
            next=("body", "/meta/scrollId"),
            last=(StopCondition(("body", "/meta/scrollId"), "equals", "No Data"),),
        ),
        NoData,
    ),
    Style(
        "null scroll id",
        PaginationSpec(
            "cursor",
            "scrollId",
            items="/data",
            next=("body", "/meta/scrollId"),
            last=(StopCondition(("body", "/meta/scrollId"), "absent"),),
        ),
        NullScroll,
    ),
    Style(
        "flag and constant scroll id",
        PaginationSpec(
            "cursor",
            "scrollId",
            items="/data",
            next=("body", "/pagination/nextScrollId"),
            last=(StopCondition(("body", "/pagination/hasMore"), "equals", False),),
            alone=True,
        ),
        HasMore,
    ),
    Style("link header", PaginationSpec("link", "", items="", next=("link", "next")), LinkHeader),
]


def rows(count: int) -> list[JSONValue]:
    return [{"id": number} for number in range(count)]


def drain(
    walk: PageIterator, serve: Server, *, at_most: int = 10_000, into: list[JSONValue] | None = None
) -> list[JSONValue]:
    items: list[JSONValue] = [] if into is None else into
    while not walk.done:
        assert at_most > 0, "the walk does not end"
        at_most -= 1
        assert walk.position is not None
        body, headers = serve(walk.position.key)
        page = walk.advance(body, headers, "https://api.test/rows")
        items += page.items[page.position.skip :]
    return items
