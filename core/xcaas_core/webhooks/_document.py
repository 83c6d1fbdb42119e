"""The text that a signature of a webhook is about: ids, numbers and a CRC-32 of the body."""

from __future__ import annotations

import json
import zlib

__all__ = ["checksum", "escaped", "plain", "signed_document"]


def checksum(body: bytes) -> int:
    """Return the CRC-32 of a body, unsigned."""
    return zlib.crc32(body)


def plain(value: str) -> str:
    """Return a JSON string that escapes only what must be."""
    return json.dumps(value, ensure_ascii=False)


def escaped(value: str) -> str:
    """Return a JSON string in ASCII, with slashes escaped too, as PHP writes it."""
    return json.dumps(value).replace("/", "\\/")


def signed_document(*, checksum: int, customer: str, event: str, retry: int, tenant: str, sent: int) -> bytes:
    """Return the document; ids are given as JSON strings. Order and missing blanks are part of what is signed."""
    return (
        f'{{"checksum":{checksum},"cid":{customer},"eid":{event},"retry":{retry},"tid":{tenant},"tt":{sent}}}'
    ).encode()
