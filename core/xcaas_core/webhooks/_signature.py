"""The signature of a webhook: a detached JWS (RFC 7515) with an unencoded payload (RFC 7797)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Never

from .._checks import is_object
from ._document import checksum, json_str, json_str_escaped, signed_document
from ._errors import WebhookError, WebhookReason

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from ._headers import SignedHeaders

__all__ = ["KEY_ID", "Signature", "from_base64url", "is_genuine", "parse_signature"]

KEY_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}")
"""Valid key ids. They are untrusted, and go into the path of a URL."""

_ALGORITHM: Final = "RS256"
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")
# Header fields that bring a key, or its URL: with those, any key would verify.
_KEY_FIELDS: Final = ("jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256")
_SIMPLE: Final = re.compile(r"[ !#-.0-\[\]-~]*")  # ASCII that no JSON encoder escapes


@dataclass(frozen=True, slots=True)
class Signature:
    """A well-formed signature, not yet verified."""

    protected: str
    """The JWS header as received, which is the signed form."""
    key_id: str
    value: bytes


def from_base64url(text: str) -> bytes:
    """Decode base64url without padding, in its canonical form only.

    Raises:
        ValueError: It is something else.
    """
    if _BASE64URL.fullmatch(text) is None:
        raise ValueError("characters outside of the base64url alphabet")
    try:
        value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if base64.urlsafe_b64encode(value).decode().rstrip("=") != text:
        raise ValueError("bits after the last byte")
    return value


def parse_signature(text: str) -> Signature:
    """Return the parts of a signature.

    Raises:
        WebhookError: It is malformed, or not RS256.
    """
    parts = text.split(".")
    if len(parts) != 3 or parts[1]:
        _refuse("bad_signature_format", "the signature is not of the form header..signature")
    protected, _, value = parts
    try:
        header = json.loads(from_base64url(protected).decode(), object_pairs_hook=_unique_names)
        signature = from_base64url(value)
    except (ValueError, RecursionError):
        _refuse("bad_signature_format", "the signature is not JSON and bytes in base64url")
    if not is_object(header) or not signature:
        _refuse("bad_signature_format", "the signature is empty, or its header is no JSON object")
    if header.get("alg") != _ALGORITHM:
        _refuse("bad_algorithm", f"the signature is not made by {_ALGORITHM}")
    if header.get("b64") is not False or header.get("crit") != ["b64"]:
        _refuse("bad_critical", "the signature has no b64: false, or crit is not [b64]")
    if any(name in header for name in _KEY_FIELDS):
        _refuse("bad_signature_format", "the signature brings a key or the address of one")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or KEY_ID.fullmatch(key_id) is None or not key_id.strip("."):
        _refuse("bad_key_id", "the id of the key is not 1 to 128 letters, digits, -, _ and .")
    return Signature(protected, key_id, signature)


def _unique_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a name stands there twice")
    return result


def _refuse(reason: WebhookReason, message: str) -> Never:
    raise WebhookError(reason, message)


def is_genuine(signature: Signature, key: RSAPublicKey, headers: SignedHeaders, body: bytes) -> bool:
    """Return whether the signature matches the headers and the body's checksum."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    start = f"{signature.protected}.".encode()
    for document in _documents(headers, body):
        try:
            key.verify(signature.value, start + document, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return True
    return False


def _documents(headers: SignedHeaders, body: bytes) -> Iterator[bytes]:
    """Yield the possible documents: two if an id has characters that JSON encoders escape differently."""
    crc = checksum(body)
    ids = [_decode_header(id) for id in (headers.customer, headers.event, headers.tenant)]
    is_simple = all(_SIMPLE.fullmatch(id) for id in ids)
    for encode in (json_str,) if is_simple else (json_str, json_str_escaped):
        customer, event, tenant = map(encode, ids)
        yield signed_document(
            checksum=crc, customer=customer, event=event, retry=headers.retry, tenant=tenant, sent=headers.sent
        )


def _decode_header(value: str) -> str:
    """Return a header that frameworks decoded as Latin-1 in its original UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
