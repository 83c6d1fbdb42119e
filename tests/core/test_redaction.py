"""Masking of secrets in URLs, headers and strings."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core._redaction import Redactor, is_secret, safe_headers, safe_text, safe_url
from xcaas_core._secrets import MASK


@pytest.mark.parametrize(
    "name",
    ["Authorization", "x-api-key", "8x8-apikey", "token", "apiKey", "API_KEY", "client_secret", "password", "Cookie",
     "Set-Cookie", "X-Amz-Signature", "X-Amz-Credential", "sig", "access_token", "key"],
)  # fmt: skip
def test_name_of_a_secret_is_recognized(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["filter", "page", "pageKey", "X-Tenant-Info", "Accept", "limit", "keyword", "sort"])
def test_other_name_is_not_a_secret(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?filter=a&x-api-key=s3", f"https://a.example/x?filter=a&x-api-key={MASK}"),
        ("https://user:s3@a.example/x", "https://a.example/x"),
        ("https://a.example/x#s3", "https://a.example/x"),
        ("https://a.example/@home?a", "https://a.example/@home?a"),
        ("https://a.example", "https://a.example"),
    ],
)
def test_url_is_shown_without_secrets(url: str, expected: str) -> None:
    assert safe_url(url) == expected


def test_secret_headers_are_masked() -> None:
    assert safe_headers({"x-api-key": "s3", "accept": "*/*"}) == {"x-api-key": MASK, "accept": "*/*"}


def test_message_is_shortened_and_masked() -> None:
    assert safe_text("a\n  b") == "a b"
    assert safe_text("got Basic dXNlcjpwYXNz there") == f"got Basic {MASK} there"
    assert safe_text("x" * 400) == "x" * 299 + "…"


SECRETS: Final = ("eght_S3CRET-of-mine.0", 'it\'s a "S3CRET" & <more>', "S3CRET/wörd+Ωω é=\\x")
ECHOES: Final[dict[str, Callable[[str], str]]] = {
    "plain": str,
    "upper": str.upper,
    "lower": str.lower,
    "swapped": str.swapcase,
    "hex": lambda secret: secret.encode().hex(),
    "HEX": lambda secret: secret.encode().hex().upper(),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
    "percent": lambda secret: quote(secret, safe=""),
    "form": quote_plus,
    "all percent": lambda secret: "".join(f"%{byte:02x}" for byte in secret.encode()),
    "html": html.escape,
    "decimal": lambda secret: "".join(f"&#{ord(char)};" for char in secret),
    "hexadecimal": lambda secret: "".join(f"&#X{ord(char):04X}" for char in secret) + ";",
    "json": lambda secret: json.dumps(secret)[1:-1],
    "all json": lambda secret: "".join(f"\\u{ord(char):04X}" for char in secret),
    "upper, then percent": lambda secret: quote(secret.upper()),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("echo", ECHOES)
def test_echoed_credential_is_masked_in_any_form(secret: str, echo: str) -> None:
    redactor = Redactor([secret])
    echoed = ECHOES[echo](secret)
    assert redactor.text(f"no <{echoed}> 100% & more") == f"no <{MASK}> 100% & more"
    assert redactor.value({"a": [echoed, 1, None]}) == {"a": [MASK, 1, None]}
    assert redactor.headers({f"x-{echoed}": echoed}) == {f"x-{MASK}": MASK}


@given(st.lists(st.sampled_from("pUx%j&"), min_size=24, max_size=24), st.text(), st.text())
def test_credential_with_differently_escaped_characters_is_masked(kinds: list[str], before: str, after: str) -> None:
    secret = "S3CRET-of-m1ne/that+is=w"
    escape: dict[str, Callable[[str], str]] = {
        "p": str, "U": str.swapcase, "x": lambda char: f"\\x{ord(char):02x}", "%": lambda char: f"%{ord(char):02X}",
        "j": lambda char: f"\\u{ord(char):04x}", "&": lambda char: f"&#{ord(char)};",
    }  # fmt: skip
    echoed = "".join(escape[kind](char) for kind, char in zip(kinds, secret, strict=True))
    assert Redactor([secret]).text(f"{before} {echoed} {after}") == f"{before} {MASK} {after}"


def test_other_text_is_unchanged() -> None:
    text = r"100% of &nothing; and &token=S, 5 &lt; 6, C:\users\x &#1; &#99999999; %zz \u12"
    assert Redactor(["S3CRET-of-mine"]).text(text) == text
    assert Redactor(["token-of-mine"]).text("a=1&Token-of-mine&b=2") == f"a=1&{MASK}&b=2"


def test_characters_around_a_credential_are_unchanged() -> None:
    for number in range(0x110000):
        char = chr(number)
        if char.lower() != char:
            assert Redactor([f"a-S3CRET{char}"]).text(f"x{char}a-S3CRET{char}{char}x") == f"x{char}{MASK}{char}x"
