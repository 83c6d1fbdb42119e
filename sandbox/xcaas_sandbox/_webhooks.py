"""Signed webhooks, sent again after anything but 2xx, and only to this machine."""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
import uuid
import zlib
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from ._clock import Clock

__all__ = ["KEY_ID", "TENANT", "Delivery", "SignedWebhook", "Webhooks"]

KEY_ID: Final = "EXaiWfZe20eSjklZ70074w"
TENANT: Final = "acmecorp01"
_THIS_MACHINE: Final = ("127.0.0.1", "localhost", "::1")
_ATTEMPTS: Final = 3
_PAUSE: Final = 0.5
_TIMEOUT: Final = 5.0


class SignedWebhook(NamedTuple):
    """The headers and body of a signed webhook."""

    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Delivery:
    """One attempt to send an event. The status is 0 without a response."""

    url: str
    event: Mapping[str, object]
    event_id: str
    retry: int
    status: int


class Webhooks:
    """Signs and sends the events of a sandbox. Thread-safe.

    Args:
        clock: The clock for the transmission time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: list[Future[int]] = []
        self.deliveries: list[Delivery] = []
        """All attempts, oldest first."""

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 2048)

    @cached_property
    def _sender(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, "xcaas-sandbox-webhooks")

    @property
    def jwk(self) -> dict[str, object]:
        """The public key."""
        with self._lock:
            numbers = self._key.public_key().public_numbers()
        return {"kty": "RSA", "kid": KEY_ID, "e": _base64url_int(numbers.e), "n": _base64url_int(numbers.n)}

    def sign(self, event: Mapping[str, object], *, event_id: str | None = None, retry: int = 0) -> SignedWebhook:
        """Return an event as a signed webhook."""
        body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        event_id = event_id or uuid.uuid4().hex
        sent_ms = self._clock.milliseconds()
        # Sorted, without blanks: receivers build the same document.
        document = {"checksum": zlib.crc32(body), "cid": TENANT, "eid": event_id}
        document |= {"retry": retry, "tid": TENANT, "tt": sent_ms}
        header = _base64url(_compact({"alg": "RS256", "b64": False, "crit": ["b64"], "kid": KEY_ID}))
        with self._lock:
            key = self._key
        value = key.sign(f"{header}.".encode() + _compact(document), padding.PKCS1v15(), SHA256())
        headers = {
            "Content-Type": "application/json",
            "X-8x8-Signature": f"{header}..{_base64url(value)}",
            "X-8x8-Customer-Id": TENANT,
            "X-8x8-Tenant-Id": TENANT,
            "X-8x8-Event-Id": event_id,
            "X-8x8-Transmission-Time": str(sent_ms),
            "X-8x8-Retry": str(retry),
        }
        return SignedWebhook(headers, body)

    def send(self, url: str, event: Mapping[str, object], *, event_id: str | None = None) -> int:
        """Send an event, again after a pause if the response is not 2xx, and return the last status.

        Raises:
            ValueError: The URL is not of this machine.
        """
        if not is_local(url):
            raise ValueError(f"the sandbox sends to this machine only, not to {url}")
        event_id, status = event_id or uuid.uuid4().hex, 0
        for retry in range(_ATTEMPTS):
            if retry:
                time.sleep(_PAUSE / self._clock.speed)
            status = _post(url, self.sign(event, event_id=event_id, retry=retry))
            self.deliveries.append(Delivery(url, event, event_id, retry, status))
            if 200 <= status < 300:
                break
        return status

    def post(self, url: str, event: Mapping[str, object]) -> None:
        """Queue an event to be sent, unless the URL is of another machine."""
        if is_local(url):
            self._pending = [future for future in self._pending if not future.done()]
            self._pending.append(self._sender.submit(self.send, url, event))

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until all events are delivered or have failed.

        Raises:
            TimeoutError: It takes longer.
        """
        if wait(self._pending, seconds).not_done:
            raise TimeoutError("not all webhooks were delivered")


def is_local(url: str) -> bool:
    """Return whether a URL is of this machine."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in _THIS_MACHINE


def _post(url: str, request: SignedWebhook) -> int:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT)
    try:
        connection.request("POST", path, request.body, request.headers)
        with connection.getresponse() as response:
            return response.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _compact(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _base64url_int(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))
