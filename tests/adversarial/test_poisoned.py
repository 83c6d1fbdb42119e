"""Malformed responses: each gives a value or a typed error in time, and later calls get their own responses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, LIBRARY_WARNINGS, Call, outcomes
from tests.adversarial.leftovers import no_leaks
from tests.adversarial.raw_server import Piece, Request, json, serving

BODY: Final = b'{"id":"bait"}'
EVIL: Final = json("EVIL")
LENGTH: Final = b"Content-Length: 13\r\n"
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"
CHUNKS: Final = b"d\r\n" + BODY + b"\r\n0\r\n\r\n"
# For connections that the server closes just as they are reused.
RETRY_ONCE: Final = xcaas.RetryPolicy(retries=1, first_wait=0.001)


def head(fields: bytes, body: bytes = BODY, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n%s\r\n%s" % (status, fields, body)


RESPONSES: Final[dict[str, bytes]] = {
    "100 many times": b"HTTP/1.1 100 Continue\r\n\r\n" * 2000 + json("bait"),
    "103 with fields": b"HTTP/1.1 103 Early\r\nContent-Length: 40\r\n\r\n" + json("bait"),
    "101": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n" + json("bait") + EVIL,
    "199": b"HTTP/1.1 199 What\r\n\r\n" + json("bait"),
    "trailers": head(CHUNKED, b"d\r\n" + BODY + b"\r\n0\r\nContent-Length: 5\r\nX: y\r\n\r\n"),
    "trailers and more": head(CHUNKED, b"d\r\n" + BODY + b"\r\n0\r\nX: y\r\n\r\n" + EVIL),
    "many trailers": head(CHUNKED, b"d\r\n" + BODY + b"\r\n0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n"),
    "extensions": head(CHUNKED, b"d;a=b;c=\"d;e\"\r\n" + BODY + b"\r\n0;x\r\n\r\n"),
    "a long extension": head(CHUNKED, b"d;" + b"x" * 70_000 + b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk without an end": head(CHUNKED, b"d\r\n" + BODY + b"0\r\n\r\n"),
    "a negative chunk": head(CHUNKED, b"-d\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk with 0x": head(CHUNKED, b"0xd\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a huge chunk": head(CHUNKED, b"f" * 30 + b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "bare line feeds": (head(LENGTH).replace(b"\r\n", b"\n")),
    "bare line feeds in chunks": head(CHUNKED, CHUNKS.replace(b"\r\n", b"\n")),
    "folded": head(b"X: a\r\n b\r\n\tc\r\n" + LENGTH),
    "a folded length": head(b"Content-Length:\r\n 13\r\n"),
    "a first line that is folded": b"HTTP/1.1 200 OK\r\n Content-Length: 13\r\n\r\n" + BODY,
    "a space before the colon": head(b"Content-Length : 13\r\n"),
    "NUL in a field": head(b"X: a\0b\r\n" + LENGTH),
    "NUL in a name": head(b"X\0: a\r\n" + LENGTH),
    "CR in a field": head(b"X: a\rContent-Length: 3\r\n" + LENGTH),
    "a line of 65 KB": head(b"X: " + b"x" * 65_000 + b"\r\n" + LENGTH),
    "a line of 200 KB": head(b"X: " + b"x" * 200_000 + b"\r\n" + LENGTH),
    "10,000 fields": head(b"X: y\r\n" * 10_000 + LENGTH),
    "no colon": head(b"nonsense\r\n" + LENGTH),
    "no name": head(b": x\r\n" + LENGTH),
    "bytes beyond ASCII": head(b"X: \xff\xfe\r\n" + LENGTH),
    "204 with a body": head(LENGTH, status=b"204 No Content") + EVIL,
    "304 with a body": head(LENGTH, status=b"304 Not Modified") + EVIL,
    "205 with a body": head(LENGTH, status=b"205 Reset"),
    "the length twice": head(LENGTH + LENGTH),
    "two lengths": head(LENGTH + b"Content-Length: 5\r\n"),
    "lengths in a list": head(b"Content-Length: 13, 13\r\n"),
    "two lengths in a list": head(b"Content-Length: 13, 5\r\n"),
    "a length with a plus sign": head(b"Content-Length: +13\r\n"),
    "a negative length": head(b"Content-Length: -13\r\n"),
    "an empty length": head(b"Content-Length: \r\n"),
    "a length with an underscore": head(b"Content-Length: 1_3\r\n"),
    "a length in Arabic digits": head("Content-Length: ١٣\r\n".encode()),
    "a length of 5,000 digits": head(b"Content-Length: " + b"9" * 5000 + b"\r\n"),
    "a length and chunks": head(b"Content-Length: 3\r\n" + CHUNKED, CHUNKS),
    "chunks and a length": head(CHUNKED + b"Content-Length: 3\r\n", CHUNKS),
    "chunked, identity": head(b"Transfer-Encoding: chunked, identity\r\n", CHUNKS),
    "identity, chunked": head(b"Transfer-Encoding: identity, chunked\r\n", CHUNKS),
    "chunked twice": head(CHUNKED + CHUNKED, CHUNKS),
    "an unknown transfer coding": head(b"Transfer-Encoding: xchunked\r\n" + LENGTH),
    "chunked with a tab": head(b"Transfer-Encoding:\tchunked\r\n", CHUNKS),
    "HTTP 1.0": head(LENGTH).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "HTTP 1.0 in chunks": head(CHUNKED, CHUNKS).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "HTTP 0.9": BODY,
    "HTTP 2": head(LENGTH).replace(b"HTTP/1.1", b"HTTP/2.0"),
    "a preface of HTTP 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "status 99": head(LENGTH, status=b"99 Low"),
    "status 1000": head(LENGTH, status=b"1000 High"),
    "status 600": head(LENGTH, status=b"600 Beyond"),
    "no reason": head(LENGTH, status=b"200"),
    "a request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "an empty line first": b"\r\n" + json("bait"),
}  # fmt: skip


def is_valid(outcome: Any, *values: Any) -> bool:
    """Return whether an outcome is one of these values, or the name of a typed error."""
    error_class = getattr(xcaas, outcome, None) if isinstance(outcome, str) else None
    return outcome in values or (isinstance(error_class, type) and issubclass(error_class, xcaas.XCaaSError))


@pytest.mark.filterwarnings(LIBRARY_WARNINGS)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_malformed_responses_do_not_affect_other_calls(kind: str, library: str) -> None:
    def script(request: Request) -> Iterator[Piece]:
        if (name := unquote(request.id)) not in RESPONSES:
            yield json(request.id)
            return
        yield RESPONSES[name]
        yield 0.005
        raise OSError("what has no end is cut")

    calls: list[Call] = []
    for name in RESPONSES:
        calls += [("get", "before"), ("get", name), ("get", "after"), ("head", name), ("get", "last")]
    with no_leaks(), serving(script) as server:
        results = outcomes(kind, library, server.url, calls, timeout=5, retries=RETRY_ONCE)
    errors = [
        (call, outcome)
        for call, outcome in zip(calls, results, strict=True)
        if not (outcome == call[1] if call[1] in ("before", "after", "last") else is_valid(outcome, "bait", None))
    ]
    assert errors == []
    assert "CallTimeoutError" not in results


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_an_invalid_cookie_raises_only_in_users_clients(kind: str, library: str) -> None:
    with serving(lambda request: [json(request.id).replace(b"Scripted\r\n", b"X\r\nSet-Cookie: a=\xff\r\n")]) as server:
        results = outcomes(kind, library, server.url, [("get", "a"), ("get", "b")])
    # Users' clients keep cookies; the SDK's own do not.
    assert results == ["a", "ConfigurationError" if kind.startswith("own") else "b"]
