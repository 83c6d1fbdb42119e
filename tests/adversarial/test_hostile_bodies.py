"""Whatever a body holds and whatever its type says: a call ends in a value or in a typed error."""

from __future__ import annotations

import random
from typing import Any

import pytest

import xcaas
from tests.adversarial.raw_server import Asked, serving
from tests.support.shop import Shop
from xcaas_core.http._media_types import body_text

DEPTH = 900  # parsers take it, and what walks over it recursively may not
BODIES = [
    b"", b"{}", b'{"id":"a"}', b"null", b"\xff\xfe", b'{"id":', b"[" * 100_000, b"[" * DEPTH + b"]" * DEPTH,
    b'{"fault":{"text":' + b"[" * DEPTH + b"]" * DEPTH + b"}}",
    b'{"fault":' * DEPTH + b"1" + b"}" * DEPTH,
    b'{"message":' + b'{"message":' * DEPTH + b'"x"' + b"}" * DEPTH + b"}",
    b"<html></html>", b"9" * 10_000, b'"\\ud800"', b'{"message":"\\ud800"}', b"NaN", b"\0" * 100, b"a" * 100_000,
]  # fmt: skip
CHARSETS = [
    "utf-8", "undefined", "idna", "punycode", "hex", "base64", "rot13", "utf-7", "utf-16", "utf-32-be", "unicode_escape",
    "raw_unicode_escape", "mbcs", "zip", "no-such", "\"", "", "a" * 5000, "../../x", "%00", "ascii", "cp037", "koi8-r",
]  # fmt: skip
TYPES = ["application/json", "text/plain", "audio/mpeg", "text/html", "application/problem+json", "x", ";;;=", ""]
STATUSES = [200, 201, 204, 301, 304, 400, 401, 404, 418, 429, 500, 599]


def test_seeded_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(16)
    plan: list[bytes] = []

    def script(asked: Asked) -> list[bytes]:
        body, status = chance.choice(BODIES), chance.choice(STATUSES)
        body = b"" if status in (204, 304) else body
        content_type = f"{chance.choice(TYPES)}; charset={chance.choice(CHARSETS)}"
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nRetry-After: {chance.choice(['x', '0', '1e9', '²'])}\r\n"
        plan.append(head.encode("utf-8") + body[:60])
        return [head.encode("utf-8") + b"Content-Length: %d\r\n\r\n" % len(body) + body]

    with serving(script) as server, Shop(base_url=server.url, retries=0, credentials=None) as client:
        for _ in range(600):
            call: Any = chance.choice([client.items.get, client.items.content, client.items.search])
            told = "a value"
            try:
                call("a")
            except xcaas.XCaaSError as error:
                told = f"{error}{error!r}"
            except Exception as error:
                raise AssertionError(plan[-1]) from error
            assert told
            try:
                text = client.raw(client.items.get, "a").text
            except xcaas.XCaaSError:
                continue
            assert isinstance(text, str)


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 70, "grün.ß".encode(), b"xn--a.b"])
def test_any_charset_gives_text(content: bytes, charset: str) -> None:
    assert isinstance(body_text(content, f"text/plain; charset={charset}"), str)
