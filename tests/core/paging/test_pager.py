"""Pagers over a fake server: items, pages, options, cursors, both twins."""

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


def numbered(total: int, size: int) -> Callable[[FakeRequest], FakeResponse]:
    """A service that counts pages from 0 and answers 400 behind the last one."""

    def answer(request: FakeRequest) -> FakeResponse:
        page = int(request.query.get("page", ["0"])[0])
        rows = list(range(total))[page * size : (page + 1) * size]
        if page and not rows:
            return FakeResponse(400, json={"message": "past the last page"})
        return FakeResponse(json=[{"id": id} for id in rows], headers={"X-Total-Pages": str(-(-total // size))})

    return answer


def scrolled(total: int, size: int) -> Callable[[FakeRequest], FakeResponse]:
    def answer(request: FakeRequest) -> FakeResponse:
        start = int(request.query.get("scrollId", ["s0"])[0][1:])
        rows = list(range(total))[start : start + size]
        more = start + size < total
        return FakeResponse(json={"data": [{"id": id} for id in rows], "more": more, "next": f"s{start + size}"})

    return answer


@pytest.fixture
def server() -> FakeServer:
    return FakeServer().respond("shop.rows.list", numbered(10, 4)).respond("shop.rows.scroll", scrolled(10, 4))


def pager(
    server: FakeServer, operation: Operation[object] = _ops.LIST, *args: object, body: object = None
) -> Pager[Row]:
    return Pager(sync_session(server), Call(operation, args, body))


def apager(server: FakeServer, operation: Operation[object] = _ops.LIST, *args: object) -> AsyncPager[Row]:
    return AsyncPager(async_session(server), Call(operation, args))


def ids(rows: list[Row]) -> list[int]:
    return [row.id for row in rows]


def pages_asked(server: FakeServer) -> list[str | None]:
    return [request.query.get("page", [None])[0] for request in server.requests]


class TestItems:
    @pytest.mark.parametrize("operation", [_ops.LIST, _ops.SCROLL])
    def test_all_of_them_as_models(self, server: FakeServer, operation: Operation[object]) -> None:
        assert ids(list(pager(server, operation))) == list(range(10))
        assert len(server.requests) == 3

    def test_nothing_is_asked_before_the_first(self, server: FakeServer) -> None:
        walk = iter(pager(server))
        assert server.requests == []
        next(walk)
        assert len(server.requests) == 1

    def test_each_iteration_starts_anew(self, server: FakeServer) -> None:
        rows = pager(server)
        assert ids(list(rows)) == ids(list(rows)) == ids(rows.to_list())

    def test_first(self, server: FakeServer) -> None:
        found = pager(server).first()
        assert found is not None
        assert found.id == 0
        assert len(server.requests) == 1
        assert pager(FakeServer().respond("shop.rows.list", json=[])).first() is None

    @pytest.mark.parametrize(("limit", "requests"), [(0, 0), (1, 1), (4, 1), (5, 2), (10, 3), (99, 3)])
    @pytest.mark.parametrize("ahead", [False, True])
    def test_limit_asks_no_more_than_it_needs(self, server: FakeServer, limit: int, requests: int, ahead: bool) -> None:
        assert ids(list(pager(server).prefetch(ahead).limit(limit))) == list(range(10))[:limit]
        assert len(server.requests) == requests

    def test_options_leave_the_pager_alone(self, server: FakeServer) -> None:
        rows = pager(server)
        rows.limit(1)
        rows.prefetch()
        assert len(rows.to_list()) == 10
        with pytest.raises(ArgumentError):
            rows.limit(-1)
        wrong: Any = "3"
        with pytest.raises(ArgumentError, match="a whole number, not str"):
            rows.limit(wrong)

    def test_arguments_go_with_every_page(self, server: FakeServer) -> None:
        list(pager(server, _ops.LIST, None, 4, "x"))
        assert [request.query["filter"] for request in server.requests] == [["x"]] * 3
        assert [request.query["size"] for request in server.requests] == [["4"]] * 3

    def test_caller_may_choose_where_to_start(self, server: FakeServer) -> None:
        assert ids(list(pager(server, _ops.LIST, 2))) == [8, 9]

    def test_some_follow_up_requests_carry_the_cursor_alone(self, server: FakeServer) -> None:
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
    def test_items_as_dictionaries(self, server: FakeServer) -> None:
        assert pager(server).limit(2).to_dicts() == [{"id": 0}, {"id": 1}]

    def test_async_twin(self, server: FakeServer) -> None:
        assert anyio.run(apager(server).limit(2).to_dicts) == [{"id": 0}, {"id": 1}]

    def test_columns_are_known_without_rows(self, tmp_path: Path) -> None:
        pager(FakeServer().respond("shop.rows.list", json=[])).to_csv(tmp_path / "a.csv")
        assert (tmp_path / "a.csv").read_text().split() == ["id"]

    def test_rows_of_plain_json(self, tmp_path: Path) -> None:
        server = FakeServer().respond("shop.rows.search", json={"hits": 1, "data": [{"a": 1}]})
        rows: Pager[object] = Pager(sync_session(server), Call(_ops.SEARCH, (), {"text": "x"}))
        rows.to_csv(tmp_path / "a.csv")
        assert '{""a"":1}' in (tmp_path / "a.csv").read_text().replace(" ", "")


class TestPages:
    def test_what_stands_beside_the_items(self, server: FakeServer) -> None:
        found = list(pager(server).pages())
        assert [page.number for page in found] == [0, 1, 2]
        assert [ids(page.items) for page in found] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
        assert found[0].headers["x-total-pages"] == "3"
        assert found[0].body == [{"id": id} for id in range(4)]
        assert [len(page) for page in found] == [4, 4, 2]
        assert ids(list(found[2])) == [8, 9]
        assert repr(found[2]) == "<Page 2: 2 items>"

    def test_a_page_is_not_any_model(self, server: FakeServer) -> None:
        with pytest.raises(DecodeError, match=r"the page is not a Row but a list\. `body` is"):
            next(pager(server).pages()).envelope(Row)
        operation = replace(_ops.SCROLL, responses={"200": json_response("_models.RowPage")})
        with pytest.raises(DecodeError, match="the page is not a Row but an object with data, more, next: ") as caught:
            next(pager(server, operation).pages()).envelope(Row)
        assert caught.value.pointer == "/id"
        assert caught.value.advice == "Give `RowPage`, the model of this call's responses."

    def test_cursor_of_a_page_resumes_behind_it(self, server: FakeServer) -> None:
        found = list(pager(server, _ops.SCROLL).pages())
        assert found[0].resume_token is not None
        assert found[-1].resume_token is None
        assert ids(list(pager(server, _ops.SCROLL).resume(found[0].resume_token))) == list(range(4, 10))

    def test_limit_cuts_the_last_page(self, server: FakeServer) -> None:
        assert [ids(page.items) for page in pager(server).limit(5).pages()] == [[0, 1, 2, 3], [4]]


class TestCursors:
    @pytest.mark.parametrize("operation", [_ops.LIST, _ops.SCROLL])
    @pytest.mark.parametrize("taken", range(11))
    @pytest.mark.parametrize("ahead", [False, True])
    def test_resume_after_any_item(
        self, server: FakeServer, operation: Operation[object], taken: int, ahead: bool
    ) -> None:
        first = pager(server, operation).prefetch(ahead)
        walk = iter(first)
        found = [next(walk).id for _ in range(taken)]
        token = pickle.loads(pickle.dumps(first.resume_token))
        if taken == 10:
            assert token is None
            return
        second = pager(server, operation).resume(token).prefetch(ahead)
        assert found + ids(list(second)) == list(range(10))
        assert second.resume_token is None

    @pytest.mark.parametrize("limit", [0, 3, 4, 5, 9])
    def test_limit_leaves_a_cursor_to_go_on_from(self, server: FakeServer, limit: int) -> None:
        first = pager(server).limit(limit)
        found = ids(list(first))
        assert first.resume_token is not None
        second = pager(server).resume(first.resume_token).limit(10)
        assert found + ids(list(second)) == list(range(10))

    def test_resuming_twice_skips_right(self, server: FakeServer) -> None:
        found: list[int] = []
        token = pager(server).resume_token
        while token is not None:
            part = pager(server).resume(token).limit(3)
            found += ids(list(part))
            token = part.resume_token
        assert found == list(range(10))

    def test_failure_leaves_a_cursor(self) -> None:
        server = FakeServer()
        server.respond("shop.rows.list", FakeResponse(json=[{"id": 0}], headers={"X-Total-Pages": "3"}))
        for _ in range(20):
            server.respond("shop.rows.list", status=500)
        rows = pager(server)
        found: list[int] = []
        with pytest.raises(ServerError):
            found.extend(row.id for row in rows)
        assert rows.resume_token is not None
        healthy = FakeServer().respond("shop.rows.list", numbered(3, 1))
        assert [*found, *ids(list(pager(healthy).resume(rows.resume_token)))] == [0, 1, 2]

    def test_foreign_text_is_refused(self, server: FakeServer) -> None:
        with pytest.raises(ArgumentError, match="not a resume token"):
            pager(server).resume("no token")
        other = pager(server, _ops.SCROLL).resume_token
        assert other is not None
        with pytest.raises(ArgumentError, match="belongs to"):
            pager(server).resume(other)

    @pytest.mark.parametrize("token", [None, 5])
    def test_what_is_no_text_is_refused(self, server: FakeServer, token: Any) -> None:
        with pytest.raises(ArgumentError, match=r"a resume token is text.*read to its end is None"):
            pager(server).resume(token)


class TestEnds:
    def test_list_that_shrinks_ends_at_the_status_for_past_the_end(self) -> None:
        server = FakeServer()
        for answer in (
            FakeResponse(json=[{"id": 0}], headers={"X-Total-Pages": "3"}),
            FakeResponse(400, json={"message": "past the last page"}),
        ):
            server.respond("shop.rows.list", answer)
        rows = pager(server)
        assert ids(list(rows)) == [0]
        assert rows.resume_token is None

    @pytest.mark.parametrize("ahead", [False, True])
    def test_status_for_past_the_end_is_an_error_at_first(self, ahead: bool) -> None:
        server = FakeServer().respond("shop.rows.list", status=400, json={"message": "no such filter"})
        with pytest.raises(BadRequestError, match="no such filter"):
            list(pager(server).prefetch(ahead))

    def test_circles_end_in_an_error_that_knows_the_call(self) -> None:
        server = FakeServer().respond("shop.rows.scroll", json={"data": [{"id": 1}], "more": True, "next": "same"})
        found: list[Row] = []
        with pytest.raises(PagingError) as caught:
            found.extend(pager(server, _ops.SCROLL))
        assert (caught.value.operation, caught.value.status) == ("shop.rows.scroll", 200)
        assert caught.value.url == "https://api.test/shop/v1/scroll?scrollId=same"
        assert len(server.requests) <= 3

    def test_item_that_is_not_what_was_promised(self) -> None:
        server = FakeServer().respond("shop.rows.scroll", json={"data": [{"id": 1}, {"id": "x"}], "more": False})
        with pytest.raises(DecodeError) as caught:
            [row.id for row in pager(server, _ops.SCROLL)]
        assert caught.value.pointer == "/data/1/id"
        assert caught.value.operation == "shop.rows.scroll"


class TestPrefetch:
    def test_next_page_is_on_its_way_while_the_first_is_read(self, server: FakeServer) -> None:
        walk = iter(pager(server).prefetch())
        next(walk)
        for _ in range(200):
            if len(server.requests) == 2:
                break
            anyio.run(anyio.sleep, 0.01)
        assert pages_asked(server) == [None, "1"] or pages_asked(server) == ["0", "1"]
        walk.close()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]

    def test_the_next_page_is_fetched_in_the_callers_context(self, server: FakeServer) -> None:
        place: ContextVar[str] = ContextVar("place", default="nowhere")
        seen: list[str] = []

        def answer(request: FakeRequest) -> FakeResponse:
            seen.append(place.get())
            return numbered(10, 4)(request)

        place.set("here")
        list(pager(FakeServer().respond("shop.rows.list", answer)).prefetch())
        assert seen == ["here"] * 3

    def test_failure_ahead_comes_when_its_turn_comes(self) -> None:
        server = FakeServer()
        server.respond("shop.rows.list", FakeResponse(json=[{"id": 0}], headers={"X-Total-Pages": "3"}))
        server.respond("shop.rows.list", status=404)
        walk = iter(pager(server).prefetch())
        assert next(walk).id == 0
        with pytest.raises(Exception, match="404"):
            next(walk)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
class TestAsync:
    def test_items_pages_and_first(self, server: FakeServer, backend: str) -> None:
        async def main() -> None:
            rows = apager(server)
            assert ids([row async for row in rows]) == list(range(10))
            assert ids(await rows.limit(5).to_list()) == list(range(5))
            assert [page.number async for page in rows.pages()] == [0, 1, 2]
            found = await rows.first()
            assert found is not None
            assert found.id == 0
            assert await rows.limit(0).to_list() == []

        anyio.run(main, backend=backend)

    @pytest.mark.parametrize("taken", [0, 1, 4, 9, 10])
    def test_prefetch_and_resume(self, server: FakeServer, backend: str, taken: int) -> None:
        async def main() -> None:
            rows = apager(server).prefetch()
            found: list[int] = []
            async with aclosing(aiter(rows)) as walk:
                for _ in range(taken):
                    found.append((await anext(walk)).id)
            token = rows.resume_token
            if token is None:
                assert taken == 10
                return
            async with aclosing(aiter(apager(server).resume(token).prefetch())) as walk:
                found += [row.id async for row in walk]
            assert found == list(range(10))

        anyio.run(main, backend=backend)

    def test_first_of_an_empty_list(self, server: FakeServer, backend: str) -> None:
        async def main() -> None:
            assert await apager(FakeServer().respond("shop.rows.list", json=[])).first() is None

        anyio.run(main, backend=backend)

    def test_cancelling_stops_what_is_on_its_way(self, server: FakeServer, backend: str) -> None:
        async def main() -> None:
            with anyio.move_on_after(5) as scope:
                async with aclosing(aiter(apager(server).prefetch())) as walk:
                    async for row in walk:
                        if row.id == 2:
                            scope.cancel()
                            await anyio.sleep(1)
            assert scope.cancelled_caught

        anyio.run(main, backend=backend)
