"""`_base.zip`: the files of a copy as they were written, from which `--merge` tells an edit from an update."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EARLIEST = (1980, 1, 1, 0, 0, 0)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of some files, the same bytes whenever it is made."""
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as packed:
        for path, content in sorted(files.items()):
            entry = ZipInfo(path, _EARLIEST)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as on POSIX, wherever it is made
            packed.writestr(entry, content, ZIP_DEFLATED, 9)
    return archive.getvalue()
