"""Requests for the next page: by a number in the body, or by a link."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.example_api import _ops
from tests.support.example_api.models import Query, Row
from tests.support.sessions import sync_session
from xcaas_core._errors import ArgumentError
from xcaas_core.operations._operation import Call, Operation
from xcaas_core.paging._pager import Pager
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer


def pager(server: FakeServer, operation: Operation[object], *args: object, body: object = None) -> Pager[Row]:
    return Pager(sync_session(server), Call(operation, args, body))


class TestBodies:
    @staticmethod
    def hits(total: int, size: int) -> Callable[[FakeRequest], FakeResponse]:
        def respond(request: FakeRequest) -> FakeResponse:
            body = request.json()
            assert isinstance(body, dict)
            assert body["text"] == "x"
            start = (int(str(body["page"])) - 1) * size
            return FakeResponse(json={"hits": total, "data": list(range(total))[start : start + size]})

        return respond

    @pytest.mark.parametrize("body", [Query(text="x"), {"text": "x"}])
    def test_page_number_is_sent_in_the_body(self, body: object) -> None:
        server = FakeServer().respond("shop.rows.search", self.hits(7, 3))
        assert list(pager(server, _ops.SEARCH, body=body)) == list(range(7))
        assert [request.json() for request in server.requests] == [{"text": "x", "page": page} for page in (1, 2, 3)]

    def test_page_in_the_callers_body_comes_first(self) -> None:
        server = FakeServer().respond("shop.rows.search", self.hits(7, 3))
        assert list(pager(server, _ops.SEARCH, body=Query(text="x", page=3))) == [6]

    def test_invalid_body_raises(self) -> None:
        with pytest.raises(ArgumentError, match="body"):
            list(pager(FakeServer(), _ops.SEARCH, body=3))


class TestLinks:
    def test_next_links_are_followed(self) -> None:
        server = FakeServer(check=False)
        server.respond("GET /shop/v1/linked", json=[{"id": 0}], headers={"Link": '<linked/2?k=v>; rel="next"'})
        server.respond("GET /shop/v1/linked/2", json=[{"id": 1}])
        assert [row.id for row in pager(server, _ops.LINKED, "x")] == [0, 1]
        assert [request.url for request in server.requests] == [
            "https://api.test/shop/v1/linked?filter=x",
            "https://api.test/shop/v1/linked/2?k=v",
        ]
