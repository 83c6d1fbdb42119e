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
    """Makes clients that are closed after the test."""

    def __call__(self, origin: Origin, **options: Any) -> Shop: ...


@pytest.fixture
def blocking(library: str) -> Generator[Blocking]:
    with ExitStack() as stack:

        def make(origin: Origin, **options: Any) -> Shop:
            own = stack.enter_context(import_module(library).Client())
            return Shop(base_url=origin.url, http_client=own, retries=QUICK, **options)

        yield make


@asynccontextmanager
async def awaiting(origin: Origin, library: str, **options: Any) -> AsyncGenerator[AsyncShop]:
    async with import_module(library).AsyncClient() as own:
        yield AsyncShop(base_url=origin.url, http_client=own, retries=QUICK, **options)


# --- what is sent, and what comes back -----------------------------------------


def test_a_call(blocking: Blocking) -> None:
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


def test_an_async_call(library: str, run: Run) -> None:
    with serving(ITEM) as origin:

        async def main() -> None:
            async with awaiting(origin, library) as client:
                assert await client.items.get("1", tenant="acme") == {"id": "1"}

        run(main)
    assert origin.seen[0].headers["x-tenant"] == "acme"


def test_a_client_of_the_sdks_own_sends_the_same(run: Run) -> None:
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


def test_what_a_user_set_on_their_client_is_sent(library: str) -> None:
    made = import_module(library).Client(headers={"x-mine": "1", "user-agent": "mine/2"})
    with serving(ITEM) as origin, made as own:
        Shop(base_url=origin.url, http_client=own).items.get("1")
    assert origin.seen[0].headers["x-mine"] == "1"
    assert origin.seen[0].headers["user-agent"] == "mine/2"


def test_bodies_go_out(blocking: Blocking, tmp_path: Path) -> None:
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
    kind, _, boundary = attached.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    assert attached.body.count(boundary.encode()) == 4
    assert b'filename="call.mp3"' in attached.body
    assert path.read_bytes() in attached.body


def test_async_bodies_go_out(library: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "call.mp3"
    path.write_bytes(b"ID3" * 100_000)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"c"

    with serving(ITEM) as origin:

        async def main() -> None:
            async with awaiting(origin, library) as client:
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


def test_no_answer_and_no_content(blocking: Blocking) -> None:
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
        made = import_module(library).Client(follow_redirects=True)
        with made as own, pytest.raises(XCaaSError, match="Redirects are not followed"):
            Shop(base_url=origin.url, http_client=own).items.get("1")
    assert len(origin.seen) == 1


# --- errors, and what is repeated ------------------------------------------------


def test_an_error_knows_all_about_its_call(blocking: Blocking) -> None:
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
def test_a_safe_call_is_tried_again(status: int, blocking: Blocking) -> None:
    with serving(StubResponse(status), StubResponse(status), ITEM) as origin:
        assert blocking(origin).items.get("1") == {"id": "1"}
    assert len(origin.seen) == 3


def test_an_async_call_is_tried_again(library: str, run: Run) -> None:
    with serving(StubResponse(503), StubResponse(cut="before"), ITEM) as origin:

        async def main() -> None:
            async with awaiting(origin, library) as client:
                assert await client.items.get("1") == {"id": "1"}

        run(main)
    assert len(origin.seen) == 3


def test_a_call_is_given_up_after_the_last_retry() -> None:
    with (
        serving(StubResponse(503)) as origin,
        Shop(base_url=origin.url, retries=QUICK) as client,
        pytest.raises(ServerError, match="3 attempts") as caught,
    ):
        client.items.get("1")
    assert [attempt.outcome for attempt in caught.value.attempts] == ["503"] * 3
    assert len(origin.seen) == 3


@pytest.mark.parametrize(
    "answer",
    [StubResponse(503), StubResponse(429), StubResponse(cut="before"), StubResponse(cut="inside", body=b"{}" * 99)],
)
def test_what_may_have_been_done_is_not_done_again(answer: StubResponse, blocking: Blocking) -> None:
    with serving(answer, ITEM) as origin, pytest.raises(XCaaSError):
        blocking(origin).items.create({})
    assert len(origin.seen) == 1


def test_what_the_spec_calls_safe_is_done_again(blocking: Blocking) -> None:
    with serving(StubResponse(503), StubResponse(cut="before"), ITEM) as origin:
        assert blocking(origin).items.search({"q": 1}) == {"id": "1"}
    assert [seen.body for seen in origin.seen] == [b'{"q":1}'] * 3


def test_a_call_that_never_left_is_tried_again_whatever_it_is(library: str) -> None:
    with import_module(library).Client() as own:
        client = Shop(base_url="http://127.0.0.1:1", http_client=own, retries=QUICK)
        with pytest.raises(ConnectError, match="no connection could be made") as caught:
            client.items.create({})
    assert len(caught.value.attempts) == 3


@pytest.mark.parametrize("cut", ["before", "inside"])
def test_a_cut_is_a_typed_error(cut: str, blocking: Blocking, library: str, run: Run) -> None:
    with serving(StubResponse(cut=cut, body=b'{"id":"1234567890"}')) as origin:
        with pytest.raises(ConnectionLostError) as caught:
            blocking(origin).items.create({})
        assert "Check first" in str(caught.value)

        async def main() -> None:
            async with awaiting(origin, library) as client:
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


def test_what_can_be_read_once_is_sent_once(blocking: Blocking) -> None:
    with serving(StubResponse(503), ITEM) as origin, pytest.raises(ServerError):
        blocking(origin).items.store("1", iter([b"x"]))
    assert len(origin.seen) == 1


def test_damaged_bytes_are_a_typed_error_and_tried_again(blocking: Blocking) -> None:
    damaged = StubResponse(body=b"not gzip", headers=["Content-Encoding: gzip"])
    with serving(damaged, ITEM) as origin:
        assert blocking(origin).items.get("1") == {"id": "1"}
    assert len(origin.seen) == 2


def test_a_web_page_instead_of_json(blocking: Blocking) -> None:
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


def test_retry_after_is_waited_for() -> None:
    with (
        serving(StubResponse(429, headers=["Retry-After: 0.3"]), ITEM) as origin,
        Shop(base_url=origin.url, retries=QUICK) as client,
    ):
        answer = client.raw(client.items.get, "1")
    assert answer.attempts[1].waited >= 0.3
    assert answer.value == {"id": "1"}


def test_too_long_a_wait_is_raised_at_once() -> None:
    with (
        serving(StubResponse(429, headers=["Retry-After: 3600"]), ITEM) as origin,
        Shop(base_url=origin.url) as client,
        pytest.raises(XCaaSError, match="asks to wait 3600 s") as caught,
    ):
        client.items.get("1")
    assert len(origin.seen) == 1
    assert getattr(caught.value, "retry_after", None) == 3600


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    with (
        serving(StubResponse(503, headers=["Retry-After: 5"])) as origin,
        Shop(base_url=origin.url, timeout=1) as client,
        pytest.raises(ServerError),
    ):
        client.items.get("1")
    assert len(origin.seen) == 1


@pytest.mark.parametrize("answer", [StubResponse(delay=1.5), StubResponse(body=b'{"a":1}' + b" " * 50, drip=0.05)])
def test_the_total_covers_the_whole_answer(answer: StubResponse, blocking: Blocking, library: str, run: Run) -> None:
    with serving(answer) as origin:
        with pytest.raises(CallTimeoutError) as caught:
            blocking(origin, timeout=0.3).items.get("1")
        assert caught.value.attempts[-1].seconds < 1

        async def main() -> None:
            async with awaiting(origin, library, timeout=0.3) as client:
                with pytest.raises(TimeoutError):
                    await client.items.get("1")

        run(main)


def test_silence_is_bounded_within_the_total() -> None:
    with (
        serving(StubResponse(delay=1.0), ITEM) as origin,
        Shop(base_url=origin.url, timeout=Timeout(10, read=0.2), retries=QUICK) as client,
    ):
        assert client.items.get("1") == {"id": "1"}
    assert len(origin.seen) == 2


def test_a_cancelled_call_leaves_nothing_behind(run: Run) -> None:
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
