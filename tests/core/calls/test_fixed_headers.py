"""Headers that an operation always sends, such as a content type on a GET without a body."""

from __future__ import annotations

from typing import Final

from tests.support.example_api._ops import PRODUCT
from tests.support.sessions import sync_session
from xcaas_core.sdk import Operation, json_response
from xcaas_core.testing import FakeServer

_GET: Final[Operation[object]] = Operation(
    PRODUCT,
    "getThing",
    "GET",
    "/thing",
    call="shop.things.get",
    responses={"200": json_response("JSONValue")},
    headers={"Content-Type": "application/json"},
)


def test_a_fixed_header_is_sent_without_a_body() -> None:
    server = FakeServer(check=False)
    server.respond("GET /shop/v1/thing", json={"ok": True})
    assert sync_session(server).call(_GET) == {"ok": True}
    (request,) = server.calls("GET /shop/v1/thing")
    assert request.headers["content-type"] == "application/json"
    assert not request.content
