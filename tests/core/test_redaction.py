"""What people see of addresses, headers and texts."""

from __future__ import annotations

import pytest

from xcaas_core._redaction import is_secret, safe_headers, safe_text, safe_url
from xcaas_core._secrets import MASK


@pytest.mark.parametrize(
    "name",
    ["Authorization", "x-api-key", "8x8-apikey", "token", "apiKey", "API_KEY", "client_secret", "password", "Cookie",
     "Set-Cookie", "X-Amz-Signature", "X-Amz-Credential", "sig", "access_token", "key"],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["filter", "page", "pageKey", "X-Tenant-Info", "Accept", "limit", "keyword", "sort"])
def test_names_of_other_things(name: str) -> None:
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
def test_addresses(url: str, expected: str) -> None:
    assert safe_url(url) == expected


def test_headers() -> None:
    assert safe_headers({"x-api-key": "s3", "accept": "*/*"}) == {"x-api-key": MASK, "accept": "*/*"}


def test_texts() -> None:
    assert safe_text("a\n  b") == "a b"
    assert safe_text("got Basic dXNlcjpwYXNz there") == f"got Basic {MASK} there"
    assert safe_text("x" * 400) == "x" * 299 + "…"
