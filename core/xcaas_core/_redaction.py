"""Masking secrets in what people see (addresses, headers, bodies and texts of servers): those that a name gives away,
and those that a request has sent."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote_plus

from ._secrets import MASK, MaskedStr

if TYPE_CHECKING:
    from ._json import JSONValue

__all__ = ["Redactor", "is_secret", "redactor_of", "safe_headers", "safe_text", "safe_url"]

# Names whose values open doors. Parts of names, so that `x-api-key`, `apiKey` and `vendor-apikey` all match.
_SECRET: Final = re.compile(
    r"authori[sz]ation|api[-_.]?key|token|secret|passw|cookie|credential|signature|^sig$|^key$|^auth$|^code$",
    re.IGNORECASE,
)
_USER_INFO: Final = re.compile(r"(?<=://)[^\s/?#@]+@")
_BEARER: Final = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Tell whether a header or query parameter of this name is likely to hold a secret."""
    return _SECRET.search(name) is not None


def safe_url(url: str) -> str:
    """Return an address without user info, fragment, and the values of secret query parameters."""
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
    """Return headers with secret values masked."""
    return {name: MASK if is_secret(name) else value for name, value in headers.items()}


def safe_text(text: str, longest: int = 300) -> str:
    """Return a server's own words, in one line, cut, and without credentials that it may have echoed."""
    line = _USER_INFO.sub("", " ".join(text.split()))
    if len(line) > longest:
        line = f"{line[: longest - 1]}…"
    return _BEARER.sub(rf"\1 {MASK}", line)


# Shorter values are mere words.
_SHORTEST: Final = 4
_SHORTEST_PREFIX: Final = 8
# In data a short value is more likely a word that means something to the caller.
_SHORTEST_IN_DATA: Final = 8


class Redactor:
    """Masks what was sent as a credential where a server sends it back: plain, in base64, or percent-encoded."""

    __slots__ = ("_forms",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Mask credentials in a text, also one that was cut in the middle of a credential."""
        if "%" in text:
            text = self._mask_percent_encoded(text)
        for form in self._forms:
            text = text.replace(form, MASK)
        if text.endswith("…"):
            for form in self._forms:
                for size in range(min(len(form), len(text)) - 1, _SHORTEST_PREFIX - 1, -1):
                    if text.endswith(form[:size] + "…"):
                        return f"{text[: -size - 1]}{MASK}…"
        return text

    def _mask_percent_encoded(self, text: str) -> str:
        """Mask credentials of which any character may be percent-encoded: find them where none is."""
        decoded, places = _percent_decoded(text)
        spans: list[tuple[int, int]] = []
        for form in self._forms:
            data = form.encode("utf-8", "surrogatepass")
            at = decoded.find(data)
            while at >= 0:
                spans.append((places[at], places[at + len(data)]))
                at = decoded.find(data, at + len(data))
        pieces: list[str] = []
        done = 0
        for start, end in sorted(spans):
            if start >= done:
                pieces += [text[done:start], MASK]
            done = max(done, end)
        return "".join([*pieces, text[done:]])

    def value(self, value: JSONValue) -> JSONValue:
        """Mask credentials in a JSON value; not those that are as short as a word."""
        data = self._of(form for form in self._forms if len(form) >= _SHORTEST_IN_DATA)
        return data._masked(value) if data._forms else value

    def _masked(self, value: JSONValue) -> JSONValue:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._masked(item) for item in value]
        if isinstance(value, dict):
            return {self.text(name): self._masked(item) for name, item in value.items()}
        return value

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Mask credentials in headers, also in names, which arrive in lower case."""
        return {self._name(name): self.text(value) for name, value in headers.items()}

    def _name(self, name: str) -> str:
        return self._of(form.lower() for form in self._forms if len(form) >= _SHORTEST_IN_DATA).text(name)

    @staticmethod
    def _of(forms: Iterable[str]) -> Redactor:
        redactor = Redactor()
        redactor._forms = list(forms)
        return redactor


def _forms(secret: str) -> Iterator[str]:
    from html import escape

    data = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield secret.replace(" ", "+")
    yield " ".join(secret.split())  # as texts of servers are shown
    escaped = json.dumps(secret)[1:-1]
    yield escaped
    yield escaped.replace("/", "\\/")  # as PHP writes it
    yield escape(secret)
    shown = repr(b"'\"" + data)[5:-1]  # as HTTP libraries quote lines that they can't read; both quotes fix repr's own
    yield shown
    yield shown.replace("\\'", "'")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode("ascii").rstrip("=")


def _percent_decoded(text: str) -> tuple[bytes, list[int]]:
    """Return the bytes that a percent-encoded text stands for, and where in the text each begins, and the end."""
    decoded = bytearray()
    places: list[int] = []
    for found in re.finditer(r"%[0-9A-Fa-f]{2}|[^%]+|%", text):
        piece, start = found[0], found.start()
        if piece[0] == "%" and len(piece) == 3:
            decoded += bytes.fromhex(piece[1:])
            places.append(start)
        elif piece.isascii():
            decoded += piece.encode("ascii")
            places += range(start, found.end())
        else:
            for place, char in enumerate(piece, start):
                data = char.encode("utf-8", "surrogatepass")
                decoded += data
                places += [place] * len(data)
    return bytes(decoded), [*places, len(text)]


def redactor_of(headers: Mapping[str, str], url: str, secrets: Iterable[str]) -> Redactor:
    """Return what masks `secrets`, and the caller's own credentials, in the response to a request."""
    found = [value for name, value in headers.items() if is_secret(name) or isinstance(value, MaskedStr)]
    found += [pair.partition("=")[2].strip() for pair in headers.get("cookie", "").split(";")]
    query = url.partition("?")[2].partition("#")[0]
    found += [value for name, value in parse_qsl(query, max_num_fields=None) if is_secret(name)]
    return Redactor(part for value in (*found, *secrets) for part in _parts(value))


def _parts(value: str) -> Iterator[str]:
    """Yield what is secret in a header's value."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() == "basic":
        yield rest.strip()
        try:
            password = base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return
        yield password
        yield unquote_plus(password)
    elif scheme.lower() == "bearer":
        yield rest.strip()
    else:
        yield value
