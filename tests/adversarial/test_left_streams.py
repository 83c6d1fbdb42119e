"""Streamed responses that are abandoned, left before their end, or cut off."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from contextlib import aclosing
from typing import Any

import pytest

from tests.adversarial.clients import KINDS, LIBRARIES, make, own_client, run_async
from tests.adversarial.raw_server import Piece, Request, respond, serving
from xcaas_core import ConfigurationError, ConnectionLostError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nTransfer-Encoding: chunked\r\n\r\n"
COMPLETE = respond(bytes(1 << 20)).replace(b"application/json", b"audio/mpeg")


def break_off(request: Request) -> Iterable[Piece]:
    """Send an invalid chunk, which repeats a header of the request."""
    return [HEAD + b"5\r\nfirst\r\nzz " + request.headers["x-secret"].encode() + b"\r\n"]


def options(kind: str, library: str) -> dict[str, Any]:
    return {"http_client": own_client(kind, library)} if kind.startswith("own") else {}


@pytest.mark.parametrize("library", LIBRARIES)
def test_abandoned_responses_are_closed_without_the_garbage_collector(library: str) -> None:
    """The collector may close it in a thread that holds the lock of the library's pool, and would hang."""
    http_client = own_client("own blocking", library)
    pool = http_client._transport._pool
    with serving(lambda request: [COMPLETE]) as server, http_client:
        client = make("own blocking", library, server.url, http_client=http_client)
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
def test_invalid_rest_of_a_body_is_ignored_when_it_is_not_read(kind: str, library: str) -> None:
    class LeavingError(Exception):
        pass

    with serving(break_off) as server:
        client = make(kind, library, server.url, headers={"X-Secret": "s"}, **options(kind, library))

        async def leave() -> None:
            async with (
                client.streaming(client.shop.items.content, "a") as response,
                aclosing(response.iter_bytes()) as pieces,
            ):
                await anext(pieces)
                raise LeavingError

        def leave_blocking() -> None:
            with client.streaming(client.items.content, "a") as response:
                next(response.iter_bytes())
                raise LeavingError

        with pytest.raises(LeavingError):
            leave_blocking() if "blocking" in kind else run_async(kind, leave)


@pytest.mark.parametrize("kind", ["blocking", "asyncio"])
def test_cut_bodies_raise_with_details_of_the_call_and_cannot_be_read_again(
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

    with serving(break_off) as server:
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
    first, second = errors
    assert isinstance(first, ConnectionLostError)
    assert (first.operation, first.method, first.status) == ("shop.items.content", "GET", 200)
    assert isinstance(second, ConfigurationError)
    assert "was not received to its end" in str(second)
