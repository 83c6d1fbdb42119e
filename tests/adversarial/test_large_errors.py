"""Endless and highly compressed bodies, above all of errors: only a limited part is read."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, make, outcomes, own_client, run_async
from tests.adversarial.leftovers import no_leaks
from tests.adversarial.raw_server import Piece, Request, json, respond, serving
from xcaas_core.transport import _messages

MAX_BYTES: Final = 4 << 20


def bomb() -> bytes:
    """Return a quarter of a gigabyte, compressed."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(compressor.compress(bytes(1 << 20)) for _ in range(256)) + compressor.flush()


BOMB: Final = bomb()


def endless_response(request: Request) -> Iterator[Piece]:
    yield b"HTTP/1.1 503 Busy\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n" + b"x" * (1 << 16) + b"\r\n"


def compressed_response(request: Request) -> Iterator[Piece]:
    yield respond(BOMB, 400, "Content-Encoding: gzip")


def doubly_compressed_response(request: Request) -> Iterator[Piece]:
    yield respond(gzip.compress(BOMB), 302, "Content-Encoding: gzip, gzip")


def error_of(kind: str, library: str, url: str, name: str) -> Any:
    """Return the error of a call: `get`, or `content`, which streams."""
    http_client = own_client(kind, library) if kind.startswith("own") else None
    client = make(kind, library, url, http_client=http_client)
    if "blocking" in kind:
        with client, pytest.raises(xcaas.ResponseError) as caught:
            client.items.get("1") if name == "get" else client.streaming(client.items.content, "1").__enter__()
        if http_client is not None:
            http_client.close()
        return caught.value

    async def main() -> Any:
        async with client:
            items = client.shop.items
            call = items.get("1") if name == "get" else client.streaming(items.content, "1").__aenter__()
            with pytest.raises(xcaas.ResponseError) as caught:
                await call
        if http_client is not None:
            await http_client.aclose()
        return caught.value

    return run_async(kind, main)


@pytest.mark.parametrize("name", ["get", "content"])
@pytest.mark.parametrize("script", [endless_response, compressed_response, doubly_compressed_response])
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_endless_errors_are_read_up_to_a_limit(
    kind: str, library: str, script: Callable[[Request], Iterator[Piece]], name: str
) -> None:
    import_module(library)  # before memory is measured
    with serving(script) as server:
        tracemalloc.start()
        try:
            error: Any = error_of(kind, library, server.url, name)
            assert tracemalloc.get_traced_memory()[1] < 8 * MAX_BYTES
        finally:
            tracemalloc.stop()
        assert f"(the body is larger than {MAX_BYTES:,} bytes, and was not read to its end)" in str(error)
        assert len(error.body) == 4000
        assert server.connections == 1


@pytest.mark.parametrize("size", [3990, 4000, 4001, 70_000, 5 << 20])
def test_truncated_text_shows_no_part_of_a_credential(size: int) -> None:
    secret = "a-token-of-mine-S3CRET" * 200

    def script(request: Request) -> Iterator[Piece]:
        yield respond((b"." * 3990 + secret.encode() * 1200)[:size], 500)

    with serving(script) as server:
        client = xcaas.XCaaS(base_url=server.url, credentials=xcaas.BearerToken(secret), retries=0)
        with client, pytest.raises(xcaas.ServerError) as caught:
            client.storage.objects.get("1")
    shown = str(caught.value.body)
    assert 3990 <= len(shown) <= 4000
    assert "a-token" not in shown or size < 4010


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_success_with_a_high_compression_ratio_raises(
    kind: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unlike one that is only large."""
    monkeypatch.setattr(_messages, "_RATIO_STEP", 1 << 20)
    large = b'{"id":"large","text":"' + random.Random(1).randbytes(600_000).hex().encode() + b'"}'
    bodies = {"bomb": zlib.compress(bytes(4 << 20)), "large": zlib.compress(large)}

    def script(request: Request) -> Iterator[Piece]:
        yield (
            respond(bodies[request.id], 200, "Content-Encoding: deflate") if request.id in bodies else json(request.id)
        )

    with no_leaks(), serving(script) as server:
        results = outcomes(kind, library, server.url, [("get", "bomb"), ("get", "a"), ("get", "large"), ("get", "b")])
    assert results == ["DecodeError", "a", "large", "b"]
