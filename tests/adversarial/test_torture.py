"""Seeded random faults for each client and transport: each call gives the right value or a typed error, and leaves no
socket, file, thread or task behind.

`make torture` makes 20,000 of them.
"""

from __future__ import annotations

import gzip
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

import xcaas
from tests.adversarial.clients import KINDS, LIBRARIES, LIBRARY_WARNINGS, Call, outcomes
from tests.adversarial.leftovers import no_leaks
from tests.adversarial.raw_server import Piece, Request, chunked, respond, serving

CALLS: Final = int(os.environ.get("XCAAS_TORTURE", "720"))
SEED: Final = os.environ.get("XCAAS_TORTURE_SEED", "8")
TOTAL: Final = 1.0
COMBINATIONS: Final = [(kind, library) for kind in KINDS for library in LIBRARIES]
CHARSETS: Final = ("utf-8", "utf-16", "undefined", "idna", "hex", "no-such", "cp037", "koi8-r", '"', "latin-1")

Fault = Callable[[bytes, random.Random], Iterator[Piece]]


def connection_closed() -> OSError:
    """Return the error with which a script closes the connection."""
    return OSError("cut")


def correct(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield respond(body)


def in_chunks(body: bytes, rng: random.Random) -> Iterator[Piece]:
    start = rng.randrange(1, len(body))
    yield chunked(body[:start], body[start:])


def until_close(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + body
    raise connection_closed()


def compressed(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield respond(gzip.compress(body[:5]) + gzip.compress(body[5:]), 200, "Content-Encoding: gzip")


def cut_compression(body: bytes, rng: random.Random) -> Iterator[Piece]:
    compressed_body = gzip.compress(body)
    yield respond(compressed_body[: rng.randrange(1, len(compressed_body))], 200, "Content-Encoding: gzip")


def cut_anywhere(body: bytes, rng: random.Random) -> Iterator[Piece]:
    response = rng.choice((respond(body), chunked(body)))
    yield response[: rng.randrange(len(response))]
    raise connection_closed()


def garbage(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield rng.randbytes(rng.randrange(1, 300))
    raise connection_closed()


def flipped_byte(body: bytes, rng: random.Random) -> Iterator[Piece]:
    """Change one byte of the head."""
    head, _, _ = respond(body).partition(b"\r\n\r\n")
    damaged = bytearray(head)
    damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    yield bytes(damaged) + b"\r\n\r\n" + body
    raise connection_closed()


def too_long(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield respond(body, length=len(body) + rng.randrange(1, 50))
    raise connection_closed()


def extra_responses(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield respond(body) + respond(b'{"id":"EVIL"}') * rng.randrange(1, 4)


def two_lengths(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield respond(body, 200, f"Content-Length: {rng.choice((len(body), len(body) + 1, -1, 'x'))}")
    raise connection_closed()


def odd_charset(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield respond(body).replace(b"application/json", f"application/json; charset={rng.choice(CHARSETS)}".encode())


def deeply_nested(body: bytes, rng: random.Random) -> Iterator[Piece]:
    depth = rng.choice((100, 900, 1100, 100_000))
    yield respond(body[:-1] + b',"deep":' + b"[" * depth + b"]" * depth + b"}")


def slow(body: bytes, rng: random.Random) -> Iterator[Piece]:
    response = respond(body)
    for start in range(0, len(response), 40):
        yield response[start : start + 40]
        yield 0.002


def interim(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield b"HTTP/1.1 103 Early\r\nX: y\r\n\r\n" * rng.randrange(1, 5) + respond(body)


def error(body: bytes, rng: random.Random) -> Iterator[Piece]:
    status = rng.choice((301, 304, 400, 401, 404, 409, 422, 429, 500, 503, 599))
    error_body = (
        b"" if status == 304 else rng.choice((b"", b"<html>", b'{"message":' + b"[" * 900 + b"]" * 900 + b"}", body))
    )
    yield respond(error_body, status, "Retry-After: 0", f"Content-Encoding: {rng.choice(('identity', 'sdch'))}")


def unknown_coding(body: bytes, rng: random.Random) -> Iterator[Piece]:
    yield respond(body, 200, f"Content-Encoding: {rng.choice(('sdch', 'compress', 'gzip, exi'))}")


FAULTS: Final[tuple[Fault, ...]] = (
    correct, in_chunks, until_close, compressed, cut_compression, cut_anywhere, garbage, flipped_byte, too_long, extra_responses,
    two_lengths, odd_charset, deeply_nested, slow, interim, error, unknown_coding,
)  # fmt: skip
# Faults that no client can detect in a binary body.
UNDETECTABLE: Final = (flipped_byte, deeply_nested, error, extra_responses)


def id_of(request: Request) -> str:
    return str(json.loads(request.body)["id"]) if request.body else request.target.split("/items/")[1].partition("/")[0]


@pytest.mark.filterwarnings(LIBRARY_WARNINGS)
@pytest.mark.timeout(0 if CALLS > 5000 else 120)
@pytest.mark.parametrize(("kind", "library"), COMBINATIONS)
def test_faults_give_the_right_value_or_a_typed_error(kind: str, library: str) -> None:
    rng = random.Random(f"{SEED} {kind} {library}")
    tries: Counter[str] = Counter()
    posts: Counter[str] = Counter()

    def script(request: Request) -> Iterator[Piece]:
        id = id_of(request)
        tries[id] += 1
        posts[id] += request.method == "POST" and request.target.endswith("/items")
        fault_rng = random.Random(f"{SEED} {kind} {library} {id} {tries[id]}")
        fault = fault_rng.choice(FAULTS)
        is_bytes = request.target.endswith("/content")
        while is_bytes and fault in UNDETECTABLE:
            fault = fault_rng.choice(FAULTS)
        for piece in fault(b'{"id":"%s"}' % id.encode(), fault_rng):
            yield piece.replace(b"application/json", b"audio/mpeg") if is_bytes and isinstance(piece, bytes) else piece

    calls: list[Call] = []
    for number in range(CALLS // len(COMBINATIONS)):
        name = rng.choice(("get", "get", "create", "download"))
        id = f"n{number}"
        calls.append((name, {"id": id} if name == "create" else id))
    with no_leaks(), serving(script) as server:
        results = outcomes(
            kind, library, server.url, calls, retries=xcaas.RetryPolicy(retries=1, first_wait=0.001), timeout=TOTAL
        )
    assert len(results) == len(calls)
    errors: list[tuple[Call, Any]] = []
    for number, (call, outcome) in enumerate(zip(calls, results, strict=True)):
        expected: Any = b'{"id":"n%d"}' % number if call[0] == "download" else f"n{number}"
        error_class = getattr(xcaas, outcome, None) if isinstance(outcome, str) else None
        is_typed = isinstance(error_class, type) and issubclass(error_class, xcaas.XCaaSError)
        if outcome != expected and not is_typed:
            errors.append((call, outcome))
    assert errors == []
    assert max(posts.values(), default=0) <= 1
    assert results.count("CallTimeoutError") < len(results) // 4 + 5
