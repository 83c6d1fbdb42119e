"""The signed document of a webhook: ids, numbers and a CRC-32 of the body."""

from __future__ import annotations

import json
import zlib

__all__ = ["checksum", "json_str", "json_str_escaped", "signed_document"]


def checksum(body: bytes) -> int:
    """Return the CRC-32 of a body, unsigned."""
    return zlib.crc32(body)


def json_str(value: str) -> str:
    """Return a JSON string with a minimum of escapes."""
    return json.dumps(value, ensure_ascii=False)


def json_str_escaped(value: str) -> str:
    """Return a JSON string in ASCII, with slashes escaped too, as from PHP."""
    return json.dumps(value).replace("/", "\\/")


def signed_document(*, checksum: int, customer: str, event: str, retry: int, tenant: str, sent: int) -> bytes:
    """Return the document. Ids are JSON strings. Order and spacing are signed, too."""
    return (
        f'{{"checksum":{checksum},"cid":{customer},"eid":{event},"retry":{retry},"tid":{tenant},"tt":{sent}}}'
    ).encode()
