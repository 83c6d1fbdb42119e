"""Webhooks for tests of receivers: signed like the service's, with a test key."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Mapping
from typing import NamedTuple

from .._checks import invalid_type, is_mapping, is_number
from .._errors import ConfigurationError
from ..models import Model
from ..webhooks._document import checksum, json_str, signed_document

__all__ = ["SignedWebhook", "WebhookSigner"]


class SignedWebhook(NamedTuple):
    """A webhook request as the service sends it."""

    headers: dict[str, str]
    body: bytes


class WebhookSigner:
    """Signs webhooks that a `Verifier` with `keys=signer.keys` accepts. Needs the extra `webhooks`.

        signer = WebhookSigner()
        verifier = Verifier(chat_gateway.webhooks.CHAT_EVENT, keys=signer.keys)
        request = signer.sign({"eventType": "QUEUED", "conversationId": "c1"})
        event = verifier.verify(request.headers, request.body)

    Args:
        key_id: Id of the key.
        tenant: Id of the tenant in every webhook.
        customer: Id of the customer in every webhook.
    """

    def __init__(self, key_id: str = "test-key", *, tenant: str = "acmecorp01", customer: str = "acmecorp01") -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
        except ImportError:
            raise ConfigurationError("cryptography is not installed", advice="Install xcaas[webhooks].") from None
        self._key = generate_private_key(65537, 2048)
        self.key_id = key_id
        self.tenant = tenant
        self.customer = customer

    @property
    def keys(self) -> dict[str, dict[str, str]]:
        """The public key as a JWK, by its id."""
        numbers = self._key.public_key().public_numbers()
        jwk = {"kty": "RSA", "kid": self.key_id, "n": _base64url_int(numbers.n), "e": _base64url_int(numbers.e)}
        return {self.key_id: jwk}

    def sign(
        self,
        event: Mapping[str, object] | Model | bytes,
        *,
        event_id: str | None = None,
        retry: int = 0,
        sent_at: float | None = None,
    ) -> SignedWebhook:
        """Return a webhook.

        Args:
            event: The event; bytes are sent as they are.
            event_id: Its id; by default, a new one.
            retry: Number of earlier attempts.
            sent_at: When it is sent, in seconds since 1970; by default, now.

        Raises:
            ConfigurationError: An argument is invalid.
        """
        if sent_at is not None and not is_number(sent_at):
            raise invalid_type("sent_at", sent_at, "seconds since 1970", "A datetime has them: moment.timestamp().")
        if isinstance(event, bytes):
            body = event
        else:
            data = event.to_dict() if isinstance(event, Model) else event
            if not is_mapping(data):
                raise invalid_type("event", event, "a mapping, a model or bytes")
            data = dict(data)
            body = json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()
        event_id = event_id or uuid.uuid4().hex
        sent_ms = int((time.time() if sent_at is None else sent_at) * 1000)
        document = signed_document(
            checksum=checksum(body),
            customer=json_str(self.customer),
            event=json_str(event_id),
            retry=retry,
            tenant=json_str(self.tenant),
            sent=sent_ms,
        )
        header = {"b64": False, "crit": ["b64"], "kid": self.key_id, "alg": "RS256"}
        headers = {
            "content-type": "application/json",
            "x-8x8-signature": self.signature(header, document),
            "x-8x8-customer-id": self.customer,
            "x-8x8-tenant-id": self.tenant,
            "x-8x8-event-id": event_id,
            "x-8x8-transmission-time": str(sent_ms),
            "x-8x8-retry": str(retry),
        }
        return SignedWebhook(headers, body)

    def signature(self, header: Mapping[str, object], document: bytes) -> str:
        """Return the detached JWS of a document, always with RS256: tests of refusals need wrong headers."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        protected = _base64url(json.dumps(header, separators=(",", ":")).encode())
        value = self._key.sign(f"{protected}.".encode() + document, PKCS1v15(), SHA256())
        return f"{protected}..{_base64url(value)}"

    def __repr__(self) -> str:
        return f"<WebhookSigner {self.key_id}>"


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _base64url_int(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))
