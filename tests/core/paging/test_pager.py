"""Pagers with a fake server: items, pages, options, resume tokens; blocking and async."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.support.example_api import _ops
from tests.support.example_api.models import Row
from tests.support.sessions import async_session, sync_session
from xcaas_core._errors import ArgumentError, BadRequestError, DecodeError, PagingError, ServerError
from xcaas_core.operations._operation import Call, Operation
from xcaas_core.operations._parameter import json_response
from xcaas_core.paging._pager import AsyncPager, Pager
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer


def numbered_pages(total: int, size: int) -> Callable[[FakeRequest], FakeResponse]:
    """Return a service that counts pages from 0 and responds with 400 past the last one."""

    def respond(request: FakeRequest) -> FakeResponse:
        page = int(request.query.get("page", ["0"])[0])
        rows = list(range(total))[page * size : (page + 1) * size]
        if page and not rows:
            return FakeResponse(400, json={"message": "past the last page"})
        return FakeResponse(json=[{"id": id} for id in rows], headers={"X-Total-Pages": str(-(-total // size))})

    return respond


def scrolled_pages(total: int, size: int) -> Callable[[FakeRequest], FakeResponse]:
    def respond(request: FakeRequest) -> FakeResponse:
        start = int(request.query.get("scrollId", ["s0"])[0][1:])
        rows = list(range(total))[start : start + size]
        more = start + size < total
        return FakeResponse(json={"data": [{"id": id} for id in rows], "more": more, "next": f"s{start + size}"})

    return respond


@pytest.fixture
def server() -> FakeServer:
    return (
        FakeServer().respond("shop.rows.list", numbered_pages(10, 4)).respond("shop.rows.scroll", scrolled_pages(10, 4))
    )


def pager(
    server: FakeServer, operation: Operation[object] = _ops.LIST, *args: object, body: object = None
) -> Pager[Row]:
    return Pager(sync_session(server), Call(operation, args, body))


def async_pager(server: FakeServer, operation: Operation[object] = _ops.LIST, *args: object) -> AsyncPager[Row]:
    return AsyncPager(async_session(server), Call(operation, args))


def ids(rows: list[Row]) -> list[int]:
    return [row.id for row in rows]


def requested_pages(server: FakeServer) -> list[str | None]:
    return [request.query.get("page", [None])[0] for request in server.requests]


class TestItems:
    @pytest.mark.parametrize("operation", [_ops.LIST, _ops.SCROLL])
    def test_pager_yields_all_items_as_models(self, server: FakeServer, operation: Operation[object]) -> None:
        assert ids(list(pager(server, operation))) == list(range(10))
        assert len(server.requests) == 3

    def test_no_request_is_sent_before_the_first_item(self, server: FakeServer) -> None:
        walk = iter(pager(server))
        assert server.requests == []
        next(walk)
        assert len(server.requests) == 1

    def test_each_iteration_starts_over(self, server: FakeServer) -> None:
        rows = pager(server)
        assert ids(list(rows)) == ids(list(rows)) == ids(rows.to_list())

    def test_first_returns_one_item_or_none(self, server: FakeServer) -> None:
        item = pager(server).first()
        assert item is not None
        assert item.id == 0
        assert len(server.requests) == 1
        assert pager(FakeServer().respond("shop.rows.list", json=[])).first() is None

    @pytest.mark.parametrize(("limit", "requests"), [(0, 0), (1, 1), (4, 1), (5, 2), (10, 3), (99, 3)])
    @pytest.mark.parametrize("prefetch", [False, True])
    def test_limit_requests_only_the_pages_it_needs(
        self, server: FakeServer, limit: int, requests: int, prefetch: bool
    ) -> None:
        assert ids(list(pager(server).prefetch(prefetch).limit(limit))) == list(range(10))[:limit]
        assert len(server.requests) == requests

    def test_options_return_a_new_pager(self, server: FakeServer) -> None:
        rows = pager(server)
        rows.limit(1)
        rows.prefetch()
        assert len(rows.to_list()) == 10
        with pytest.raises(ArgumentError):
            rows.limit(-1)
        limit: Any = "3"
        with pytest.raises(ArgumentError, match="a whole number, not str"):
            rows.limit(limit)

    def test_arguments_are_sent_for_every_page(self, server: FakeServer) -> None:
        list(pager(server, _ops.LIST, None, 4, "x"))
        assert [request.query["filter"] for request in server.requests] == [["x"]] * 3
        assert [request.query["size"] for request in server.requests] == [["4"]] * 3

    def test_callers_may_choose_the_first_page(self, server: FakeServer) -> None:
        assert ids(list(pager(server, _ops.LIST, 2))) == [8, 9]

    def test_some_operations_send_only_the_cursor_for_further_pages(self, server: FakeServer) -> None:
        list(pager(server, _ops.SCROLL, "x"))
        assert [request.query for request in server.requests] == [
            {"filter": ["x"]},
            {"scrollId": ["s4"]},
            {"scrollId": ["s8"]},
        ]

    def test_repr_names_the_call(self, server: FakeServer) -> None:
        assert repr(pager(server)) == "<Pager of shop.rows.list>"

    def test_unpaged_operation_is_refused(self, server: FakeServer) -> None:
        with pytest.raises(ArgumentError, match="not paged"):
            pager(server, _ops.STATUS)


class TestTables:
    def test_to_dicts_returns_the_items(self, server: FakeServer) -> None:
        assert pager(server).limit(2).to_dicts() == [{"id": 0}, {"id": 1}]

    def test_async_to_dicts_returns_the_items(self, server: FakeServer) -> None:
        assert anyio.run(async_pager(server).limit(2).to_dicts) == [{"id": 0}, {"id": 1}]

    def test_empty_list_has_columns(self, tmp_path: Path) -> None:
        pager(FakeServer().respond("shop.rows.list", json=[])).to_csv(tmp_path / "a.csv")
        assert (tmp_path / "a.csv").read_text().split() == ["id"]

    def test_items_of_plain_json_are_rows(self, tmp_path: Path) -> None:
        server = FakeServer().respond("shop.rows.search", json={"hits": 1, "data": [{"a": 1}]})
        rows: Pager[object] = Pager(sync_session(server), Call(_ops.SEARCH, (), {"text": "x"}))
        rows.to_csv(tmp_path / "a.csv")
        assert '{""a"":1}' in (tmp_path / "a.csv").read_text().replace(" ", "")


class TestPages:
    def test_pages_have_number_headers_and_body(self, server: FakeServer) -> None:
        pages = list(pager(server).pages())
        assert [page.number for page in pages] == [0, 1, 2]
        assert [ids(page.items) for page in pages] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
        assert pages[0].headers["x-total-pages"] == "3"
        assert pages[0].body == [{"id": id} for id in range(4)]
        assert [len(page) for page in pages] == [4, 4, 2]
        assert ids(list(pages[2])) == [8, 9]
        assert repr(pages[2]) == "<Page 2: 2 items>"

    def test_envelope_of_another_model_raises_and_names_the_right_one(self, server: FakeServer) -> None:
        with pytest.raises(DecodeError, match=r"the page is not a Row but a list\. `body` is"):
            next(pager(server).pages()).envelope(Row)
        operation = replace(_ops.SCROLL, responses={"200": json_response("_models.RowPage")})
        with pytest.raises(DecodeError, match="the page is not a Row but an object with data, more, next: ") as caught:
            next(pager(server, operation).pages()).envelope(Row)
        assert caught.value.pointer == "/id"
        assert caught.value.advice == "Give `RowPage`, the model of this call's responses."

    def test_resume_token_of_a_page_continues_after_it(self, server: FakeServer) -> None:
        pages = list(pager(server, _ops.SCROLL).pages())
        assert pages[0].resume_token is not None
        assert pages[-1].resume_token is None
        assert ids(list(pager(server, _ops.SCROLL).resume(pages[0].resume_token))) == list(range(4, 10))

    def test_limit_shortens_the_last_page(self, server: FakeServer) -> None:
        assert [ids(page.items) for page in pager(server).limit(5).pages()] == [[0, 1, 2, 3], [4]]


class TestResuming:
    @pytest.mark.parametrize("operation", [_ops.LIST, _ops.SCROLL])
    @pytest.mark.parametrize("taken", range(11))
    @pytest.mark.parametrize("prefetch", [False, True])
    def test_pager_resumes_after_any_item(
        self, server: FakeServer, operation: Operation[object], taken: int, prefetch: bool
    ) -> None:
        first = pager(server, operation).prefetch(prefetch)
        walk = iter(first)
        items = [next(walk).id for _ in range(taken)]
        token = pickle.loads(pickle.dumps(first.resume_token))
        if taken == 10:
            assert token is None
            return
        second = pager(server, operation).resume(token).prefetch(prefetch)
        assert items + ids(list(second)) == list(range(10))
        assert second.resume_token is None

    @pytest.mark.parametrize("limit", [0, 3, 4, 5, 9])
    def test_pager_resumes_after_a_limit(self, server: FakeServer, limit: int) -> None:
        first = pager(server).limit(limit)
        items = ids(list(first))
        assert first.resume_token is not None
        second = pager(server).resume(first.resume_token).limit(10)
        assert items + ids(list(second)) == list(range(10))

    def test_pager_resumes_repeatedly(self, server: FakeServer) -> None:
        items: list[int] = []
        token = pager(server).resume_token
        while token is not None:
            part = pager(server).resume(token).limit(3)
            items += ids(list(part))
            token = part.resume_token
        assert items == list(range(10))

    def test_pager_resumes_after_a_failure(self) -> None:
        server = FakeServer()
        server.respond("shop.rows.list", FakeResponse(json=[{"id": 0}], headers={"X-Total-Pages": "3"}))
        for _ in range(20):
            server.respond("shop.rows.list", status=500)
        rows = pager(server)
        items: list[int] = []
        with pytest.raises(ServerError):
            items.extend(row.id for row in rows)
        assert rows.resume_token is not None
        healthy = FakeServer().respond("shop.rows.list", numbered_pages(3, 1))
        assert [*items, *ids(list(pager(healthy).resume(rows.resume_token)))] == [0, 1, 2]

    def test_invalid_and_foreign_tokens_are_refused(self, server: FakeServer) -> None:
        with pytest.raises(ArgumentError, match="not a resume token"):
            pager(server).resume("no token")
        other = pager(server, _ops.SCROLL).resume_token
        assert other is not None
        with pytest.raises(ArgumentError, match="belongs to"):
            pager(server).resume(other)

    @pytest.mark.parametrize("token", [None, 5])
    def test_what_is_no_text_is_refused(self, server: FakeServer, token: Any) -> None:
        with pytest.raises(ArgumentError, match=r"a resume token is a str, not .*; None means the end of the list"):
            pager(server).resume(token)


class TestLastPages:
    def test_list_that_shrinks_ends_with_the_status_past_the_end(self) -> None:
        server = FakeServer()
        for response in (
            FakeResponse(json=[{"id": 0}], headers={"X-Total-Pages": "3"}),
            FakeResponse(400, json={"message": "past the last page"}),
        ):
            server.respond("shop.rows.list", response)
        rows = pager(server)
        assert ids(list(rows)) == [0]
        assert rows.resume_token is None

    @pytest.mark.parametrize("prefetch", [False, True])
    def test_status_past_the_end_is_an_error_for_the_first_request(self, prefetch: bool) -> None:
        server = FakeServer().respond("shop.rows.list", status=400, json={"message": "no such filter"})
        with pytest.raises(BadRequestError, match="no such filter"):
            list(pager(server).prefetch(prefetch))

    def test_repeated_pages_raise_an_error_with_the_call(self) -> None:
        server = FakeServer().respond("shop.rows.scroll", json={"data": [{"id": 1}], "more": True, "next": "same"})
        items: list[Row] = []
        with pytest.raises(PagingError) as caught:
            items.extend(pager(server, _ops.SCROLL))
        assert (caught.value.operation, caught.value.status) == ("shop.rows.scroll", 200)
        assert caught.value.url == "https://api.test/shop/v1/scroll?scrollId=same"
        assert len(server.requests) <= 3

    def test_item_of_a_wrong_type_raises_with_its_pointer_and_the_call(self) -> None:
        page = {"data": [{"id": 1}, {"id": "x"}], "more": False}
        server = FakeServer().respond("shop.rows.scroll", json=page, headers={"X-Request-Id": "r1"})
        with pytest.raises(DecodeError) as caught:
            [row.id for row in pager(server, _ops.SCROLL)]
        assert caught.value.pointer == "/data/1/id"
        error = caught.value
        assert (error.operation, error.status, error.request_id) == ("shop.rows.scroll", 200, "r1")
        assert str(error).startswith("GET https://api.test/shop/v1/scroll: ")


class TestPrefetch:
    def test_next_page_is_fetched_while_the_first_is_read(self, server: FakeServer) -> None:
        walk = iter(pager(server).prefetch())
        next(walk)
        for _ in range(200):
            if len(server.requests) == 2:
                break
            anyio.run(anyio.sleep, 0.01)
        assert requested_pages(server) == [None, "1"] or requested_pages(server) == ["0", "1"]
        walk.close()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]

    def test_next_page_is_fetched_in_the_callers_context(self, server: FakeServer) -> None:
        place: ContextVar[str] = ContextVar("place", default="nowhere")
        seen: list[str] = []

        def respond(request: FakeRequest) -> FakeResponse:
            seen.append(place.get())
            return numbered_pages(10, 4)(request)

        place.set("here")
        list(pager(FakeServer().respond("shop.rows.list", respond)).prefetch())
        assert seen == ["here"] * 3

    def test_failure_of_a_prefetched_page_is_raised_in_its_turn(self) -> None:
        server = FakeServer()
        server.respond("shop.rows.list", FakeResponse(json=[{"id": 0}], headers={"X-Total-Pages": "3"}))
        server.respond("shop.rows.list", status=404)
        walk = iter(pager(server).prefetch())
        assert next(walk).id == 0
        with pytest.raises(Exception, match="404"):
            next(walk)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
class TestAsync:
    def test_items_pages_and_first_work(self, server: FakeServer, backend: str) -> None:
        async def main() -> None:
            rows = async_pager(server)
            assert ids([row async for row in rows]) == list(range(10))
            assert ids(await rows.limit(5).to_list()) == list(range(5))
            assert [page.number async for page in rows.pages()] == [0, 1, 2]
            item = await rows.first()
            assert item is not None
            assert item.id == 0
            assert await rows.limit(0).to_list() == []

        anyio.run(main, backend=backend)

    @pytest.mark.parametrize("taken", [0, 1, 4, 9, 10])
    def test_prefetching_pager_resumes_after_any_item(self, server: FakeServer, backend: str, taken: int) -> None:
        async def main() -> None:
            rows = async_pager(server).prefetch()
            items: list[int] = []
            async with aclosing(aiter(rows)) as walk:
                for _ in range(taken):
                    items.append((await anext(walk)).id)
            token = rows.resume_token
            if token is None:
                assert taken == 10
                return
            async with aclosing(aiter(async_pager(server).resume(token).prefetch())) as walk:
                items += [row.id async for row in walk]
            assert items == list(range(10))

        anyio.run(main, backend=backend)

    def test_first_of_an_empty_list_is_none(self, server: FakeServer, backend: str) -> None:
        async def main() -> None:
            assert await async_pager(FakeServer().respond("shop.rows.list", json=[])).first() is None

        anyio.run(main, backend=backend)

    def test_cancellation_stops_the_iteration(self, server: FakeServer, backend: str) -> None:
        async def main() -> None:
            with anyio.move_on_after(5) as scope:
                async with aclosing(aiter(async_pager(server).prefetch())) as walk:
                    async for row in walk:
                        if row.id == 2:
                            scope.cancel()
                            await anyio.sleep(1)
            assert scope.cancelled_caught

        anyio.run(main, backend=backend)
