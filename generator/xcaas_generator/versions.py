"""Versions of installed packages. `importlib.metadata`, which knows them too, takes twenty times as long to load."""

from __future__ import annotations

import os
import re
import sys
from functools import cache

_INFO = re.compile(r"(.+?)-([^-]+)\.dist-info")


def version(package: str) -> str:
    """Return the version of a package. Raises `PackageNotFoundError`, as `importlib.metadata` does."""
    found = _installed().get(package.replace("-", "_").casefold())
    if found is not None:
        return found
    from importlib import metadata  # eggs, zip files and other finders of packages

    return metadata.version(package)


@cache
def _installed() -> dict[str, str]:
    """Return versions by normal name, after the folders that installers leave beside packages."""
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            entries = os.listdir(folder or ".")
        except OSError:
            continue
        for match in filter(None, map(_INFO.fullmatch, entries)):
            # The first on the path is what an import finds.
            found.setdefault(re.sub(r"[-_.]+", "_", match[1]).casefold(), match[2])
    return found
