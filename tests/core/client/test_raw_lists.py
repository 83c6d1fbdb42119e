"""`raw` and `streaming` of lists: the response of the first page, and a pager that continues from it."""

from __future__ import annotations

import asyncio
from typing import assert_type

from tests.support.shop import AsyncShop, Shop
from xcaas_core import AsyncPager, AsyncStreamedResponse, Pager, RawResponse, StreamedResponse
from xcaas_core.testing import FakeRequest, FakeResponse, FakeServer


def list_server() -> FakeServer:
    """Return a server with three items in two pages."""

    def respond(request: FakeRequest) -> FakeResponse:
        page = int(request.query.get("page", ["0"])[0])
        return FakeResponse(json=[{"id": 0}, {"id": 1}, {"id": 2}][2 * page : 2 * page + 2], headers={"X-Total": "3"})

    return FakeServer(check=False).respond("GET /shop/v1/items", respond)


def test_raw_of_a_list_requests_the_first_page_once() -> None:
    server = list_server()
    with Shop(http_client=server) as client:
        response = client.raw(client.items.every)
        assert_type(response, RawResponse[Pager[object]])
        assert (response.status, response.headers["X-Total"], response.content) == (200, "3", b'[{"id": 0}, {"id": 1}]')
        assert len(server.requests) == 1
        assert response.value.to_list() == [{"id": 0}, {"id": 1}, {"id": 2}]
        assert len(server.requests) == 2
        assert len(response.value.to_list()) == 3  # a second iteration starts again
        assert len(server.requests) == 4


def test_the_first_page_of_raw_is_used_by_limits_but_not_by_resumed_pagers() -> None:
    server = list_server()
    with Shop(http_client=server) as client:
        pager = client.items.every()
        next(iter(pager))
        resumed = client.items.every().resume(client.items.every().resume_token or "")
        raw_pager = client.raw(client.items.every).value
        assert raw_pager.limit(1).to_list() == [{"id": 0}]
        assert len(server.requests) == 2
        assert len(resumed.to_list()) == 3
        assert len(server.requests) == 4


def test_the_value_of_a_streamed_list_is_its_pager() -> None:
    server = list_server()
    with Shop(http_client=server) as client:
        with client.streaming(client.items.every) as response:
            assert_type(response, StreamedResponse[Pager[object]])
            assert response.headers["X-Total"] == "3"
            rows = response.value()
        assert rows.to_list() == [{"id": 0}, {"id": 1}, {"id": 2}]
        assert len(server.requests) == 2


def test_raw_and_streaming_of_async_lists_return_pagers() -> None:
    async def main() -> None:
        server = list_server()
        async with AsyncShop(http_client=server) as client:
            response = await client.raw(client.items.every)
            assert_type(response, RawResponse[AsyncPager[object]])
            assert await response.value.to_list() == [{"id": 0}, {"id": 1}, {"id": 2}]
            assert len(server.requests) == 2
            async with client.streaming(client.items.every) as stream:
                assert_type(stream, AsyncStreamedResponse[AsyncPager[object]])
                assert len(await (await stream.value()).to_list()) == 3
            assert len(server.requests) == 4

    asyncio.run(main())
