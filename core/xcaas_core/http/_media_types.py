"""Media types and charsets of responses."""

from __future__ import annotations

from typing import Final

__all__ = ["body_text", "charset_of", "holds_no_objects", "is_html", "is_json", "matches", "media_type_of"]

_UTF8: Final = "utf-8"


def media_type_of(content_type: str | None) -> str:
    """Return `application/json` for `Application/JSON; charset=UTF-8`; empty if there is none."""
    return "" if content_type is None else content_type.partition(";")[0].strip().lower()


def charset_of(content_type: str | None) -> str:
    """Return the charset of a content type; UTF-8 if it has none or an unknown one."""
    if content_type is None or "charset" not in content_type.lower():
        return _UTF8
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'")
            return charset if _is_known(charset) else _UTF8
    return _UTF8


def _is_known(charset: str) -> bool:
    try:
        b"{}".decode(charset)
    except LookupError:
        return False
    except ValueError:  # known, but cannot decode these two bytes
        return True
    return True


def body_text(content: bytes, content_type: str | None) -> str:
    """Decode a body in the charset of its content type. Invalid bytes become replacement characters."""
    try:
        return content.decode(charset_of(content_type), "replace")
    except (LookupError, ValueError):  # some of Python's codecs don't support "replace"
        return content.decode(_UTF8, "replace")


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON or based on it."""
    return media_type in ("application/json", "text/json") or media_type.endswith("+json")


def is_html(media_type: str) -> bool:
    """Return whether a media type is HTML, as from proxies and login pages."""
    return media_type in ("text/html", "application/xhtml+xml")


def holds_no_objects(media_type: str) -> bool:
    """Return whether a media type has no one encoding of objects and lists."""
    return any(word in media_type for word in ("xml", "csv", "form-urlencoded"))


def matches(promised: str | None, sent: str) -> bool:
    """Return whether a promised media type or range (`text/*`, `application/*+json`, `*/*`) covers the one that was sent."""
    if promised is None:
        return False
    pattern = media_type_of(promised)
    if pattern in ("*/*", "*", sent):
        return True
    start, star, end = pattern.partition("/*")
    return bool(star) and sent.startswith(f"{start}/") and sent.endswith(end)
