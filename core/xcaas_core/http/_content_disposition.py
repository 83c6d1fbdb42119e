"""The file name in a `Content-Disposition` header (RFC 6266, RFC 8187)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

__all__ = ["disposition_name"]

_EXTENDED: Final = re.compile(r"(?:^|;)\s*filename\*\s*=\s*\"?([\w!#$%&+^`{}~-]+)'[^']*'([^;\"\s]+)", re.IGNORECASE)
_PLAIN: Final = re.compile(r"(?:^|;)\s*filename\s*=\s*(?:\"((?:\\.|[^\"\\])*)\"|([^;]*))", re.IGNORECASE)


def disposition_name(header: str | None) -> str | None:
    """The name as the server wrote it, or None. Not safe to open; see `safe_file_name`."""
    if not header:
        return None
    extended = _EXTENDED.search(header)
    if extended:
        try:
            return unquote(extended[2], encoding=extended[1], errors="strict") or None
        except (LookupError, UnicodeDecodeError):
            pass  # the plain name will do
    plain = _PLAIN.search(header)
    if plain is None:
        return None
    name = re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else str(plain[2]).strip()
    return name or None
