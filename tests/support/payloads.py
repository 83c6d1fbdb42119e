"""Bodies as one attempt would send them."""

from __future__ import annotations

from collections.abc import Iterator

from xcaas_core.sdk import Body
from xcaas_core.serialization._bodies import BodyWriter, Payload

__all__ = ["content_of", "payload"]


def payload(body: Body, value: object, media_type: str | None = None) -> Payload:
    return BodyWriter(body, "nowhere").write(value, media_type)


def content_of(payload: Payload) -> bytes:
    """Return the bytes that one attempt would send."""
    if not callable(payload.content):
        return payload.content or b""
    chunks = payload.content()
    assert isinstance(chunks, Iterator)
    return b"".join(chunks)
