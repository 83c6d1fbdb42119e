"""A server that keeps sending a little holds nobody for longer than the total."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, Call, make, outcomes, own_client, run_async
from tests.adversarial.raw_server import Asked, Piece, chunked, json, respond, serving, sipping

TOTAL = 0.2
LATE = 0.5
# Users' own blocking clients are bounded per wait only, but while a body comes.
BOUNDED = [kind for kind in KINDS if kind != "own blocking"]


def dripping(first: bytes, drop: bytes) -> Iterator[Piece]:
    """A response that goes on for ten times as long as it may."""
    yield first
    for _ in range(60):
        yield 0.05
        yield drop


HEADS = {
    "interim": (b"", b"HTTP/1.1 102 Wait\r\n\r\n"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Filler: more\r\n"),
    "bytes of a header": (b"HTTP/1.1 200 OK\r\nX-Filler: ", b"x"),
}
BODIES = {
    "body": (respond(length=1000), b"x"),
    "chunks": (chunked(b"x").removesuffix(b"0\r\n\r\n"), b"1\r\nx\r\n"),
    "no chunk": (chunked(b"x").removesuffix(b"0\r\n\r\n") + b"1;", b"x"),
    "an error": (respond(length=1000, status=404), b"x"),
}


def in_time(attempt: Callable[[], Any], expected: Any) -> None:
    """What is tried ends as expected, and soon after the total. A busy machine has three tries."""
    took: list[float] = []
    for _ in range(3):
        began = time.monotonic()
        assert attempt() == expected
        took.append(time.monotonic() - began)
        if took[-1] < TOTAL + LATE:
            return
    raise AssertionError(took)


def ask(kind: str, library: str, drips: Iterable[tuple[bytes, bytes]], call: Call = ("get", "a")) -> None:
    """Every one of these drips ends in time. All at once, each with a client of its own: they only wait."""

    def one(drip: tuple[bytes, bytes]) -> None:
        with serving(lambda asked: dripping(*drip)) as server:
            in_time(lambda: outcomes(kind, library, server.url, [call], timeout=TOTAL), ["CallTimeoutError"])

    with ThreadPoolExecutor() as threads:
        list(threads.map(one, drips))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
def test_heads(kind: str, library: str) -> None:
    ask(kind, library, HEADS.values())


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
def test_bodies(kind: str, library: str) -> None:
    ask(kind, library, BODIES.values())


@pytest.mark.parametrize("library", LIBRARIES)
def test_bodies_in_a_blocking_client_of_the_users(library: str) -> None:
    ask("own blocking", library, [BODIES["body"], BODIES["chunks"]])


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
def test_heads_and_errors_of_streamed_responses(kind: str, library: str) -> None:
    ask(kind, library, [*HEADS.values(), BODIES["an error"]], ("download", "a"))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_body_of_a_streamed_response_may_take_longer(kind: str, library: str) -> None:
    sound = respond(length=10).replace(b"application/json", b"audio/mpeg")

    def script(asked: Asked) -> Iterator[Piece]:
        yield sound
        for _ in range(10):
            yield TOTAL / 8
            yield b"x"

    with serving(script) as server:
        assert outcomes(kind, library, server.url, [("download", "a")], timeout=TOTAL) == [b"x" * 10]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
@pytest.mark.parametrize("limit", ["call", "token"])
def test_requests_for_tokens(limit: str, kind: str, library: str) -> None:
    def script(asked: Asked) -> Iterator[Piece]:
        return dripping(*HEADS["headers"]) if asked.id == "token" else iter([json(asked.id)])

    policy = xcaas.TokenPolicy(total_timeout=TOTAL) if limit == "token" else xcaas.TokenPolicy()
    with serving(script) as server:
        given: dict[str, Any] = {
            "base_url": server.url,
            "timeout": TOTAL if limit == "call" else 60,
            "retries": 0,
        }

        def attempt() -> str | None:
            given["credentials"] = xcaas.ClientCredentials("id", "secret", policy=policy)
            return _failed(kind, library, given)

        in_time(attempt, "TokenTimeoutError" if limit == "call" else "TokenUnavailableError")


def _failed(kind: str, library: str, given: dict[str, Any]) -> str | None:
    own = own_client(kind, library) if kind.startswith("own") else None
    given = {**given, **({"http_library": library} if own is None else {"http_client": own})}
    if "blocking" in kind:
        with xcaas.XCaaS(**given) as client:
            try:
                client.storage.objects.get("a")
            except xcaas.XCaaSError as error:
                return type(error).__name__
        return None

    async def main() -> str | None:
        async with xcaas.AsyncXCaaS(**given) as client:
            try:
                await client.storage.objects.get("a")
            except xcaas.XCaaSError as error:
                return type(error).__name__
            finally:
                if own is not None:
                    await own.aclose()
        return None

    failed: str | None = run_async(kind, main)
    return failed


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
# httpx leaves a generator of its own to the collector, which trio tells.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_reads_a_little_at_a_time(kind: str, library: str) -> None:
    with sipping() as url:
        in_time(lambda: outcomes(kind, library, url, [("store", "a")], timeout=TOTAL), ["CallTimeoutError"])


@pytest.mark.parametrize("library", LIBRARIES)
def test_with_a_proxy_in_the_environment(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of the library's chooses the proxy. Its transports are bounded, too."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    ask("blocking", library, HEADS.values())
    with serving(lambda asked: dripping(*HEADS["interim"])) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with make("blocking", library, "https://api.example.com", timeout=TOTAL) as client:

            def attempt() -> str | None:
                try:
                    client.items.get("a")
                except xcaas.XCaaSError as error:
                    return type(error).__name__
                return None

            in_time(attempt, "CallTimeoutError")
