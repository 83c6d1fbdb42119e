"""Values that must not be shown, wrapped where they enter.

`Secret` is what users and other modules may hold. `MaskedStr` is the text that goes into a
header: a real `str` for the HTTP library, masked in `repr`, so that neither a traceback with
locals nor a printed header dict shows it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import parse_qsl, unquote_plus

from ._lazy import public
from ._redaction import MASK, is_secret

if TYPE_CHECKING:
    from ._json import JSONValue

__all__ = [
    "MaskedBytes",
    "MaskedStr",
    "Redactor",
    "Secret",
    "basic",
    "bearer",
    "fingerprint",
    "redactor_of",
    "store_digest",
]


@public
class Secret:
    """Text that `repr`, `str`, formatting, `vars` and pickling never show.

    `reveal()` gives the text. Call it where the text is used, and don't name the result:
    a local variable shows up in tracebacks that print locals.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = MaskedStr(text)

    def reveal(self) -> str:
        """The text itself."""
        return str(self._text)

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest  # brings hashing along, and secrets are seldom compared

        return compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a secret is not pickled; credentials travel as references, or whole as `credentials.with_secrets()`"
        )

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self


class MaskedStr(str):
    """A header value that carries a secret: itself when sent, masked when shown by `repr`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"'{MASK}'"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a credential header is not pickled")

    def __copy__(self) -> MaskedStr:
        return self

    def __deepcopy__(self, memo: object) -> MaskedStr:
        return self


class MaskedBytes(bytes):
    """A token on its way into or out of a cache, masked when shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"b'{MASK}'"

    __str__ = __repr__


def bearer(token: str) -> MaskedStr:
    """RFC 6750 header value."""
    return MaskedStr(f"Bearer {token}")


def basic(user: str, password: str) -> MaskedStr:
    """RFC 7617 header value, in UTF-8."""
    return MaskedStr("Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii"))


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
    escaped = json.dumps(secret)[1:-1]
    yield escaped
    yield escaped.replace("/", "\\/")  # as PHP writes it
    yield escape(secret)
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


def fingerprint(text: str) -> str:
    """A name for a token that tells nothing of it: tokens are random, so a plain hash is enough."""
    return hashlib.sha256(b"xcaas token\0" + text.encode()).hexdigest()[:32]


def store_digest(principal: str, secret: Secret) -> str:
    """A name for a secret in keys of a shared token store.

    Such keys are read by others (a Redis `KEYS`, a listing of a folder) and a secret may be a
    password that somebody chose, so the hash is a slow one, worked out once per process.
    """
    known = hashlib.blake2b(f"{principal}\0{secret.reveal()}".encode(), key=_PEPPER).digest()
    found = _digests.get(known)
    if found is None:
        salt = hashlib.sha256(b"xcaas store key\0" + principal.encode()).digest()
        found = hashlib.scrypt(secret.reveal().encode(), salt=salt, n=2**12, r=8, p=1, dklen=16).hex()
        if len(_digests) >= _MOST_DIGESTS:
            _digests.clear()
        _digests[known] = found
    return found


_PEPPER = os.urandom(32)
_MOST_DIGESTS = 256
_digests: dict[bytes, str] = {}
