"""The six headers of a webhook: each there, once, and of its form."""

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
# Bounds keep what somebody sends without a key from costing much. Real ids have 30 letters at most.
_MAX_LENGTHS: Final = {SIGNATURE: 4096}
_MAX_LENGTH: Final = 512
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
# Halves of surrogate pairs are bytes that some frameworks could not decode.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@runtime_checkable
class HeadersWithItems(Protocol):
    """Headers of a web framework: a mapping, or what has `items` like one and gives repeated names there."""

    def items(self) -> Iterable[tuple[str, str]]: ...


Headers: TypeAlias = "HeadersWithItems | _Pairs"


@dataclass(frozen=True, slots=True)
class SignedHeaders:
    """What the headers say; nothing of it is known to be true before the signature is checked."""

    signature: str
    customer: str
    tenant: str
    event: str
    sent: int
    """Epoch milliseconds."""
    retry: int


def read_headers(headers: Headers) -> SignedHeaders:
    """Return what the headers say.

    Raises:
        WebhookError: One is missing, stands there twice, or is not of its form.
    """
    found: dict[str, str] = {}
    for name, value in _pairs(headers):
        if name in _NAMES:
            if name in found:
                raise WebhookError("repeated_header", f"the header {name} stands there more than once")
            found[name] = value.strip(" \t")
    if not found:
        raise WebhookError("unsigned", "the request has none of the headers of a signed webhook")
    for name in _NAMES:
        if name not in found:
            raise WebhookError("missing_header", f"the header {name} is missing")
        value = found[name]
        if not value or len(value) > _MAX_LENGTHS.get(name, _MAX_LENGTH) or _CONTROL.search(value):
            raise WebhookError("bad_header", f"the header {name} is empty, too long, or has control characters")
    return SignedHeaders(
        found[SIGNATURE],
        found[CUSTOMER],
        found[TENANT],
        found[EVENT],
        _number(SENT, found[SENT]),
        _number(RETRY, found[RETRY]),
    )


def _pairs(headers: Headers) -> Iterable[tuple[str, str]]:
    pairs: _Pairs = headers.items() if isinstance(headers, HeadersWithItems) else headers
    if not is_iterable(pairs):
        raise _no_headers(pairs)
    for pair in pairs:
        try:
            name, value = pair
        except (TypeError, ValueError):
            raise _no_headers(pair) from None
        yield _text(name).lower(), _text(value)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")  # as the frameworks do that give text
    if isinstance(value, str):
        return value
    raise _no_headers(value)


def _no_headers(value: object) -> ConfigurationError:
    return invalid_type("headers", value, "names and values as text or bytes: a mapping, or pairs")


def _number(name: str, value: str) -> int:
    if _NUMBER.fullmatch(value) is None:
        raise WebhookError("bad_header", f"the header {name} is no whole number")
    return int(value)
