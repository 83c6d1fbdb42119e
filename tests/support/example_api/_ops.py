"""Operations of the shop, as generated."""

from __future__ import annotations

from typing import Final

from xcaas_core.sdk import (
    DownloadSpec,
    LinkSpec,
    Operation,
    PaginationSpec,
    PollingSpec,
    Product,
    Server,
    StatusLink,
    StopCondition,
    binary_response,
    json_body,
    json_error,
    json_response,
    path,
    query,
)

PRODUCT: Final = Product(
    "shop", title="Shop", servers=(Server("https://api.test/shop/v1"),), schemes={}, package="tests.support.example_api"
)
_ERRORS: Final = {"default": json_error(message="/message")}

LIST: Final[Operation[object]] = Operation(
    PRODUCT,
    "listRows",
    "GET",
    "/rows",
    call="shop.rows.list",
    parameters=(query("page", "int"), query("size", "int"), query("filter")),
    responses={"200": json_response("list[_models.Row]")},
    errors=_ERRORS,
    paging=PaginationSpec(
        "page",
        "page",
        items="",
        item="_models.Row",
        last=(StopCondition(("header", "X-Total-Pages"), "page-count"),),
        past_end=400,
    ),
)
SCROLL: Final[Operation[object]] = Operation(
    PRODUCT,
    "scrollRows",
    "GET",
    "/scroll",
    call="shop.rows.scroll",
    parameters=(query("filter"), query("scrollId")),
    responses={"200": json_response("JSONValue")},
    errors=_ERRORS,
    paging=PaginationSpec(
        "cursor",
        "scrollId",
        items="/data",
        item="_models.Row",
        next=("body", "/next"),
        last=(StopCondition(("body", "/more"), "equals", False),),
        alone=True,
    ),
)
SEARCH: Final[Operation[object]] = Operation(
    PRODUCT,
    "searchRows",
    "POST",
    "/search",
    call="shop.rows.search",
    body=json_body(annotation="_models.Query"),
    responses={"200": json_response("JSONValue")},
    errors=_ERRORS,
    retry=True,
    paging=PaginationSpec(
        "page", "/page", within="body", first=1, items="/data", last=(StopCondition(("body", "/hits"), "item-count"),)
    ),
)
LINKED: Final[Operation[object]] = Operation(
    PRODUCT,
    "linkedRows",
    "GET",
    "/linked",
    call="shop.rows.linked",
    parameters=(query("filter"),),
    responses={"200": json_response("list[_models.Row]")},
    errors=_ERRORS,
    paging=PaginationSpec("link", "", items="", item="_models.Row", next=("link", "next")),
)

_STATUS_LINK: Final = StatusLink(
    "_ops:STATUS",
    "jobId",
    value="/status",
    done=("DONE", "PARTIAL_DONE"),
    failed=("FAILED", "CANCELLED"),
    partial=("PARTIAL_DONE",),
    reason="/message",
)
START: Final[Operation[object]] = Operation(
    PRODUCT,
    "startJob",
    "POST",
    "/{tenant}/jobs",
    call="shop.jobs.start",
    parameters=(path("tenant"),),
    body=json_body(annotation="list[str]"),
    responses={"202": json_response("_models.Job")},
    errors=_ERRORS,
    poller=PollingSpec(
        id="/id",
        status=_STATUS_LINK,
        result=LinkSpec("_ops:FETCH", "jobId"),
        cancel=LinkSpec("_ops:CANCEL", "jobId"),
        first=2.0,
        factor=2.0,
        longest=10.0,
        timeout=100.0,
        verb="pack",
        resume="resume_pack",
    ),
)
RUN: Final[Operation[object]] = Operation(
    PRODUCT,
    "runJob",
    "POST",
    "/{tenant}/runs",
    call="shop.jobs.run",
    parameters=(path("tenant"),),
    responses={"202": json_response("_models.Job")},
    errors=_ERRORS,
    poller=PollingSpec(id="/id", status=_STATUS_LINK),
)
REPORT: Final[Operation[object]] = Operation(
    PRODUCT,
    "report",
    "POST",
    "/{tenant}/reports",
    call="shop.jobs.report",
    parameters=(path("tenant"),),
    responses={"202": json_response("_models.Job")},
    errors=_ERRORS,
    poller=PollingSpec(id="/id", status=_STATUS_LINK, result=LinkSpec("_ops:LIST", "jobId")),
)
BUILD: Final[Operation[object]] = Operation(
    PRODUCT,
    "build",
    "POST",
    "/{tenant}/builds",
    call="shop.jobs.build",
    parameters=(path("tenant"),),
    responses={"202": json_response("_models.Job")},
    errors=_ERRORS,
    poller=PollingSpec(
        id="/id",
        status=StatusLink("_ops:STATUS", "jobId", value="/status", done=("DONE",), failed=("FAILED",)),
        result=LinkSpec("_ops:THING", "id"),
    ),
)
STATUS: Final[Operation[object]] = Operation(
    PRODUCT,
    "jobStatus",
    "GET",
    "/{tenant}/jobs/{jobId}",
    call="shop.jobs.status",
    parameters=(path("tenant"), path("jobId")),
    responses={"200": json_response("_models.Job")},
    errors=_ERRORS,
)
WATCH: Final[Operation[object]] = Operation(
    PRODUCT,
    "watchJob",
    "GET",
    "/{tenant}/jobs/{jobId}",
    call="shop.jobs.watch",
    parameters=(path("tenant"), path("jobId")),
    responses={"200": json_response("_models.Job")},
    errors=_ERRORS,
    poller=PollingSpec(
        id="/id",
        status=StatusLink(
            "_ops:WATCH", "jobId", value="/status", done=("DONE",), failed=("FAILED",), reason="/error/detail"
        ),
    ),
)
CANCEL: Final[Operation[object]] = Operation(
    PRODUCT,
    "cancelJob",
    "DELETE",
    "/{tenant}/jobs/{jobId}",
    call="shop.jobs.cancel",
    parameters=(path("tenant"), path("jobId")),
    responses={"200": json_response("_models.Job")},
    errors=_ERRORS,
)
FETCH: Final[Operation[object]] = Operation(
    PRODUCT,
    "fetchJob",
    "GET",
    "/{tenant}/jobs/{jobId}/zip",
    call="shop.jobs.fetch",
    parameters=(path("tenant"), path("jobId")),
    responses={"200": binary_response(media_type="application/zip")},
    errors=_ERRORS,
    accept="application/zip",
)
FILE: Final[Operation[object]] = Operation(
    PRODUCT,
    "file",
    "GET",
    "/things/{id}/content",
    call="shop.things.download",
    parameters=(path("id"),),
    responses={"200": binary_response()},
    errors=_ERRORS,
    accept="application/octet-stream",
    download=DownloadSpec(
        checksum=LinkSpec("_ops:THING", "id"),
        value="/checksum",
        type="/checksumType",
        size="/size",
        filename="content-disposition",
    ),
)
PLAIN: Final[Operation[object]] = Operation(
    PRODUCT,
    "plain",
    "GET",
    "/plain/{id}",
    call="shop.things.plain",
    parameters=(path("id"),),
    responses={"200": binary_response()},
    errors=_ERRORS,
    accept="application/octet-stream",
    download=DownloadSpec(),
)
FIXED: Final[Operation[object]] = Operation(
    PRODUCT,
    "fixed",
    "GET",
    "/fixed/{id}",
    call="shop.things.fixed",
    parameters=(path("id"),),
    responses={"200": binary_response()},
    errors=_ERRORS,
    accept="application/octet-stream",
    download=DownloadSpec(ranges=False),
)
THING: Final[Operation[object]] = Operation(
    PRODUCT,
    "thing",
    "GET",
    "/things/{id}",
    call="shop.things.get",
    parameters=(path("id"),),
    responses={"200": json_response("_models.Thing")},
    errors=_ERRORS,
)
