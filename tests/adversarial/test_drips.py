"""A server that keeps sending a little does not delay calls beyond their total timeout."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, Call, make, outcomes, own_client, run_async
from tests.adversarial.raw_server import Piece, Request, chunked, json, respond, serving, slow_reader

TOTAL = 0.2
TOLERANCE = 0.5
# In users' blocking clients, the total applies to bodies only.
BOUNDED = [kind for kind in KINDS if kind != "own blocking"]


def slow_response(first: bytes, piece: bytes) -> Iterator[Piece]:
    """Yield a response that takes several times the total."""
    yield first
    for _ in range(60):
        yield 0.05
        yield piece


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


def check_in_time(attempt: Callable[[], Any], expected: Any) -> None:
    """Check that `attempt` returns the expected value soon after the total. Slow machines get three tries."""
    durations: list[float] = []
    for _ in range(3):
        started = time.monotonic()
        assert attempt() == expected
        durations.append(time.monotonic() - started)
        if durations[-1] < TOTAL + TOLERANCE:
            return
    raise AssertionError(durations)


def check_drips(kind: str, library: str, drips: Iterable[tuple[bytes, bytes]], call: Call = ("get", "a")) -> None:
    """Check that calls time out for each of these drips, all at once, each with its own client."""

    def check_drip(drip: tuple[bytes, bytes]) -> None:
        with serving(lambda request: slow_response(*drip)) as server:
            check_in_time(lambda: outcomes(kind, library, server.url, [call], timeout=TOTAL), ["CallTimeoutError"])

    with ThreadPoolExecutor() as threads:
        list(threads.map(check_drip, drips))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
def test_slow_heads_raise_a_timeout(kind: str, library: str) -> None:
    check_drips(kind, library, HEADS.values())


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
def test_slow_bodies_raise_a_timeout(kind: str, library: str) -> None:
    check_drips(kind, library, BODIES.values())


@pytest.mark.parametrize("library", LIBRARIES)
def test_slow_bodies_in_a_users_blocking_client_raise_a_timeout(library: str) -> None:
    check_drips("own blocking", library, [BODIES["body"], BODIES["chunks"]])


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
def test_slow_heads_and_errors_of_streamed_responses_raise_a_timeout(kind: str, library: str) -> None:
    check_drips(kind, library, [*HEADS.values(), BODIES["an error"]], ("download", "a"))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_body_of_a_streamed_response_may_exceed_the_total(kind: str, library: str) -> None:
    audio_head = respond(length=10).replace(b"application/json", b"audio/mpeg")

    def script(request: Request) -> Iterator[Piece]:
        yield audio_head
        for _ in range(10):
            yield TOTAL / 8
            yield b"x"

    with serving(script) as server:
        assert outcomes(kind, library, server.url, [("download", "a")], timeout=TOTAL) == [b"x" * 10]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
@pytest.mark.parametrize("limit", ["call", "token"])
def test_slow_token_responses_raise_a_timeout(limit: str, kind: str, library: str) -> None:
    def script(request: Request) -> Iterator[Piece]:
        return slow_response(*HEADS["headers"]) if request.id == "token" else iter([json(request.id)])

    policy = xcaas.TokenPolicy(total_timeout=TOTAL) if limit == "token" else xcaas.TokenPolicy()
    with serving(script) as server:
        options: dict[str, Any] = {
            "base_url": server.url,
            "timeout": TOTAL if limit == "call" else 60,
            "retries": 0,
        }

        def attempt() -> str | None:
            options["credentials"] = xcaas.ClientCredentials("id", "secret", policy=policy)
            return _error_name(kind, library, options)

        check_in_time(attempt, "TokenTimeoutError" if limit == "call" else "TokenUnavailableError")


def _error_name(kind: str, library: str, options: dict[str, Any]) -> str | None:
    http_client = own_client(kind, library) if kind.startswith("own") else None
    options = {**options, **({"http_library": library} if http_client is None else {"http_client": http_client})}
    if "blocking" in kind:
        with xcaas.XCaaS(**options) as client:
            try:
                client.storage.objects.get("a")
            except xcaas.XCaaSError as error:
                return type(error).__name__
        return None

    async def main() -> str | None:
        async with xcaas.AsyncXCaaS(**options) as client:
            try:
                await client.storage.objects.get("a")
            except xcaas.XCaaSError as error:
                return type(error).__name__
            finally:
                if http_client is not None:
                    await http_client.aclose()
        return None

    name: str | None = run_async(kind, main)
    return name


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", BOUNDED)
# Trio warns about a generator that httpx leaves to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_reads_slowly_raises_a_timeout(kind: str, library: str) -> None:
    with slow_reader() as url:
        check_in_time(lambda: outcomes(kind, library, url, [("store", "a")], timeout=TOTAL), ["CallTimeoutError"])


@pytest.mark.parametrize("library", LIBRARIES)
def test_slow_responses_with_a_proxy_in_the_environment_raise_a_timeout(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's client chooses the proxy. Deadlines apply to its transports, too."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    check_drips("blocking", library, HEADS.values())
    with serving(lambda request: slow_response(*HEADS["interim"])) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with make("blocking", library, "https://api.example.com", timeout=TOTAL) as client:

            def attempt() -> str | None:
                try:
                    client.items.get("a")
                except xcaas.XCaaSError as error:
                    return type(error).__name__
                return None

            check_in_time(attempt, "CallTimeoutError")
