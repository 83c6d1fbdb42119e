"""Taking secrets out of what people see: addresses, headers and server texts in errors and logs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["MASK", "is_secret", "safe_headers", "safe_text", "safe_url"]

MASK: Final = "***"

# Names whose values open doors. Parts of names, so that `x-api-key`, `apiKey` and `vendor-apikey` all match.
_SECRET: Final = re.compile(
    r"authori[sz]ation|api[-_.]?key|token|secret|passw|cookie|credential|signature|^sig$|^key$|^auth$|^code$",
    re.IGNORECASE,
)
_USER_INFO: Final = re.compile(r"(?<=://)[^\s/?#@]+@")
_BEARER: Final = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Whether a header or query parameter of this name is likely to hold a secret."""
    return _SECRET.search(name) is not None


def safe_url(url: str) -> str:
    """An address without user info, fragment, and the values of secret query parameters."""
    address, _, _ = url.partition("#")
    address, mark, query = address.partition("?")
    if "@" in address:
        scheme, slashes, rest = address.partition("//")
        host, slash, tail = rest.partition("/")
        address = f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{tail}"
    if not mark:
        return address
    return f"{address}?{'&'.join(_safe_pair(pair) for pair in query.split('&'))}"


def _safe_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals and is_secret(name) else pair


def safe_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with secret values masked."""
    return {name: MASK if is_secret(name) else value for name, value in headers.items()}


def safe_text(text: str, longest: int = 300) -> str:
    """A server's own words, in one line, cut, and without credentials that it may have echoed."""
    line = _USER_INFO.sub("", " ".join(text.split()))
    if len(line) > longest:
        line = f"{line[: longest - 1]}…"
    return _BEARER.sub(rf"\1 {MASK}", line)
