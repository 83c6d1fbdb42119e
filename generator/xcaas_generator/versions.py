"""Versions of installed packages. Importing `importlib.metadata` would take twenty times as long."""

from __future__ import annotations

import os
import re
import sys
from functools import cache

_INFO = re.compile(r"(.+?)-([^-]+)\.dist-info")


def version(package: str) -> str:
    """Return the version of a package. Raises `PackageNotFoundError`, as `importlib.metadata` does."""
    installed = _installed().get(package.replace("-", "_").casefold())
    if installed is not None:
        return installed
    from importlib import metadata  # finds eggs, zip files and others, too

    return metadata.version(package)


@cache
def _installed() -> dict[str, str]:
    """Return versions by normalised name, from the names of `.dist-info` folders."""
    versions: dict[str, str] = {}
    for folder in sys.path:
        try:
            entries = os.listdir(folder or ".")
        except OSError:
            continue
        for match in filter(None, map(_INFO.fullmatch, entries)):
            # Imports use the first match on the path.
            versions.setdefault(re.sub(r"[-_.]+", "_", match[1]).casefold(), match[2])
    return versions
