"""Hold a vendored client against its `xcaas-vendor.toml`. Needs Python alone.

    python path/to/vendored/_vendor_check.py

prints what was modified, what is missing and what was added, one path a line. Exit
code 0: nothing; 1: something; 2: the manifest can't be read. Whether a newer client
exists is for `xcaas-gen vendor --check` to say.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias
from zipfile import BadZipFile, ZipFile

__all__ = [
    "BASE",
    "MANIFEST",
    "Finding",
    "ManifestError",
    "base",
    "compare",
    "digest",
    "load",
    "main",
    "mapping",
    "walk",
]

MANIFEST = "xcaas-vendor.toml"
BASE = "_base.zip"
"""The files as they were written, for updates that keep edits."""
FORMAT = 1
# What Python and its tools leave behind, and what desktops do.
_IGNORED_FOLDERS = frozenset({"__pycache__", ".mypy_cache", ".pyright", ".ruff_cache", ".pytest_cache"})
_IGNORED_FILES = frozenset({".DS_Store", "Thumbs.db"})

Kind: TypeAlias = Literal["modified", "missing", "extra", "outdated"]


class ManifestError(Exception):
    """The folder has no manifest, or one that this version can't read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that is not as it should be."""

    kind: Kind
    path: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.path}"


def load(folder: Path) -> dict[str, object]:
    """Return the manifest of a vendored folder.

    Raises:
        ManifestError: There is none, or it can't be read.
    """
    path = folder / MANIFEST
    try:
        content: dict[str, object] = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ManifestError(f"{folder} contains no {MANIFEST}, so it is not a vendored client") from None
    except (OSError, ValueError) as error:
        raise ManifestError(f"{path} can't be read ({error}); restore it from version control") from error
    if content.get("format") != FORMAT:
        raise ManifestError(f"{path} has a format that this version does not know; use a newer xcaas-gen")
    return content


def mapping(content: Mapping[str, object], table: str) -> dict[str, str]:
    """Return a table of the manifest that has a string for each key."""
    found = content.get(table, {})
    if not isinstance(found, dict):
        raise ManifestError(f"{MANIFEST}: [{table}] is not a table; restore the file from version control")
    return {str(key): str(value) for key, value in found.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def compare(folder: Path, files: Mapping[str, str]) -> list[Finding]:
    """Return what differs between a folder and the hashes of its files."""
    present = set(walk(folder))
    found = [Finding("extra", path) for path in present - files.keys()]
    for path, wanted in files.items():
        if path not in present:
            found.append(Finding("missing", path))
        elif (folder / path).is_symlink() or digest((folder / path).read_bytes()) != wanted:
            found.append(Finding("modified", path))
    if {path: digest(content) for path, content in base(folder).items()} != files:
        # Not by its own hash: compressed bytes differ between versions of zlib.
        found.append(Finding("modified" if (folder / BASE).exists() else "missing", BASE))
    return sorted(found, key=lambda finding: finding.path)


def base(folder: Path) -> dict[str, bytes]:
    """Return the files of a vendored folder as they were written; none if that can't be read any more."""
    try:
        with ZipFile(folder / BASE) as packed:
            return {path: packed.read(path) for path in packed.namelist()}
    except (OSError, EOFError, ValueError, RuntimeError, BadZipFile, zlib.error):
        return {}


def walk(folder: Path) -> Iterator[str]:
    """Yield the paths of the files below a folder, with slashes, but for caches, the manifest and the base."""
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        linked = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [name for name in folders if name not in _IGNORED_FOLDERS and name not in linked]
        for name in (*files, *linked):
            path = (here / name).relative_to(folder).as_posix()
            if name not in _IGNORED_FILES and path not in (MANIFEST, BASE) and not name.endswith((".pyc", ".pyo")):
                yield path


def digest(content: bytes) -> str:
    """Return the SHA-256 of a text file, the same whether version control writes line ends as `\\n` or `\\r\\n`."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def main(folder: Path | None = None) -> int:
    """Print what differs in a folder, this module's own if none is given. Returns the exit code."""
    folder = folder or Path(__file__).resolve().parent
    try:
        found = compare(folder, mapping(load(folder), "files"))
    except ManifestError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
