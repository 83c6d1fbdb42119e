"""`raw` and `streaming` variants, and pagers' raw answers."""

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


def test_raw_gives_the_circumstances() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        answer = client.raw(client.items.get, "1", tags=["a"])
        assert_type(answer, RawResponse[object])
        assert answer.value == {"id": "1"}
        assert (answer.status, answer.request_id, answer.content) == (200, "r-1", b'{"id":"1"}')
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.url == f"{origin.url}/shop/v1/items/1?tags=a"
        assert len(answer.attempts) == 1
        assert repr(answer) == "<RawResponse 200 application/json>"


@pytest.mark.parametrize("name", ["X-Request-Id", "X-Response-Id", "X-Correlation-Id"])
def test_the_servers_name_for_a_request(name: str) -> None:
    with (
        serving(StubResponse(body=b'{"id":"1"}', headers=[f"{name}: r-7"])) as origin,
        Shop(base_url=origin.url) as client,
    ):
        assert client.raw(client.items.get, "1").request_id == "r-7"


def test_raw_keeps_types() -> None:
    with serving(StubResponse(body=b"ID3", kind="audio/mpeg")) as origin, Shop(base_url=origin.url) as client:
        answer = client.raw(client.items.content, "1")
        assert_type(answer.value, bytes)
        assert answer.value == b"ID3"


def test_raw_raises_like_the_plain_call() -> None:
    with serving(StubResponse(404)) as origin, Shop(base_url=origin.url) as client, pytest.raises(NotFoundError):
        client.raw(client.items.get, "1")


def test_streaming_gives_the_body_in_pieces() -> None:
    audio = StubResponse(body=b"ID3" * 100_000, kind="audio/mpeg")
    with serving(audio) as origin, Shop(base_url=origin.url) as client:
        with client.streaming(client.items.content, "1") as answer:
            assert_type(answer, StreamedResponse[bytes])
            assert (answer.status, answer.headers["content-type"]) == (200, "audio/mpeg")
            assert b"".join(answer.iter_bytes()) == audio.body
        with client.streaming(client.items.content, "1") as answer:
            assert answer.value() == audio.body
        assert origin.connections == 1
        assert client.session.engine.shared.flight.in_flight == 0


def test_a_stream_that_is_given_up_does_not_block_the_next_call() -> None:
    with (
        serving(StubResponse(body=b"x" * 10_000_000, kind="audio/mpeg"), ITEM) as origin,
        Shop(base_url=origin.url, max_in_flight=1) as client,
    ):
        with client.streaming(client.items.content, "1") as answer:
            next(answer.iter_bytes())
            assert client.items.get("1") == {"id": "1"}
        assert repr(answer).startswith("<StreamedResponse 200")
        assert client.items.get("1") == {"id": "1"}


def test_a_body_that_cannot_be_right_is_not_streamed() -> None:
    with serving(StubResponse(body=b"<html>", kind="text/html")) as origin, Shop(base_url=origin.url) as client:
        with pytest.raises(DecodeError, match="text/html"):
            client.streaming(client.items.content, "1")
        with pytest.raises(DecodeError):
            client.streaming(client.items.content, "1")
    assert origin.connections <= 2


def test_streaming_reads_errors_whole() -> None:
    told = StubResponse(404, b'{"fault":{"text":"gone"}}')
    with serving(told) as origin, Shop(base_url=origin.url) as client, pytest.raises(NotFoundError, match="gone"):
        client.streaming(client.items.get, "1")


def test_the_async_variants() -> None:
    async def main() -> None:
        with serving(ITEM) as origin:
            async with AsyncShop(base_url=origin.url) as client:
                answer = await client.raw(client.items.get, "1")
                assert answer.value == {"id": "1"}
                async with client.streaming(client.items.get, "1") as stream:
                    assert stream.request_id == "r-1"
                    assert [piece async for piece in stream.iter_bytes()] == [b'{"id":"1"}']
                async with client.streaming(client.items.get, "1") as stream:
                    assert await stream.value() == {"id": "1"}

    asyncio.run(main())


def test_only_methods_of_resources_have_variants() -> None:
    with Shop() as client:
        with pytest.raises(ConfigurationError, match="not a method of a resource"):
            client.raw(len, "1")
        with pytest.raises(ConfigurationError, match="not a method of a resource"):
            client.streaming(str.upper, "1")


def test_the_value_may_be_asked_for_again() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        with client.streaming(client.items.get, "1") as answer:
            assert answer.value() == answer.value() == {"id": "1"}
            with pytest.raises(ConfigurationError, match="read already, by `value`"):
                next(answer.iter_bytes())
        assert answer.value() == {"id": "1"}


def test_a_body_that_was_taken_in_pieces_has_no_value() -> None:
    with (
        serving(ITEM) as origin,
        Shop(base_url=origin.url) as client,
        client.streaming(client.items.get, "1") as answer,
    ):
        assert b"".join(answer.iter_bytes()) == ITEM.body
        with pytest.raises(ConfigurationError, match="read by `iter_bytes`"):
            answer.value()
        with pytest.raises(ConfigurationError, match="read already") as caught:
            next(answer.iter_bytes())
    assert caught.value.advice is not None


def test_a_body_in_pieces_may_be_taken_by_two_loops() -> None:
    audio = StubResponse(body=b"ID3" * 200_000, kind="audio/mpeg")
    with (
        serving(audio) as origin,
        Shop(base_url=origin.url) as client,
        client.streaming(client.items.content, "1") as answer,
    ):
        first = next(answer.iter_bytes())
        assert first + b"".join(answer.iter_bytes()) == audio.body


def test_a_closed_answer_has_nothing_to_read() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        with client.streaming(client.items.get, "1") as answer:
            pass
        with pytest.raises(ConfigurationError, match="closed before"):
            answer.value()
        with pytest.raises(ConfigurationError, match="closed before"):
            next(answer.iter_bytes())


def test_a_body_comes_once_on_the_async_client_too() -> None:
    async def main() -> None:
        with serving(ITEM) as origin:
            async with AsyncShop(base_url=origin.url) as client:
                async with client.streaming(client.items.get, "1") as answer:
                    assert await answer.value() == await answer.value() == {"id": "1"}
                async with client.streaming(client.items.get, "1") as answer:
                    assert [piece async for piece in answer.iter_bytes()] == [ITEM.body]
                    with pytest.raises(ConfigurationError, match="iter_bytes"):
                        await answer.value()
                async with client.streaming(client.items.get, "1") as answer:
                    pass
                with pytest.raises(ConfigurationError, match="closed"):
                    await answer.value()

    asyncio.run(main())


def test_jobs_and_files_have_no_variants() -> None:
    with XCaaS(http_client=FakeServer(), credentials=ClientCredentials("id", "secret")) as client:
        with pytest.raises(ConfigurationError) as caught:
            client.raw(client.storage.bulk_downloads.download, object_ids=["o1"])
        assert caught.value.advice == "storage.bulk_downloads.start only starts it, and has both."
        with pytest.raises(ConfigurationError):
            client.streaming(client.storage.bulk_downloads.resume_download, "bulk-1.zip")
        with pytest.raises(ConfigurationError, match=r"storage\.objects\.download has no raw or streaming variant"):
            client.raw(client.storage.objects.download, "o1")


def test_raw_has_the_options_of_the_client_that_it_is_asked_of() -> None:
    with serving(ITEM, ITEM) as origin, Shop(base_url=origin.url) as client:
        twin = client.with_options(headers={"x-tenant": "7"})
        twin.raw(client.items.get, "1")
        client.raw(twin.items.get, "1")
        assert [request.headers.get("x-tenant") for request in origin.seen] == ["7", None]
        with Shop(base_url=origin.url) as other, pytest.raises(ConfigurationError, match="another client"):
            other.raw(client.items.get, "1")


def test_streaming_has_the_options_of_the_client_that_it_is_asked_of() -> None:
    async def main(url: str) -> None:
        async with AsyncShop(base_url=url) as client:
            twin = client.with_options(headers={"x-tenant": "7"})
            async with twin.streaming(client.items.get, "1") as response:
                assert await response.value() == {"id": "1"}
            async with AsyncShop(base_url=url) as other:
                with pytest.raises(ConfigurationError, match="another client"):
                    other.streaming(client.items.get, "1")

    with serving(ITEM) as origin:
        asyncio.run(main(origin.url))
        assert origin.seen[0].headers["x-tenant"] == "7"
