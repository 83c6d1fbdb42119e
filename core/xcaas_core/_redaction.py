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

# Shorter values are mere words.
_MIN_LENGTH: Final = 4
_MIN_PREFIX_LENGTH: Final = 8
# In data a short value is more likely a word that means something to the caller.
_MIN_LENGTH_IN_DATA: Final = 8
_ESCAPE: Final = re.compile(
    r"""(?:%[0-9a-f]{2})+|&\#(?:[0-9]{1,7}|x[0-9a-f]{1,6});?|&\w{2,8};|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\["'/\\]""",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Return whether a header or query parameter of this name is likely to hold a secret."""
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


class Redactor:
    """Masks what was sent as a credential where a server sends it back: in upper or lower case, in base64 or hex, and
    with any of its characters escaped as addresses, HTML and JSON do it."""

    __slots__ = ("_forms",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {_lower(form) for secret in secrets if len(secret) >= _MIN_LENGTH for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Mask credentials in a text, also one that was cut in the middle of a credential."""
        spans = list(self._find(_lower(text)))
        if "%" in text or "&" in text or "\\" in text:
            plain, places = _unescaped(text)
            spans += [(places[start], places[end]) for start, end in self._find(_lower(plain))]
        if spans:
            text = _masked(text, spans)
        if text.endswith("…"):
            lower = _lower(text)
            for form in self._forms:
                for size in range(min(len(form), len(text)) - 1, _MIN_PREFIX_LENGTH - 1, -1):
                    if lower.endswith(form[:size] + "…"):
                        return f"{text[: -size - 1]}{MASK}…"
        return text

    def _find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where a text in lower case has credentials."""
        for form in self._forms:
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = text.find(form, at + len(form))

    def value(self, value: JSONValue) -> JSONValue:
        """Mask credentials in a JSON value; not those that are as short as a word."""
        data = self._longer()
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
        """Mask credentials in headers; in names, which are words, not those that are as short as a word."""
        names = self._longer()
        return {names.text(name): self.text(value) for name, value in headers.items()}

    def _longer(self) -> Redactor:
        redactor = Redactor()
        redactor._forms = [form for form in self._forms if len(form) >= _MIN_LENGTH_IN_DATA]
        return redactor


def _forms(secret: str) -> Iterator[str]:
    data = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield secret.replace(" ", "+")
    yield " ".join(secret.split())  # as texts of servers are shown
    yield json.dumps(secret)[1:-1]
    shown = repr(b"'\"" + data)[5:-1]  # as HTTP libraries quote lines that they can't read; both quotes fix repr's own
    yield shown
    yield shown.replace("\\'", "'")
    yield data.hex()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode("ascii").rstrip("=")


def _lower(text: str) -> str:
    """Return a text in lower case, each character of it by itself."""
    return text.replace("İ", "i").replace("Σ", "σ").lower()


def _unescaped(text: str) -> tuple[str, list[int]]:
    """Return a text without its escapes, and where in it each character begins, and the end."""
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for found in _ESCAPE.finditer(text):
        start, plain = found.start(), _plain(found[0])
        if text[start] == "&" and len(plain) != 1:  # no entity
            continue
        pieces += [text[done:start], plain]
        places += range(done, start)
        done = found.end()
        for char in plain:
            places.append(start)
            if text[start] == "%" and start + 3 < done:
                start += 3 * len(char.encode("utf-8", "surrogateescape"))
    return "".join([*pieces, text[done:]]), [*places, *range(done, len(text) + 1)]


def _plain(escape: str) -> str:
    """Return what an escape stands for."""
    if escape[0] == "%":
        return bytes.fromhex(escape.replace("%", "")).decode("utf-8", "surrogateescape")
    if escape[0] == "&":
        from html import unescape

        return unescape(escape)
    return chr(int(escape[2:], 16)) if escape[1] in "ux" else escape[1]


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            pieces += [text[done:start], MASK]
        done = max(done, end)
    return "".join([*pieces, text[done:]])


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
