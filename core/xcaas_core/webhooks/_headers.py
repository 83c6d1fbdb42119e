"""The six headers of a webhook: required, unique and well-formed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias, runtime_checkable

from .._checks import invalid_type, is_iterable
from .._errors import ConfigurationError
from ._errors import WebhookError

__all__ = [
    "CUSTOMER",
    "EVENT",
    "RETRY",
    "SENT",
    "SIGNATURE",
    "TENANT",
    "Headers",
    "HeadersWithItems",
    "SignedHeaders",
    "read_headers",
]

_Pairs: TypeAlias = "Iterable[tuple[str | bytes, str | bytes]]"

SIGNATURE: Final = "x-8x8-signature"
CUSTOMER: Final = "x-8x8-customer-id"
TENANT: Final = "x-8x8-tenant-id"
EVENT: Final = "x-8x8-event-id"
SENT: Final = "x-8x8-transmission-time"
RETRY: Final = "x-8x8-retry"
_NAMES: Final = (SIGNATURE, CUSTOMER, TENANT, EVENT, SENT, RETRY)
# Limits for unverified input. Real ids have at most 30 characters.
_MAX_LENGTHS: Final = {SIGNATURE: 4096}
_MAX_LENGTH: Final = 512
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
# Some frameworks decode invalid bytes to lone surrogates.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@runtime_checkable
class HeadersWithItems(Protocol):
    """Headers of a web framework: a mapping, or an object whose `items` include repeated names."""

    def items(self) -> Iterable[tuple[str, str]]: ...


Headers: TypeAlias = "HeadersWithItems | _Pairs"


@dataclass(frozen=True, slots=True)
class SignedHeaders:
    """Values of the headers; untrusted until the signature is verified."""

    signature: str
    customer: str
    tenant: str
    event: str
    sent: int
    """Epoch milliseconds."""
    retry: int


def read_headers(headers: Headers) -> SignedHeaders:
    """Return the values of the headers.

    Raises:
        WebhookError: One is missing, repeated or malformed.
    """
    values: dict[str, str] = {}
    for name, value in _pairs(headers):
        if name in _NAMES:
            if name in values:
                raise WebhookError("repeated_header", f"the header {name} stands there more than once")
            values[name] = value.strip(" \t")
    if not values:
        raise WebhookError("unsigned", "the request has none of the headers of a signed webhook")
    for name in _NAMES:
        if name not in values:
            raise WebhookError("missing_header", f"the header {name} is missing")
        value = values[name]
        if not value or len(value) > _MAX_LENGTHS.get(name, _MAX_LENGTH) or _CONTROL.search(value):
            raise WebhookError("bad_header", f"the header {name} is empty, too long, or has control characters")
    return SignedHeaders(
        values[SIGNATURE],
        values[CUSTOMER],
        values[TENANT],
        values[EVENT],
        _number(SENT, values[SENT]),
        _number(RETRY, values[RETRY]),
    )


def _pairs(headers: Headers) -> Iterable[tuple[str, str]]:
    pairs: _Pairs = headers.items() if isinstance(headers, HeadersWithItems) else headers
    if not is_iterable(pairs):
        raise _invalid_headers(pairs)
    for pair in pairs:
        try:
            name, value = pair
        except (TypeError, ValueError):
            raise _invalid_headers(pair) from None
        yield _to_str(name).lower(), _to_str(value)


def _to_str(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")  # as frameworks with str headers do
    if isinstance(value, str):
        return value
    raise _invalid_headers(value)


def _invalid_headers(value: object) -> ConfigurationError:
    return invalid_type("headers", value, "names and values as text or bytes: a mapping, or pairs")


def _number(name: str, value: str) -> int:
    if _NUMBER.fullmatch(value) is None:
        raise WebhookError("bad_header", f"the header {name} is no whole number")
    return int(value)
