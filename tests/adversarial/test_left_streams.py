"""Streamed bodies that are left, that break off, or whose rest nobody wants."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from contextlib import aclosing
from typing import Any

import pytest

from tests.adversarial.clients import KINDS, LIBRARIES, make, own_client, run_async
from tests.adversarial.raw_server import Asked, Piece, respond, serving
from xcaas_core import ConfigurationError, ConnectionLostError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nTransfer-Encoding: chunked\r\n\r\n"
WHOLE = respond(bytes(1 << 20)).replace(b"application/json", b"audio/mpeg")


def breaking(asked: Asked) -> Iterable[Piece]:
    """A body that goes on with a chunk that is none, in which the server repeats the caller's secret."""
    return [HEAD + b"5\r\nfirst\r\nzz " + asked.headers["x-secret"].encode() + b"\r\n"]


def options(kind: str, library: str) -> dict[str, Any]:
    return {"http_client": own_client(kind, library)} if kind.startswith("own") else {}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_streamed_response_that_nobody_closes_is_closed_without_the_garbage_collector(library: str) -> None:
    """The collector may close it in a thread that holds the lock of the library's pool, and would hang."""
    own = own_client("own blocking", library)
    pool = own._transport._pool
    with serving(lambda asked: [WHOLE]) as server, own:
        client = make("own blocking", library, server.url, http_client=own)
        gc.disable()
        try:
            response = client.streaming(client.items.content, "a")
            pieces = response.iter_bytes()
            next(pieces)
            assert len(pool.connections) == 1
            del response, pieces
            assert not pool.connections
        finally:
            gc.enable()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_damage_in_the_rest_of_a_body_that_was_left_is_no_error(kind: str, library: str) -> None:
    class Left(Exception):
        pass

    with serving(breaking) as server:
        client = make(kind, library, server.url, headers={"X-Secret": "s"}, **options(kind, library))

        async def leave() -> None:
            async with (
                client.streaming(client.shop.items.content, "a") as response,
                aclosing(response.iter_bytes()) as pieces,
            ):
                await anext(pieces)
                raise Left

        def leave_blocking() -> None:
            with client.streaming(client.items.content, "a") as response:
                next(response.iter_bytes())
                raise Left

        with pytest.raises(Left):
            leave_blocking() if "blocking" in kind else run_async(kind, leave)


@pytest.mark.parametrize("kind", ["blocking", "asyncio"])
def test_a_streamed_body_that_breaks_off_is_an_error_of_its_call_and_no_second_loop_takes_it_for_whole(
    kind: str,
) -> None:
    errors: list[Exception] = []

    async def main(client: Any) -> None:
        async with client.streaming(client.shop.items.content, "a") as response:
            for _ in range(2):
                try:
                    async for _ in response.iter_bytes():
                        pass
                except Exception as error:
                    errors.append(error)

    with serving(breaking) as server:
        client = make(kind, "httpx", server.url, headers={"X-Secret": "Bearer much-too-secret"})
        if kind == "asyncio":
            run_async(kind, lambda: main(client))
        else:
            with client.streaming(client.items.content, "a") as response:
                for _ in range(2):
                    try:
                        list(response.iter_bytes())
                    except Exception as error:
                        errors.append(error)
    broken, again = errors
    assert isinstance(broken, ConnectionLostError)
    assert (broken.operation, broken.method, broken.status) == ("shop.items.content", "GET", 200)
    assert isinstance(again, ConfigurationError)
    assert "was not received to its end" in str(again)
