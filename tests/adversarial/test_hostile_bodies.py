"""Calls with any body and media type return a value or raise a typed error."""

from __future__ import annotations

import random
from typing import Any

import pytest

import xcaas
from tests.adversarial.raw_server import Request, serving
from tests.support.shop import Shop
from xcaas_core.http._media_types import body_text

DEPTH = 900  # parsers accept it, but recursive code may not
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


def test_random_bodies_give_a_value_or_a_typed_error(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(16)
    sent: list[bytes] = []

    def script(request: Request) -> list[bytes]:
        body, status = rng.choice(BODIES), rng.choice(STATUSES)
        body = b"" if status in (204, 304) else body
        content_type = f"{rng.choice(TYPES)}; charset={rng.choice(CHARSETS)}"
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nRetry-After: {rng.choice(['x', '0', '1e9', '²'])}\r\n"
        sent.append(head.encode("utf-8") + body[:60])
        return [head.encode("utf-8") + b"Content-Length: %d\r\n\r\n" % len(body) + body]

    with serving(script) as server, Shop(base_url=server.url, retries=0, credentials=None) as client:
        for _ in range(600):
            call: Any = rng.choice([client.items.get, client.items.content, client.items.search])
            message = "a value"
            try:
                call("a")
            except xcaas.XCaaSError as error:
                message = f"{error}{error!r}"
            except Exception as error:
                raise AssertionError(sent[-1]) from error
            assert message
            try:
                text = client.raw(client.items.get, "a").text
            except xcaas.XCaaSError:
                continue
            assert isinstance(text, str)


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 70, "grün.ß".encode(), b"xn--a.b"])
def test_any_charset_is_decoded_to_text(content: bytes, charset: str) -> None:
    assert isinstance(body_text(content, f"text/plain; charset={charset}"), str)
