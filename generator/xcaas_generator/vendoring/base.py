"""`_base.zip`: the original files of a copy, by which `--merge` distinguishes edits from updates."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EARLIEST = (1980, 1, 1, 0, 0, 0)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of files, with reproducible bytes."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as zip_file:
        for path, content in sorted(files.items()):
            entry = ZipInfo(path, _EARLIEST)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as on POSIX, on all systems
            zip_file.writestr(entry, content, ZIP_DEFLATED, 9)
    return archive.getvalue()
