"""Secret values: types that do not show their content, and headers and fingerprints made from them.

Users and other modules hold a `Secret`. A `MaskedStr` goes into a header: a real `str` for the
HTTP library, masked in `repr`, so that neither a traceback with locals nor a printed header
dict shows it.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final, NoReturn

from ._lazy import public

__all__ = [
    "MASK",
    "MaskedBytes",
    "MaskedStr",
    "Secret",
    "basic",
    "bearer",
    "fingerprint",
]

MASK: Final = "***"


@public
class Secret:
    """Text that `repr`, `str`, formatting, `vars` and pickling never show.

    `reveal()` returns the text. Call it where you use the text, and don't keep the result in a
    variable: tracebacks may print local variables.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = MaskedStr(text)

    def reveal(self) -> str:
        """Return the text itself."""
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
        from hmac import compare_digest  # imports hashing, and secrets are seldom compared

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
    """A header value with a secret, masked in `repr`."""

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
    """A body or a cache entry with a secret, masked in `repr` and `str`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"b'{MASK}'"

    __str__ = __repr__


def bearer(token: str) -> MaskedStr:
    """Return the header value of RFC 6750."""
    return MaskedStr(f"Bearer {token}")


def basic(user: str, password: str) -> MaskedStr:
    """Return the header value of RFC 7617, in UTF-8."""
    return MaskedStr("Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii"))


def fingerprint(text: str) -> str:
    """Return a name for a token that does not reveal it. Tokens are random, so a plain hash is enough."""
    return hashlib.sha256(b"xcaas token\0" + text.encode()).hexdigest()[:32]
