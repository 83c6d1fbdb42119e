"""A seeded run of faulted calls per client and transport: each ends in the right value or in a typed error, and
leaves no socket, file, thread or task behind.

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
from tests.adversarial.clients import KINDS, LIBRARIES, LIBRARYS_OWN, Call, outcomes
from tests.adversarial.leftovers import nothing_left
from tests.adversarial.raw_server import Asked, Piece, chunked, respond, serving

CALLS: Final = int(os.environ.get("XCAAS_TORTURE", "720"))
SEED: Final = os.environ.get("XCAAS_TORTURE_SEED", "8")
TOTAL: Final = 1.0
COMBINATIONS: Final = [(kind, library) for kind in KINDS for library in LIBRARIES]
CHARSETS: Final = ("utf-8", "utf-16", "undefined", "idna", "hex", "no-such", "cp037", "koi8-r", '"', "latin-1")

Fault = Callable[[bytes, random.Random], Iterator[Piece]]


def cut() -> OSError:
    """What ends a script in the middle: the server closes the connection."""
    return OSError("cut")


def whole(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield respond(body)


def in_chunks(body: bytes, chance: random.Random) -> Iterator[Piece]:
    at = chance.randrange(1, len(body))
    yield chunked(body[:at], body[at:])


def until_the_end(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + body
    raise cut()


def compressed(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield respond(gzip.compress(body[:5]) + gzip.compress(body[5:]), 200, "Content-Encoding: gzip")


def cut_compression(body: bytes, chance: random.Random) -> Iterator[Piece]:
    packed = gzip.compress(body)
    yield respond(packed[: chance.randrange(1, len(packed))], 200, "Content-Encoding: gzip")


def cut_anywhere(body: bytes, chance: random.Random) -> Iterator[Piece]:
    response = chance.choice((respond(body), chunked(body)))
    yield response[: chance.randrange(len(response))]
    raise cut()


def garbage(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield chance.randbytes(chance.randrange(1, 300))
    raise cut()


def flipped(body: bytes, chance: random.Random) -> Iterator[Piece]:
    """One byte of the head is another."""
    head, _, _ = respond(body).partition(b"\r\n\r\n")
    damaged = bytearray(head)
    damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    yield bytes(damaged) + b"\r\n\r\n" + body
    raise cut()


def too_long(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield respond(body, length=len(body) + chance.randrange(1, 50))
    raise cut()


def more_behind(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield respond(body) + respond(b'{"id":"EVIL"}') * chance.randrange(1, 4)


def two_lengths(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield respond(body, 200, f"Content-Length: {chance.choice((len(body), len(body) + 1, -1, 'x'))}")
    raise cut()


def odd_charset(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield respond(body).replace(b"application/json", f"application/json; charset={chance.choice(CHARSETS)}".encode())


def deep(body: bytes, chance: random.Random) -> Iterator[Piece]:
    depth = chance.choice((100, 900, 1100, 100_000))
    yield respond(body[:-1] + b',"deep":' + b"[" * depth + b"]" * depth + b"}")


def slow(body: bytes, chance: random.Random) -> Iterator[Piece]:
    response = respond(body)
    for at in range(0, len(response), 40):
        yield response[at : at + 40]
        yield 0.002


def interim(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield b"HTTP/1.1 103 Early\r\nX: y\r\n\r\n" * chance.randrange(1, 5) + respond(body)


def error(body: bytes, chance: random.Random) -> Iterator[Piece]:
    status = chance.choice((301, 304, 400, 401, 404, 409, 422, 429, 500, 503, 599))
    text = (
        b"" if status == 304 else chance.choice((b"", b"<html>", b'{"message":' + b"[" * 900 + b"]" * 900 + b"}", body))
    )
    yield respond(text, status, "Retry-After: 0", f"Content-Encoding: {chance.choice(('identity', 'sdch'))}")


def unknown_coding(body: bytes, chance: random.Random) -> Iterator[Piece]:
    yield respond(body, 200, f"Content-Encoding: {chance.choice(('sdch', 'compress', 'gzip, exi'))}")


FAULTS: Final[tuple[Fault, ...]] = (
    whole, in_chunks, until_the_end, compressed, cut_compression, cut_anywhere, garbage, flipped, too_long, more_behind,
    two_lengths, odd_charset, deep, slow, interim, error, unknown_coding,
)  # fmt: skip
# What no client could notice in a body of bytes.
UNSEEN: Final = (flipped, deep, error, more_behind)


def id_of(asked: Asked) -> str:
    return str(json.loads(asked.body)["id"]) if asked.body else asked.target.split("/items/")[1].partition("/")[0]


@pytest.mark.filterwarnings(LIBRARYS_OWN)
@pytest.mark.timeout(0 if CALLS > 5000 else 120)
@pytest.mark.parametrize(("kind", "library"), COMBINATIONS)
def test_faulted_calls(kind: str, library: str) -> None:
    chance = random.Random(f"{SEED} {kind} {library}")
    tries: Counter[str] = Counter()
    posts: Counter[str] = Counter()

    def script(asked: Asked) -> Iterator[Piece]:
        id = id_of(asked)
        tries[id] += 1
        posts[id] += asked.method == "POST" and asked.target.endswith("/items")
        own = random.Random(f"{SEED} {kind} {library} {id} {tries[id]}")
        fault = own.choice(FAULTS)
        is_bytes = asked.target.endswith("/content")
        while is_bytes and fault in UNSEEN:
            fault = own.choice(FAULTS)
        for piece in fault(b'{"id":"%s"}' % id.encode(), own):
            yield piece.replace(b"application/json", b"audio/mpeg") if is_bytes and isinstance(piece, bytes) else piece

    calls: list[Call] = []
    for number in range(CALLS // len(COMBINATIONS)):
        name = chance.choice(("get", "get", "create", "download"))
        id = f"n{number}"
        calls.append((name, {"id": id} if name == "create" else id))
    with nothing_left(), serving(script) as server:
        found = outcomes(
            kind, library, server.url, calls, retries=xcaas.RetryPolicy(retries=1, first_wait=0.001), timeout=TOTAL
        )
    assert len(found) == len(calls)
    wrong: list[tuple[Call, Any]] = []
    for number, (call, outcome) in enumerate(zip(calls, found, strict=True)):
        right: Any = b'{"id":"n%d"}' % number if call[0] == "download" else f"n{number}"
        kind_of_error = getattr(xcaas, outcome, None) if isinstance(outcome, str) else None
        is_typed = isinstance(kind_of_error, type) and issubclass(kind_of_error, xcaas.XCaaSError)
        if outcome != right and not is_typed:
            wrong.append((call, outcome))
    assert wrong == []
    assert max(posts.values(), default=0) <= 1
    assert found.count("CallTimeoutError") < len(found) // 4 + 5
