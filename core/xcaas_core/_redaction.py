"""Masking secrets in URLs, headers, bodies and messages of servers: values with a secret's name, and credentials that a
request has sent."""

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

# Parts of names of secrets, to match `x-api-key`, `apiKey` and `vendor-apikey`.
_SECRET: Final = re.compile(
    r"authori[sz]ation|api[-_.]?key|token|secret|passw|cookie|credential|signature|^sig$|^key$|^auth$|^code$",
    re.IGNORECASE,
)
_USER_INFO: Final = re.compile(r"(?<=://)[^\s/?#@]+@")
_BEARER: Final = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)

# Shorter values may be ordinary words.
_MIN_LENGTH: Final = 4
_MIN_PREFIX_LENGTH: Final = 8
# In data, short values are more likely words that the caller needs.
_MIN_LENGTH_IN_DATA: Final = 8
_ESCAPE: Final = re.compile(
    r"""(?:%[0-9a-f]{2})+|&\#(?:[0-9]{1,7}|x[0-9a-f]{1,6});?|&\w{2,8};|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\["'/\\]""",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Return whether a header or query parameter of this name is likely to hold a secret."""
    return _SECRET.search(name) is not None


def safe_url(url: str) -> str:
    """Return a URL without user info, fragment and values of secret query parameters."""
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


def safe_text(text: str, max_length: int = 300) -> str:
    """Return a server's message in one line, shortened, without credentials that it may have echoed."""
    line = _USER_INFO.sub("", " ".join(text.split()))
    if len(line) > max_length:
        line = f"{line[: max_length - 1]}…"
    return _BEARER.sub(rf"\1 {MASK}", line)


class Redactor:
    """Masks credentials that a server sends back: in upper or lower case, in base64 or hex, and with characters escaped as
    in URLs, HTML and JSON."""

    __slots__ = ("_forms",)

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {_lower(form) for secret in secrets if len(secret) >= _MIN_LENGTH for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Mask credentials in a string, also one that is cut off at its end."""
        spans = list(self._find(_lower(text)))
        if "%" in text or "&" in text or "\\" in text:
            plain, offsets = _remove_escapes(text)
            spans += [(offsets[start], offsets[end]) for start, end in self._find(_lower(plain))]
        if spans:
            text = _mask_spans(text, spans)
        if text.endswith("…"):
            lower = _lower(text)
            for form in self._forms:
                for size in range(min(len(form), len(text)) - 1, _MIN_PREFIX_LENGTH - 1, -1):
                    if lower.endswith(form[:size] + "…"):
                        return f"{text[: -size - 1]}{MASK}…"
        return text

    def _find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each credential in a string in lower case."""
        for form in self._forms:
            start = text.find(form)
            while start >= 0:
                yield start, start + len(form)
                start = text.find(form, start + len(form))

    def value(self, value: JSONValue) -> JSONValue:
        """Mask credentials in a JSON value, except short ones, which may be ordinary words."""
        redactor = self._long_only()
        return redactor._mask(value) if redactor._forms else value

    def _mask(self, value: JSONValue) -> JSONValue:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._mask(item) for item in value]
        if isinstance(value, dict):
            return {self.text(name): self._mask(item) for name, item in value.items()}
        return value

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Mask credentials in headers; in their names, except short ones, which may be ordinary words."""
        names = self._long_only()
        return {names.text(name): self.text(value) for name, value in headers.items()}

    def _long_only(self) -> Redactor:
        redactor = Redactor()
        redactor._forms = [form for form in self._forms if len(form) >= _MIN_LENGTH_IN_DATA]
        return redactor


def _forms(secret: str) -> Iterator[str]:
    data = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield secret.replace(" ", "+")
    yield " ".join(secret.split())  # as in `safe_text`
    yield json.dumps(secret)[1:-1]
    # As HTTP libraries quote invalid lines; with both quotes inside, `repr` always uses the same ones.
    quoted = repr(b"'\"" + data)[5:-1]
    yield quoted
    yield quoted.replace("\\'", "'")
    yield data.hex()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode("ascii").rstrip("=")


def _lower(text: str) -> str:
    """Return a string in lower case, character by character, of the same length."""
    return text.replace("İ", "i").replace("Σ", "σ").lower()


def _remove_escapes(text: str) -> tuple[str, list[int]]:
    """Return a string without its escapes, and the offset of each character in the original, and of the end."""
    pieces: list[str] = []
    offsets: list[int] = []
    end = 0
    for match in _ESCAPE.finditer(text):
        start, characters = match.start(), _unescape(match[0])
        if text[start] == "&" and len(characters) != 1:  # not an entity
            continue
        pieces += [text[end:start], characters]
        offsets += range(end, start)
        end = match.end()
        for char in characters:
            offsets.append(start)
            if text[start] == "%" and start + 3 < end:
                start += 3 * len(char.encode("utf-8", "surrogateescape"))
    return "".join([*pieces, text[end:]]), [*offsets, *range(end, len(text) + 1)]


def _unescape(escape: str) -> str:
    """Return the characters of an escape."""
    if escape[0] == "%":
        return bytes.fromhex(escape.replace("%", "")).decode("utf-8", "surrogateescape")
    if escape[0] == "&":
        from html import unescape

        return unescape(escape)
    return chr(int(escape[2:], 16)) if escape[1] in "ux" else escape[1]


def _mask_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if start >= position:
            pieces += [text[position:start], MASK]
        position = max(position, end)
    return "".join([*pieces, text[position:]])


def redactor_of(headers: Mapping[str, str], url: str, secrets: Iterable[str]) -> Redactor:
    """Return a redactor of `secrets`, and of the credentials in a request, for its response."""
    values = [value for name, value in headers.items() if is_secret(name) or isinstance(value, MaskedStr)]
    values += [pair.partition("=")[2].strip() for pair in headers.get("cookie", "").split(";")]
    query = url.partition("?")[2].partition("#")[0]
    values += [value for name, value in parse_qsl(query, max_num_fields=None) if is_secret(name)]
    return Redactor(part for value in (*values, *secrets) for part in _parts(value))


def _parts(value: str) -> Iterator[str]:
    """Yield the secret parts of a header's value."""
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
