"""Arguments that paging needs, sent for callers who leave them out."""

from __future__ import annotations

from tests.support.example_api._ops import PRODUCT
from tests.support.example_api.models import Row
from tests.support.sessions import sync_session
from xcaas_core.operations._operation import Call, Operation
from xcaas_core.paging._pager import Pager
from xcaas_core.sdk import PaginationSpec, StopCondition, json_response, query
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer

OPERATION: Operation[object] = Operation(
    PRODUCT,
    "switchedRows",
    "GET",
    "/switched",
    call="shop.rows.switched",
    parameters=(query("useScrollId"), query("sort"), query("scrollId")),
    responses={"200": json_response("JSONValue")},
    paging=PaginationSpec(
        "cursor",
        "scrollId",
        items="/data",
        item="_models.Row",
        next=("body", "/next"),
        last=(StopCondition(("body", "/more"), "equals", False),),
        send={"useScrollId": True, "sort": "id,ASC"},
    ),
)


def switched(request: FakeRequest) -> FakeResponse:
    """Return one of two pages with scroll ids, or, without them, the only page."""
    if request.query.get("useScrollId") != ["true"]:
        return FakeResponse(json={"data": [{"id": 9}], "more": False})
    second = "scrollId" in request.query
    return FakeResponse(json={"data": [{"id": 2 if second else 1}], "more": not second, "next": "s2"})


def walk(*args: object) -> tuple[list[int], FakeServer]:
    server = FakeServer().respond("shop.rows.switched", switched)
    rows: Pager[Row] = Pager(sync_session(server), Call(OPERATION, args))
    return [row.id for row in rows], server


def test_required_arguments_are_sent_for_every_page() -> None:
    ids, server = walk()
    assert ids == [1, 2]
    assert [request.query["sort"] for request in server.requests] == [["id,ASC"], ["id,ASC"]]


def test_callers_arguments_take_precedence() -> None:
    ids, server = walk(None, "name,DESC")
    assert ids == [1, 2]
    assert [request.query["sort"] for request in server.requests] == [["name,DESC"], ["name,DESC"]]
    assert walk(False)[0] == [9]
