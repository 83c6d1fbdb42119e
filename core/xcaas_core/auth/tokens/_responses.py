"""Parses responses of token endpoints: lenient about their form, strict about tokens.

Messages quote nothing from a body, except a well-formed error code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeGuard

from ..._checks import is_list, is_object
from ..._secrets import Secret

__all__ = ["InvalidTokenResponse", "TokenResponse", "error_code", "is_token", "parse_products", "parse_token_response"]

# RFC 6749 allows any visible ASCII in a token; anything else would break out of the header.
_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,79}")


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """A token with its metadata. `expires_in` is unparsed."""

    token: Secret
    expires_in: object = None
    issued_at: datetime | None = None
    scope: str = ""
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvalidTokenResponse:
    """Why a response holds no token, as a clause. `transient`: a proxy may have sent or truncated it, so
    another request may help."""

    reason: str
    transient: bool = False


def is_token(value: object) -> TypeGuard[str]:
    """Return whether a value is a string that fits into a header."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def parse_token_response(content: bytes) -> TokenResponse | InvalidTokenResponse:
    """Return the token in a body, or the reason why there is none."""
    if not content.strip():
        return InvalidTokenResponse("the response is empty", transient=True)
    if content.lstrip()[:1] == b"<":
        return InvalidTokenResponse("the response is HTML or XML, as from a proxy or a login page", transient=True)
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError):
        return InvalidTokenResponse("the response is not JSON", transient=True)
    if not is_object(data):
        return InvalidTokenResponse("the response is JSON but not an object")
    token_type = data.get("token_type")
    # 8x8 sends `BearerToken`; RFC 6749 wants `Bearer` in any case.
    if token_type is not None and (
        not isinstance(token_type, str) or token_type.strip().lower() not in ("bearer", "bearertoken")
    ):
        return InvalidTokenResponse("the response's token_type is not bearer")
    token, scope = data.get("access_token"), data.get("scope")
    if token is None or token == "":
        return InvalidTokenResponse("the response has no access_token")
    if not is_token(token):
        return InvalidTokenResponse("the response's access_token is not text that fits into a header")
    return TokenResponse(
        Secret(token),
        data.get("expires_in"),
        _epoch_milliseconds(data.get("issued_at")),
        scope if isinstance(scope, str) else "",
        parse_products(data),
    )


def _epoch_milliseconds(value: object) -> datetime | None:
    if not isinstance(value, str | int | float):
        return None
    try:
        return datetime.fromtimestamp(float(value) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def parse_products(data: Mapping[str, object]) -> tuple[str, ...]:
    """Return the product names of a token response, from a list or a bracketed string."""
    for key in ("api_product_list_json", "api_product_list"):
        value = data.get(key)
        if isinstance(value, str) and value.strip():
            value = _parse_bracketed(value.strip())
        if is_list(value):
            return tuple(item for item in value if isinstance(item, str))
    return ()


def _parse_bracketed(text: str) -> object:
    if text.startswith('["'):
        try:
            value: object = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            return value
    names = text.removeprefix("[").removesuffix("]").split(",")
    return [name.strip() for name in names if name.strip()]


def error_code(content: bytes) -> str | None:
    """Return a refusal's error code, in any form that 8x8's services and RFC 6749 use."""
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    for path in (("error",), ("ErrorCode",), ("fault", "detail", "errorcode"), ("code",)):
        value = data
        for key in path:
            value = value.get(key) if is_object(value) else None
        if isinstance(value, str) and _CODE.fullmatch(value):
            return value
    return None
