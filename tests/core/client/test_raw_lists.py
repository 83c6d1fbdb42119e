"""`raw` and `streaming` of lists: the first page's answer, and the pager that goes on from it."""

from __future__ import annotations

import asyncio
from typing import assert_type

from tests.support.shop import AsyncShop, Shop
from xcaas_core import AsyncPager, AsyncStreamedResponse, Pager, RawResponse, StreamedResponse
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer


def catalogue() -> FakeServer:
    """Three items in two pages."""

    def answer(request: FakeRequest) -> FakeResponse:
        page = int(request.query.get("page", ["0"])[0])
        return FakeResponse(json=[{"id": 0}, {"id": 1}, {"id": 2}][2 * page : 2 * page + 2], headers={"X-Total": "3"})

    return FakeServer(check=False).respond("GET /shop/v1/items", answer)


def test_raw_of_a_list_asks_for_its_first_page_once() -> None:
    server = catalogue()
    with Shop(http_client=server) as client:
        answer = client.raw(client.items.every)
        assert_type(answer, RawResponse[Pager[object]])
        assert (answer.status, answer.headers["X-Total"], answer.content) == (200, "3", b'[{"id": 0}, {"id": 1}]')
        assert len(server.requests) == 1
        assert answer.value.to_list() == [{"id": 0}, {"id": 1}, {"id": 2}]
        assert len(server.requests) == 2
        assert len(answer.value.to_list()) == 3  # a second walk is a new one
        assert len(server.requests) == 4


def test_the_page_of_raw_serves_options_but_no_other_place() -> None:
    server = catalogue()
    with Shop(http_client=server) as client:
        plain = client.items.every()
        next(iter(plain))
        later = client.items.every().resume(client.items.every().resume_token or "")
        first = client.raw(client.items.every).value
        assert first.limit(1).to_list() == [{"id": 0}]
        assert len(server.requests) == 2
        assert len(later.to_list()) == 3
        assert len(server.requests) == 4


def test_streaming_of_a_list_gives_the_pager_as_its_value() -> None:
    server = catalogue()
    with Shop(http_client=server) as client:
        with client.streaming(client.items.every) as answer:
            assert_type(answer, StreamedResponse[Pager[object]])
            assert answer.headers["X-Total"] == "3"
            rows = answer.value()
        assert rows.to_list() == [{"id": 0}, {"id": 1}, {"id": 2}]
        assert len(server.requests) == 2


def test_lists_of_the_async_client() -> None:
    async def main() -> None:
        server = catalogue()
        async with AsyncShop(http_client=server) as client:
            answer = await client.raw(client.items.every)
            assert_type(answer, RawResponse[AsyncPager[object]])
            assert await answer.value.to_list() == [{"id": 0}, {"id": 1}, {"id": 2}]
            assert len(server.requests) == 2
            async with client.streaming(client.items.every) as stream:
                assert_type(stream, AsyncStreamedResponse[AsyncPager[object]])
                assert len(await (await stream.value()).to_list()) == 3
            assert len(server.requests) == 4

    asyncio.run(main())
