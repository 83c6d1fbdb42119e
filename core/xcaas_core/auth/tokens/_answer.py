"""Reading the token endpoint's answers: tolerant of forms, strict about what a token is.

Nothing from an answer's body ends up in a message, except an error code that looks like one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from ..._secrets import Secret

__all__ = ["InvalidTokenResponse", "TokenResponse", "error_code", "parse_products", "read_token"]

# RFC 6749 allows any visible ASCII in a token; anything else would break out of the header.
_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,79}")


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """A token as the endpoint described it. `expires_in` is as it came."""

    token: Secret
    expires_in: object = None
    issued_at: datetime | None = None
    scope: str = ""
    products: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class InvalidTokenResponse:
    """Why an answer holds no token, as a clause. `transient`: something between here and the endpoint
    may have answered or cut the answer short, so that asking again may help."""

    reason: str
    transient: bool = False


def read_token(content: bytes) -> TokenResponse | InvalidTokenResponse:
    """The token in an answer's body, or the reason why there is none."""
    if not content.strip():
        return InvalidTokenResponse("the answer is empty", transient=True)
    if content.lstrip()[:1] == b"<":
        return InvalidTokenResponse("the answer is HTML or XML, as from a proxy or a login page", transient=True)
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError):
        return InvalidTokenResponse("the answer is not JSON", transient=True)
    if not isinstance(data, dict):
        return InvalidTokenResponse("the answer is JSON but not an object")
    return _from_object(cast("dict[str, object]", data))


def _from_object(data: Mapping[str, object]) -> TokenResponse | InvalidTokenResponse:
    kind = data.get("token_type")
    # 8x8 sends `BearerToken`; RFC 6749 wants `Bearer` in any case.
    if kind is not None and (not isinstance(kind, str) or kind.strip().lower() not in ("bearer", "bearertoken")):
        return InvalidTokenResponse("the answer's token_type is not bearer")
    token = data.get("access_token")
    if token is None or token == "":
        return InvalidTokenResponse("the answer has no access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return InvalidTokenResponse("the answer's access_token is not text that fits into a header")
    scope = data.get("scope")
    return TokenResponse(
        Secret(token),
        data.get("expires_in"),
        _epoch_milliseconds(data.get("issued_at")),
        scope if isinstance(scope, str) else "",
        parse_products(data),
    )


def _epoch_milliseconds(value: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(cast("str", value)) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def parse_products(data: Mapping[str, object]) -> tuple[str, ...]:
    """The product names of a token answer: the list if there is one, else the bracketed text."""
    for key in ("api_product_list_json", "api_product_list"):
        value = data.get(key)
        if isinstance(value, list):
            return tuple(item for item in cast("list[object]", value) if isinstance(item, str))
        if isinstance(value, str) and value.strip():
            return _bracketed(value.strip())
    return ()


def _bracketed(text: str) -> tuple[str, ...]:
    if text.startswith('["'):
        try:
            return tuple(str(name) for name in json.loads(text))
        except ValueError:
            pass
    names = text.removeprefix("[").removesuffix("]").split(",")
    return tuple(name.strip() for name in names if name.strip())


def error_code(content: bytes) -> str | None:
    """The error code of a refusal, in any of the shapes that 8x8's services and RFC 6749 use."""
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    for path in (("error",), ("ErrorCode",), ("fault", "detail", "errorcode"), ("code",)):
        found = _at(data, path)
        if isinstance(found, str) and _CODE.fullmatch(found):
            return found
    return None


def _at(data: object, path: tuple[str, ...]) -> object:
    for key in path:
        if not isinstance(data, dict):
            return None
        data = cast("dict[str, object]", data).get(key)
    return data
