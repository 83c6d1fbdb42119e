"""Header fields: Retry-After and rate limits, request ids, Link, Content-Disposition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

__all__ = ["disposition_name", "link_target", "request_id_of", "requested_wait"]


# Smaller numbers are seconds to wait, others a date in epoch seconds.
_MIN_EPOCH: Final = 1_000_000_000

_MAX_ID_LENGTH: Final = 200
_REQUEST_IDS: Final = (
    "x-request-id",
    "x-correlation-id",
    "request-id",
    "x-response-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-trace-id",
    "cf-ray",
)
# The two forms of a file name in Content-Disposition (RFC 6266).
_EXTENDED: Final = re.compile(r"(?:^|;)\s*filename\*\s*=\s*\"?([\w!#$%&+^`{}~-]+)'[^']*'([^;\"\s]+)", re.IGNORECASE)
_PLAIN: Final = re.compile(r"(?:^|;)\s*filename\s*=\s*(?:\"((?:\\.|[^\"\\])*)\"|([^;]*))", re.IGNORECASE)


def requested_wait(headers: Mapping[str, str], status: int, now: float) -> float | None:
    """Return the seconds that a response asks to wait: `Retry-After` as seconds or date, else `x-ratelimit-reset`
    of a 429. None if neither is valid. `now` is epoch seconds."""
    text = headers.get("retry-after")
    value = _parse_number(text or "")
    if text is None and status == 429:
        value = _parse_number(headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset") or "")
    elif value is None:
        return _seconds_until(_parse_date(text or ""), headers, now)
    return value if value is None or value < _MIN_EPOCH else _seconds_until(value, headers, now)


def _seconds_until(timestamp: float | None, headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds until a date, by the server's `Date` if there is one: the local clock may be wrong."""
    if timestamp is None:
        return None
    server_now = _parse_date(headers.get("date") or "")
    return max(0.0, timestamp - (now if server_now is None else server_now))


def _parse_number(text: str) -> float | None:
    text = text.strip()
    return float(text) if text.isascii() and text.replace(".", "", 1).isdecimal() else None


def _parse_date(text: str) -> float | None:
    if not text:
        return None
    from datetime import UTC
    from email.utils import parsedate_to_datetime  # slow import, rarely needed

    try:
        date = parsedate_to_datetime(text)
        # HTTP dates are in GMT; the asctime form does not say so.
        return (date if date.tzinfo is not None else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def link_target(header: str | None, relation: str) -> str | None:
    """Return the target of a relation in a `Link` header (RFC 8288), or None."""
    if not header:
        return None
    for target, parameters in re.findall(r"<([^>]*)>((?:\s*;\s*[^,;=]+(?:=(?:\"[^\"]*\"|[^\",;]*))?)*)", header):
        match = re.search(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", parameters, re.IGNORECASE)
        if match and relation.lower() in (match[1] or match[2]).lower().split():
            return str(target)
    return None


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """Return the server's request id from the first known header, or None."""
    for name in _REQUEST_IDS:
        value = headers.get(name)
        if value and len(value) <= _MAX_ID_LENGTH:
            return value
    return None


def disposition_name(header: str | None) -> str | None:
    """Return the file name in a Content-Disposition header, or None. Not safe to open; see `safe_file_name`."""
    if not header:
        return None
    extended = _EXTENDED.search(header)
    if extended:
        try:
            return unquote(extended[2], encoding=extended[1], errors="strict") or None
        except (LookupError, UnicodeDecodeError):
            pass  # use the plain name
    plain = _PLAIN.search(header)
    if plain is None:
        return None
    name = re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else str(plain[2]).strip()
    return name or None
