"""Raw and streaming calls."""

from __future__ import annotations

import asyncio
from typing import assert_type

import pytest

from tests.support.origin import StubResponse, serving
from tests.support.shop import AsyncShop, Shop
from xcaas import ClientCredentials, XCaaS
from xcaas.testing import FakeServer
from xcaas_core import ConfigurationError, DecodeError, NotFoundError, RawResponse, StreamedResponse

ITEM = StubResponse(body=b'{"id":"1"}', headers=["X-Request-Id: r-1"])


def test_raw_returns_value_status_headers_and_body() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        response = client.raw(client.items.get, "1", tags=["a"])
        assert_type(response, RawResponse[object])
        assert response.value == {"id": "1"}
        assert (response.status, response.request_id, response.content) == (200, "r-1", b'{"id":"1"}')
        assert response.headers["Content-Type"] == "application/json"
        assert response.url == f"{origin.url}/shop/v1/items/1?tags=a"
        assert len(response.attempts) == 1
        assert repr(response) == "<RawResponse 200 application/json>"


@pytest.mark.parametrize("name", ["X-Request-Id", "X-Response-Id", "X-Correlation-Id"])
def test_request_ids_are_read_from_several_headers(name: str) -> None:
    with (
        serving(StubResponse(body=b'{"id":"1"}', headers=[f"{name}: r-7"])) as origin,
        Shop(base_url=origin.url) as client,
    ):
        assert client.raw(client.items.get, "1").request_id == "r-7"


def test_the_value_of_raw_has_the_methods_type() -> None:
    with serving(StubResponse(body=b"ID3", kind="audio/mpeg")) as origin, Shop(base_url=origin.url) as client:
        response = client.raw(client.items.content, "1")
        assert_type(response.value, bytes)
        assert response.value == b"ID3"


def test_raw_raises_for_error_statuses() -> None:
    with serving(StubResponse(404)) as origin, Shop(base_url=origin.url) as client, pytest.raises(NotFoundError):
        client.raw(client.items.get, "1")


def test_streaming_yields_the_body_in_pieces() -> None:
    audio = StubResponse(body=b"ID3" * 100_000, kind="audio/mpeg")
    with serving(audio) as origin, Shop(base_url=origin.url) as client:
        with client.streaming(client.items.content, "1") as response:
            assert_type(response, StreamedResponse[bytes])
            assert (response.status, response.headers["content-type"]) == (200, "audio/mpeg")
            assert b"".join(response.iter_bytes()) == audio.body
        with client.streaming(client.items.content, "1") as response:
            assert response.value() == audio.body
        assert origin.connections == 1
        assert client.session.engine.shared.flight.in_flight == 0


def test_an_unread_stream_does_not_block_the_next_call() -> None:
    with (
        serving(StubResponse(body=b"x" * 10_000_000, kind="audio/mpeg"), ITEM) as origin,
        Shop(base_url=origin.url, max_in_flight=1) as client,
    ):
        with client.streaming(client.items.content, "1") as response:
            next(response.iter_bytes())
            assert client.items.get("1") == {"id": "1"}
        assert repr(response).startswith("<StreamedResponse 200")
        assert client.items.get("1") == {"id": "1"}


def test_streaming_raises_for_an_unexpected_media_type() -> None:
    with serving(StubResponse(body=b"<html>", kind="text/html")) as origin, Shop(base_url=origin.url) as client:
        with pytest.raises(DecodeError, match="text/html"):
            client.streaming(client.items.content, "1")
        with pytest.raises(DecodeError):
            client.streaming(client.items.content, "1")
    assert origin.connections <= 2


def test_streaming_raises_for_error_statuses_with_their_message() -> None:
    not_found = StubResponse(404, b'{"fault":{"text":"gone"}}')
    with serving(not_found) as origin, Shop(base_url=origin.url) as client, pytest.raises(NotFoundError, match="gone"):
        client.streaming(client.items.get, "1")


def test_raw_and_streaming_of_an_async_client_return_responses() -> None:
    async def main() -> None:
        with serving(ITEM) as origin:
            async with AsyncShop(base_url=origin.url) as client:
                response = await client.raw(client.items.get, "1")
                assert response.value == {"id": "1"}
                async with client.streaming(client.items.get, "1") as stream:
                    assert stream.request_id == "r-1"
                    assert [piece async for piece in stream.iter_bytes()] == [b'{"id":"1"}']
                async with client.streaming(client.items.get, "1") as stream:
                    assert await stream.value() == {"id": "1"}

    asyncio.run(main())


def test_raw_and_streaming_take_methods_of_resources_only() -> None:
    with Shop() as client:
        with pytest.raises(ConfigurationError, match="not a method of a resource"):
            client.raw(len, "1")
        with pytest.raises(ConfigurationError, match="not a method of a resource"):
            client.streaming(str.upper, "1")


def test_the_value_of_a_stream_may_be_read_again() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        with client.streaming(client.items.get, "1") as response:
            assert response.value() == response.value() == {"id": "1"}
            with pytest.raises(ConfigurationError, match="read already, by `value`"):
                next(response.iter_bytes())
        assert response.value() == {"id": "1"}


def test_value_raises_after_iter_bytes() -> None:
    with (
        serving(ITEM) as origin,
        Shop(base_url=origin.url) as client,
        client.streaming(client.items.get, "1") as response,
    ):
        assert b"".join(response.iter_bytes()) == ITEM.body
        with pytest.raises(ConfigurationError, match="read by `iter_bytes`"):
            response.value()
        with pytest.raises(ConfigurationError, match="read already") as caught:
            next(response.iter_bytes())
    assert caught.value.advice is not None


def test_iter_bytes_continues_where_it_stopped() -> None:
    audio = StubResponse(body=b"ID3" * 200_000, kind="audio/mpeg")
    with (
        serving(audio) as origin,
        Shop(base_url=origin.url) as client,
        client.streaming(client.items.content, "1") as response,
    ):
        first = next(response.iter_bytes())
        assert first + b"".join(response.iter_bytes()) == audio.body


def test_reading_a_closed_response_raises() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        with client.streaming(client.items.get, "1") as response:
            pass
        with pytest.raises(ConfigurationError, match="closed before"):
            response.value()
        with pytest.raises(ConfigurationError, match="closed before"):
            next(response.iter_bytes())


def test_the_body_of_an_async_stream_is_read_once() -> None:
    async def main() -> None:
        with serving(ITEM) as origin:
            async with AsyncShop(base_url=origin.url) as client:
                async with client.streaming(client.items.get, "1") as response:
                    assert await response.value() == await response.value() == {"id": "1"}
                async with client.streaming(client.items.get, "1") as response:
                    assert [piece async for piece in response.iter_bytes()] == [ITEM.body]
                    with pytest.raises(ConfigurationError, match="iter_bytes"):
                        await response.value()
                async with client.streaming(client.items.get, "1") as response:
                    pass
                with pytest.raises(ConfigurationError, match="closed"):
                    await response.value()

    asyncio.run(main())


def test_raw_and_streaming_of_jobs_and_downloads_raise() -> None:
    with XCaaS(http_client=FakeServer(), credentials=ClientCredentials("id", "secret")) as client:
        with pytest.raises(ConfigurationError) as caught:
            client.raw(client.storage.bulk_downloads.download, object_ids=["o1"])
        assert caught.value.advice == "storage.bulk_downloads.start only starts it, and has both."
        with pytest.raises(ConfigurationError):
            client.streaming(client.storage.bulk_downloads.resume_download, "bulk-1.zip")
        with pytest.raises(ConfigurationError, match=r"storage\.objects\.download has no raw or streaming variant"):
            client.raw(client.storage.objects.download, "o1")


def test_raw_uses_the_options_of_its_client() -> None:
    with serving(ITEM, ITEM) as origin, Shop(base_url=origin.url) as client:
        copy = client.with_options(headers={"x-tenant": "7"})
        copy.raw(client.items.get, "1")
        client.raw(copy.items.get, "1")
        assert [request.headers.get("x-tenant") for request in origin.seen] == ["7", None]
        with Shop(base_url=origin.url) as other, pytest.raises(ConfigurationError, match="another client"):
            other.raw(client.items.get, "1")


def test_streaming_uses_the_options_of_its_client() -> None:
    async def main(url: str) -> None:
        async with AsyncShop(base_url=url) as client:
            copy = client.with_options(headers={"x-tenant": "7"})
            async with copy.streaming(client.items.get, "1") as response:
                assert await response.value() == {"id": "1"}
            async with AsyncShop(base_url=url) as other:
                with pytest.raises(ConfigurationError, match="another client"):
                    other.streaming(client.items.get, "1")

    with serving(ITEM) as origin:
        asyncio.run(main(origin.url))
        assert origin.seen[0].headers["x-tenant"] == "7"
