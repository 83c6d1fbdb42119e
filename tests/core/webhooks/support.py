"""Signed webhooks, and forged or damaged ones."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xcaas.testing import FakeResponse, FakeServer, WebhookSigner

__all__ = ["BODY", "FORGERIES", "NOW", "Forgery", "Sent", "collision", "genuine", "signer", "with_keys"]

NOW = 1_800_000_000.0
BODY = b'{"eventType":"QUEUED","conversationId":"c1","timestamp":1799999999000,"data":{"queueId":"101","queueName":"Help"}}'

signer = WebhookSigner("key-1")
_other_signer = WebhookSigner("key-1")


@dataclass
class Sent:
    """A request: its headers as pairs, and its body."""

    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return dict(self.headers)[name]

    def put(self, name: str, value: str) -> Sent:
        return Sent([(key, value if key == name else old) for key, old in self.headers], self.body)

    def without(self, *names: str) -> Sent:
        return Sent([pair for pair in self.headers if pair[0] not in names], self.body)

    def repeated(self, name: str, value: str | None = None) -> Sent:
        return Sent([*self.headers, (name.title(), self[name] if value is None else value)], self.body)


def genuine(body: bytes = BODY, *, by: WebhookSigner = signer, event_id: str | None = None, retry: int = 0) -> Sent:
    signed = by.sign(body, event_id=event_id, retry=retry, sent_at=NOW)
    return Sent(list(signed.headers.items()), signed.body)


def with_keys(*key_ids: str) -> FakeServer:
    """Return a server with the signer's key, also under other ids."""
    jwk = signer.keys["key-1"]
    server = FakeServer()
    for key_id in ("key-1", *key_ids):
        for path in ("/chat-gateway/v1/jwk/{}/public", "/vcc/us/chat/v2/jwk/{}/public"):
            server.respond(f"GET {path.format(key_id)}", json={**jwk, "kid": key_id})
    for path in ("/chat-gateway/v1/jwk/{kid}/public", "/vcc/us/chat/v2/jwk/{kid}/public"):
        server.respond(f"GET {path}", FakeResponse(404, json={"title": "no such key"}))
    return server


def document(sent: Sent) -> bytes:
    crc = zlib.crc32(sent.body)
    ids = {key: sent[f"x-8x8-{name}-id"] for key, name in (("cid", "customer"), ("eid", "event"), ("tid", "tenant"))}
    return (
        f'{{"checksum":{crc},"cid":"{ids["cid"]}","eid":"{ids["eid"]}","retry":{sent["x-8x8-retry"]},'
        f'"tid":"{ids["tid"]}","tt":{sent["x-8x8-transmission-time"]}}}'
    ).encode()


HEADER = {"b64": False, "crit": ["b64"], "kid": "key-1", "alg": "RS256"}


def signed_with(**changes: object) -> Sent:
    """Return a request with a correct signature of a changed JWS header."""
    header = {name: value for name, value in {**HEADER, **changes}.items() if value is not ...}
    sent = genuine()
    return sent.put("x-8x8-signature", signer.signature(header, document(sent)))


def with_header(header: bytes) -> Sent:
    sent = genuine()
    value = sent["x-8x8-signature"].split("..")[1]
    return sent.put("x-8x8-signature", f"{base64.urlsafe_b64encode(header).decode().rstrip('=')}..{value}")


def hmac_by_public_key() -> Sent:
    """Return a request signed by HS256, with the public key as its secret."""
    import hmac

    sent = genuine()
    protected = base64.urlsafe_b64encode(json.dumps({**HEADER, "alg": "HS256"}).encode()).decode().rstrip("=")
    mac = hmac.digest(signer.keys["key-1"]["n"].encode(), f"{protected}.".encode() + document(sent), "sha256")
    return sent.put("x-8x8-signature", f"{protected}..{base64.urlsafe_b64encode(mac).decode().rstrip('=')}")


def encoded_payload() -> Sent:
    """Return a request with a payload signed in base64url: RFC 7515 instead of RFC 7797."""
    sent = genuine()
    encoded = base64.urlsafe_b64encode(document(sent)).rstrip(b"=")
    return sent.put("x-8x8-signature", signer.signature(HEADER, encoded))


def attached() -> Sent:
    sent = genuine()
    middle = base64.urlsafe_b64encode(document(sent)).decode().rstrip("=")
    return sent.put("x-8x8-signature", sent["x-8x8-signature"].replace("..", f".{middle}."))


def cut() -> Sent:
    sent = genuine()
    return sent.put("x-8x8-signature", sent["x-8x8-signature"][:-2])


def flipped() -> Sent:
    sent = genuine()
    value = sent["x-8x8-signature"]
    return sent.put("x-8x8-signature", f"{value[:-20]}{'A' if value[-20] != 'A' else 'B'}{value[-19:]}")


def other_body() -> Sent:
    sent = genuine()
    return Sent(sent.headers, sent.body.replace(b"101", b"666"))


def collision(body: bytes, crc: int) -> bytes:
    """Return `body` with four more bytes, which make its CRC-32 `crc`."""
    table = [zlib.crc32(bytes([byte])) ^ zlib.crc32(b"\0") for byte in range(256)]
    inverse = {(value >> 24): index for index, value in enumerate(table)}
    state, target = zlib.crc32(body) ^ 0xFFFFFFFF, crc ^ 0xFFFFFFFF
    indexes: list[int] = []
    for _ in range(4):
        index = inverse[target >> 24]
        indexes.append(index)
        target = ((target ^ table[index]) << 8) & 0xFFFFFFFF
    patch = bytearray()
    for index in reversed(indexes):
        patch.append((state ^ index) & 0xFF)
        state = (state >> 8) ^ table[index]
    return body + bytes(patch)


@dataclass(frozen=True)
class Forgery:
    name: str
    reason: str
    make: Callable[[], Sent]


def _forgeries() -> Iterator[Forgery]:
    yield Forgery("alg none", "bad_algorithm", lambda: signed_with(alg="none"))
    yield Forgery(
        "alg NONE, empty signature", "bad_signature_format", lambda: genuine().put("x-8x8-signature", "e30..")
    )
    yield Forgery("alg HS256", "bad_algorithm", lambda: signed_with(alg="HS256"))
    yield Forgery("HS256 by the public key", "bad_algorithm", hmac_by_public_key)
    yield Forgery("alg PS256", "bad_algorithm", lambda: signed_with(alg="PS256"))
    yield Forgery("alg rs256", "bad_algorithm", lambda: signed_with(alg="rs256"))
    yield Forgery("no alg", "bad_algorithm", lambda: signed_with(alg=...))
    yield Forgery("b64 true", "bad_critical", lambda: signed_with(b64=True))
    yield Forgery("b64 is 0", "bad_critical", lambda: signed_with(b64=0))
    yield Forgery("no crit", "bad_critical", lambda: signed_with(crit=...))
    yield Forgery("empty crit", "bad_critical", lambda: signed_with(crit=[]))
    yield Forgery("crit names more", "bad_critical", lambda: signed_with(crit=["b64", "exp"]))
    yield Forgery("kid is a number", "bad_key_id", lambda: signed_with(kid=1))
    yield Forgery("kid is a path", "bad_key_id", lambda: signed_with(kid="../../evil"))
    yield Forgery("kid is dots", "bad_key_id", lambda: signed_with(kid=".."))
    yield Forgery("kid without an end", "bad_key_id", lambda: signed_with(kid="k" * 129))
    yield Forgery("kid of nobody", "unknown_key", lambda: signed_with(kid="nobody"))
    yield Forgery("address of a key", "bad_signature_format", lambda: signed_with(jku="https://evil.example/jwk"))
    yield Forgery("key in the header", "bad_signature_format", lambda: signed_with(jwk=signer.keys["key-1"]))
    yield Forgery(
        "alg twice", "bad_signature_format", lambda: with_header(b'{"alg":"none","alg":"RS256","kid":"key-1"}')
    )
    yield Forgery("header is a list", "bad_signature_format", lambda: with_header(b"[]"))
    yield Forgery("header is nested deeply", "bad_signature_format", lambda: with_header(b"[" * 2000))
    yield Forgery("payload attached", "bad_signature_format", attached)
    yield Forgery("payload encoded", "bad_signature", encoded_payload)
    yield Forgery("one dot", "bad_signature_format", lambda: genuine().put("x-8x8-signature", "e30.AAAA"))
    yield Forgery("padding", "bad_signature_format", lambda: genuine().put("x-8x8-signature", "e30=..AAAA"))
    yield Forgery("blanks", "bad_signature_format", lambda: genuine().put("x-8x8-signature", "e 30..AAAA"))
    yield Forgery("signature cut", "bad_signature", cut)
    yield Forgery("signature flipped", "bad_signature", flipped)
    yield Forgery("signature of another key", "bad_signature", lambda: genuine(by=_other_signer))
    yield Forgery("other body of equal length", "bad_signature", other_body)
    yield Forgery("body cut", "bad_signature", lambda: Sent(genuine().headers, BODY[:-1]))
    yield Forgery("body empty", "bad_signature", lambda: Sent(genuine().headers, b""))
    yield Forgery("other event", "bad_signature", lambda: genuine().put("x-8x8-event-id", "other"))
    yield Forgery("other tenant", "other_tenant", lambda: genuine().put("x-8x8-tenant-id", "evil"))
    yield Forgery("other customer", "bad_signature", lambda: genuine().put("x-8x8-customer-id", "evil"))
    yield Forgery("other retry", "bad_signature", lambda: genuine().put("x-8x8-retry", "1"))
    yield Forgery("retry with a sign", "bad_header", lambda: genuine().put("x-8x8-retry", "+0"))
    yield Forgery("retry in other digits", "bad_header", lambda: genuine().put("x-8x8-retry", "\u0660"))
    yield Forgery("time without an end", "bad_header", lambda: genuine().put("x-8x8-transmission-time", "1" * 5000))
    yield Forgery(
        "fresh by another time", "bad_signature", lambda: genuine().put("x-8x8-transmission-time", f"{NOW:.0f}001")
    )
    yield Forgery("id with a line end", "bad_header", lambda: genuine().put("x-8x8-event-id", "a\nb"))
    yield Forgery("empty id", "bad_header", lambda: genuine().put("x-8x8-event-id", ""))
    yield Forgery(
        "other of the same time of an old one", "stale", lambda: genuine().put("x-8x8-transmission-time", "1000")
    )
    yield Forgery("header twice", "repeated_header", lambda: genuine().repeated("x-8x8-event-id", "other"))
    yield Forgery("same header twice", "repeated_header", lambda: genuine().repeated("x-8x8-signature"))
    yield Forgery(
        "header joined",
        "bad_signature",
        lambda: genuine().put("x-8x8-tenant-id", "acmecorp01").put("x-8x8-customer-id", "acmecorp01,acmecorp01"),
    )
    yield Forgery("no event id", "missing_header", lambda: genuine().without("x-8x8-event-id"))
    yield Forgery("no signature", "missing_header", lambda: genuine().without("x-8x8-signature"))
    yield Forgery("no headers", "unsigned", lambda: Sent([("content-type", "application/json")], BODY))


FORGERIES = tuple(_forgeries())
