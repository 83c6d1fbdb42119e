"""The path of a stored object's file, both below `xcaas://` and in the folder of an export."""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from xcaas.storage.models import StorageObject

__all__ = ["file_name", "path_of"]

# Not from `mimetypes`, whose results differ between machines.
_SUFFIXES: Final = {
    "application/json": ".json",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "text/plain": ".txt",
    "video/mp4": ".mp4",
}
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,8}", re.ASCII)


def file_name(item: StorageObject) -> str:
    """Return the name of an object's file: its id, and a suffix for its media type."""
    suffix = PurePosixPath(item.object_name or "").suffix
    if not _SUFFIX.fullmatch(suffix):
        suffix = _SUFFIXES.get(item.mime_type or "", "")
    return f"{quote(item.id, safe='').replace('.', '%2E')}{suffix.lower()}"


def path_of(item: StorageObject, region: str) -> str:
    """Return the path of an object's file: `us-west/callrecording/2026-01-05/<id>.mp3`, the day in UTC.

    If the service reports no type or no time, the folder is called `unknown`.
    """
    day = "unknown" if item.created_time is None else f"{item.created_time.astimezone(UTC):%Y-%m-%d}"
    kind = quote(str(item.type or "unknown"), safe="").replace(".", "%2E")
    return f"{quote(region, safe='')}/{kind}/{day}/{file_name(item)}"
