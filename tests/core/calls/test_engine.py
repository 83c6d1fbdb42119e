"""Whole calls over the loopback, with each HTTP library, blocking and in each kind of event loop."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator
from contextlib import ExitStack, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support.origin import Origin, StubResponse, serving
from tests.support.shop import AsyncShop, Shop
from xcaas_core import (
    ArgumentError,
    CallTimeoutError,
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    DecodeError,
    NotFoundError,
    RetryPolicy,
    ServerError,
    Timeout,
    XCaaSError,
)

Run = Callable[[Callable[[], Awaitable[None]]], None]

QUICK = RetryPolicy(2, first_wait=0.001, longest_wait=0.002)
ITEM = StubResponse(body=b'{"id":"1"}')


class Blocking(Protocol):
    """A factory of clients that are closed after the test."""

    def __call__(self, origin: Origin, **options: Any) -> Shop: ...


@pytest.fixture
def blocking(library: str) -> Generator[Blocking]:
    with ExitStack() as stack:

        def make(origin: Origin, **options: Any) -> Shop:
            http_client = stack.enter_context(import_module(library).Client())
            return Shop(base_url=origin.url, http_client=http_client, retries=QUICK, **options)

        yield make


@asynccontextmanager
async def async_client(origin: Origin, library: str, **options: Any) -> AsyncGenerator[AsyncShop]:
    async with import_module(library).AsyncClient() as http_client:
        yield AsyncShop(base_url=origin.url, http_client=http_client, retries=QUICK, **options)


# --- requests and responses ------------------------------------------------------


def test_a_call_sends_arguments_and_options_and_returns_the_value(blocking: Blocking) -> None:
    with serving(ITEM) as origin:
        client = blocking(origin, tenant="acme", headers={"X-Team": "red"}, region="eu")
        assert client.items.get("a b", tags=["x", "y"]) == {"id": "1"}
    (seen,) = origin.seen
    assert (seen.method, seen.target) == ("GET", "/eu/shop/v1/items/a%20b?tags=x,y")
    assert seen.headers["x-tenant"] == "acme"
    assert seen.headers["x-team"] == "red"
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["user-agent"].startswith("xcaas/")
    assert "content-type" not in seen.headers


def test_an_async_call_sends_arguments_and_returns_the_value(library: str, run: Run) -> None:
    with serving(ITEM) as origin:

        async def main() -> None:
            async with async_client(origin, library) as client:
                assert await client.items.get("1", tenant="acme") == {"id": "1"}

        run(main)
    assert origin.seen[0].headers["x-tenant"] == "acme"


def test_the_sdks_own_clients_send_the_same_headers(run: Run) -> None:
    with serving(ITEM) as origin:
        with Shop(base_url=origin.url) as client:
            client.items.get("1")

        async def main() -> None:
            async with AsyncShop(base_url=origin.url) as other:
                await other.items.get("1")

        run(main)
    for seen in origin.seen:
        assert seen.headers["user-agent"].startswith("xcaas/")
        assert seen.headers["accept"] == "application/json"
        assert "gzip" in seen.headers["accept-encoding"]
        assert seen.headers["connection"] == "keep-alive"


def test_headers_of_a_users_http_client_are_sent(library: str) -> None:
    library_client = import_module(library).Client(headers={"x-mine": "1", "user-agent": "mine/2"})
    with serving(ITEM) as origin, library_client as http_client:
        Shop(base_url=origin.url, http_client=http_client).items.get("1")
    assert origin.seen[0].headers["x-mine"] == "1"
    assert origin.seen[0].headers["user-agent"] == "mine/2"


def test_bodies_are_sent(blocking: Blocking, tmp_path: Path) -> None:
    path = tmp_path / "call.mp3"
    path.write_bytes(b"ID3" * 100_000)
    with serving(ITEM) as origin:
        client = blocking(origin)
        client.items.create({"name": "x"})
        client.items.store("1", path)
        client.items.store("1", iter([b"ab", b"c"]))
        client.items.attach("1", {"audio": path, "note": "hi", "more": iter([b"x"])})
    created, stored, streamed, attached = origin.seen
    assert json.loads(created.body) == {"name": "x"}
    assert created.headers["content-type"] == "application/json"
    assert stored.body == path.read_bytes()
    assert stored.headers["content-length"] == "300000"
    assert stored.headers["content-type"] == "audio/mpeg"
    assert (streamed.body, streamed.headers["transfer-encoding"]) == (b"abc", "chunked")
    media_type, _, boundary = attached.headers["content-type"].partition("; boundary=")
    assert media_type == "multipart/form-data"
    assert attached.body.count(boundary.encode()) == 4
    assert b'filename="call.mp3"' in attached.body
    assert path.read_bytes() in attached.body


def test_async_bodies_are_sent(library: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "call.mp3"
    path.write_bytes(b"ID3" * 100_000)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"c"

    with serving(ITEM) as origin:

        async def main() -> None:
            async with async_client(origin, library) as client:
                await client.items.store("1", path)
                await client.items.store("1", pieces())
                await client.items.store("1", io.BytesIO(b"xyz"))
                await client.items.attach("1", {"audio": path})

        run(main)
    assert [seen.body for seen in origin.seen[:3]] == [path.read_bytes(), b"abc", b"xyz"]
    assert path.read_bytes() in origin.seen[3].body


def test_a_blocking_client_cannot_send_an_async_iterator() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b""

    with (
        serving() as origin,
        Shop(base_url=origin.url) as client,
        pytest.raises(ConfigurationError, match="async iterator"),
    ):
        client.items.store("1", pieces())
    assert not origin.seen


def test_a_response_without_content_returns_none(blocking: Blocking) -> None:
    with serving(StubResponse(204, b"", kind=None)) as origin:
        blocking(origin).items.remove("1")
    assert origin.seen[0].method == "DELETE"


def test_cookies_of_a_server_are_not_sent_back() -> None:
    with serving(StubResponse(headers=["Set-Cookie: session=s3cret"])) as origin, Shop(base_url=origin.url) as client:
        client.items.get("1")
        client.items.get("2")
    assert "cookie" not in origin.seen[1].headers


def test_redirects_are_not_followed(library: str) -> None:
    with serving(StubResponse(302, b"", headers=["Location: http://127.0.0.1:1/elsewhere"])) as origin:
        library_client = import_module(library).Client(follow_redirects=True)
        with library_client as http_client, pytest.raises(XCaaSError, match="Redirects are not followed"):
            Shop(base_url=origin.url, http_client=http_client).items.get("1")
    assert len(origin.seen) == 1


# --- errors and retries ----------------------------------------------------------


def test_an_error_has_the_details_of_its_call(blocking: Blocking) -> None:
    body = json.dumps({"fault": {"text": "no such item", "code": "E17"}}).encode()
    with (
        serving(StubResponse(404, body, headers=["X-Request-Id: r-1"])) as origin,
        pytest.raises(NotFoundError, match=r"no such item \(request id r-1\)\. Check the id") as caught,
    ):
        blocking(origin).items.get("1", tags=["a"])
    error = caught.value
    assert (error.method, error.url) == ("GET", f"{origin.url}/shop/v1/items/1?tags=a")
    assert (error.operation, error.status, error.code) == ("shop.items.get", 404, "E17")
    assert error.body == {"fault": {"text": "no such item", "code": "E17"}}
    assert len(error.attempts) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_safe_call_is_retried(status: int, blocking: Blocking) -> None:
    with serving(StubResponse(status), StubResponse(status), ITEM) as origin:
        assert blocking(origin).items.get("1") == {"id": "1"}
    assert len(origin.seen) == 3


def test_an_async_call_is_retried(library: str, run: Run) -> None:
    with serving(StubResponse(503), StubResponse(cut="before"), ITEM) as origin:

        async def main() -> None:
            async with async_client(origin, library) as client:
                assert await client.items.get("1") == {"id": "1"}

        run(main)
    assert len(origin.seen) == 3


def test_the_error_is_raised_after_the_last_retry() -> None:
    with (
        serving(StubResponse(503)) as origin,
        Shop(base_url=origin.url, retries=QUICK) as client,
        pytest.raises(ServerError, match="3 attempts") as caught,
    ):
        client.items.get("1")
    assert [attempt.outcome for attempt in caught.value.attempts] == ["503"] * 3
    assert len(origin.seen) == 3


@pytest.mark.parametrize(
    "response",
    [StubResponse(503), StubResponse(429), StubResponse(cut="before"), StubResponse(cut="inside", body=b"{}" * 99)],
)
def test_an_unsafe_call_that_may_have_been_carried_out_is_not_retried(
    response: StubResponse, blocking: Blocking
) -> None:
    with serving(response, ITEM) as origin, pytest.raises(XCaaSError):
        blocking(origin).items.create({})
    assert len(origin.seen) == 1


def test_a_post_that_the_spec_marks_as_safe_is_retried(blocking: Blocking) -> None:
    with serving(StubResponse(503), StubResponse(cut="before"), ITEM) as origin:
        assert blocking(origin).items.search({"q": 1}) == {"id": "1"}
    assert [seen.body for seen in origin.seen] == [b'{"q":1}'] * 3


def test_any_call_is_retried_if_no_connection_was_made(library: str) -> None:
    with import_module(library).Client() as http_client:
        client = Shop(base_url="http://127.0.0.1:1", http_client=http_client, retries=QUICK)
        with pytest.raises(ConnectError, match="no connection could be made") as caught:
            client.items.create({})
    assert len(caught.value.attempts) == 3


@pytest.mark.parametrize("cut", ["before", "inside"])
def test_a_broken_connection_raises_a_typed_error(cut: str, blocking: Blocking, library: str, run: Run) -> None:
    with serving(StubResponse(cut=cut, body=b'{"id":"1234567890"}')) as origin:
        with pytest.raises(ConnectionLostError) as caught:
            blocking(origin).items.create({})
        assert "Check first" in str(caught.value)

        async def main() -> None:
            async with async_client(origin, library) as client:
                with pytest.raises(ConnectionLostError):
                    await client.items.create({})

        run(main)


def test_a_retried_upload_sends_its_file_again(blocking: Blocking, tmp_path: Path) -> None:
    path = tmp_path / "call.mp3"
    path.write_bytes(b"ID3")
    with serving(StubResponse(503), StubResponse(503), ITEM) as origin:
        client = blocking(origin)
        client.items.attach("1", {"audio": path, "file": io.BytesIO(b"xyz")})
    bodies = [seen.body.replace(seen.headers["content-type"].partition("=")[2].encode(), b"") for seen in origin.seen]
    assert bodies[0] == bodies[1] == bodies[2]
    assert b"xyz" in bodies[0]


def test_a_body_that_can_be_read_only_once_is_not_retried(blocking: Blocking) -> None:
    with serving(StubResponse(503), ITEM) as origin, pytest.raises(ServerError):
        blocking(origin).items.store("1", iter([b"x"]))
    assert len(origin.seen) == 1


def test_a_damaged_body_is_retried(blocking: Blocking) -> None:
    damaged = StubResponse(body=b"not gzip", headers=["Content-Encoding: gzip"])
    with serving(damaged, ITEM) as origin:
        assert blocking(origin).items.get("1") == {"id": "1"}
    assert len(origin.seen) == 2


def test_a_web_page_instead_of_json_raises_decode_error(blocking: Blocking) -> None:
    page = StubResponse(body=b"<html>Log in, please</html>", kind="text/html", headers=["X-Request-Id: r-2"])
    with serving(page) as origin, pytest.raises(DecodeError, match="text/html") as caught:
        blocking(origin).items.get("1")
    assert "Log in" not in str(caught.value)
    assert (caught.value.status, caught.value.request_id) == (200, "r-2")
    assert caught.value.operation == "shop.items.get"


def test_arguments_are_checked_before_anything_is_sent() -> None:
    with (
        serving() as origin,
        Shop(base_url=origin.url) as client,
        pytest.raises(ArgumentError, match="cannot stand in a path") as caught,
    ):
        client.items.get("..")
    assert caught.value.operation == "shop.items.get"
    assert not origin.seen


# --- time ------------------------------------------------------------------------


def test_retry_after_is_respected() -> None:
    with (
        serving(StubResponse(429, headers=["Retry-After: 0.3"]), ITEM) as origin,
        Shop(base_url=origin.url, retries=QUICK) as client,
    ):
        response = client.raw(client.items.get, "1")
    assert response.attempts[1].waited >= 0.3
    assert response.value == {"id": "1"}


def test_too_long_a_retry_after_raises_at_once() -> None:
    with (
        serving(StubResponse(429, headers=["Retry-After: 3600"]), ITEM) as origin,
        Shop(base_url=origin.url) as client,
        pytest.raises(XCaaSError, match="asks to wait 3600 s") as caught,
    ):
        client.items.get("1")
    assert len(origin.seen) == 1
    assert getattr(caught.value, "retry_after", None) == 3600


def test_a_wait_beyond_the_deadline_raises_at_once() -> None:
    with (
        serving(StubResponse(503, headers=["Retry-After: 5"])) as origin,
        Shop(base_url=origin.url, timeout=1) as client,
        pytest.raises(ServerError),
    ):
        client.items.get("1")
    assert len(origin.seen) == 1


@pytest.mark.parametrize("response", [StubResponse(delay=1.5), StubResponse(body=b'{"a":1}' + b" " * 50, drip=0.05)])
def test_the_total_timeout_covers_the_whole_response(
    response: StubResponse, blocking: Blocking, library: str, run: Run
) -> None:
    with serving(response) as origin:
        with pytest.raises(CallTimeoutError) as caught:
            blocking(origin, timeout=0.3).items.get("1")
        assert caught.value.attempts[-1].seconds < 1

        async def main() -> None:
            async with async_client(origin, library, timeout=0.3) as client:
                with pytest.raises(TimeoutError):
                    await client.items.get("1")

        run(main)


def test_the_read_timeout_applies_within_the_total() -> None:
    with (
        serving(StubResponse(delay=1.0), ITEM) as origin,
        Shop(base_url=origin.url, timeout=Timeout(10, read=0.2), retries=QUICK) as client,
    ):
        assert client.items.get("1") == {"id": "1"}
    assert len(origin.seen) == 2


def test_a_cancelled_call_releases_its_slot_and_connection(run: Run) -> None:
    import anyio

    with serving(StubResponse(delay=1.0), ITEM) as origin:

        async def main() -> None:
            async with AsyncShop(base_url=origin.url) as client:
                async with anyio.create_task_group() as calls:
                    calls.start_soon(client.items.get, "1")
                    while not origin.seen:
                        await anyio.sleep(0.01)
                    calls.cancel_scope.cancel()
                assert client.session.engine.shared.flight.in_flight == 0
                assert await client.items.get("1") == {"id": "1"}

        run(main)
