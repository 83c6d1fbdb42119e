"""Check a vendored client against its `xcaas-vendor.toml`. Needs only Python.

    python path/to/vendored/_vendor_check.py

prints modified, missing and added files, one per line. Exit code 0: none; 1: some;
2: the manifest can't be read. `xcaas-gen vendor --check` also finds newer clients.
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
"""The original files, for updates that keep edits."""
FORMAT = 1
# Written by Python, its tools and desktops.
_IGNORED_FOLDERS = frozenset({"__pycache__", ".mypy_cache", ".pyright", ".ruff_cache", ".pytest_cache"})
_IGNORED_FILES = frozenset({".DS_Store", "Thumbs.db"})

Kind: TypeAlias = Literal["modified", "missing", "extra", "outdated"]


class ManifestError(Exception):
    """The manifest is missing, or can't be read by this version."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that differs from the manifest."""

    kind: Kind
    path: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.path}"


def load(folder: Path) -> dict[str, object]:
    """Return the manifest of a vendored folder.

    Raises:
        ManifestError: It is missing or can't be read.
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
    """Return a table of the manifest, with strings as values."""
    values = content.get(table, {})
    if not isinstance(values, dict):
        raise ManifestError(f"{MANIFEST}: [{table}] is not a table; restore the file from version control")
    return {str(key): str(value) for key, value in values.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def compare(folder: Path, files: Mapping[str, str]) -> list[Finding]:
    """Compare a folder with the hashes of its files."""
    present = set(walk(folder))
    result = [Finding("extra", path) for path in present - files.keys()]
    for path, expected in files.items():
        if path not in present:
            result.append(Finding("missing", path))
        elif (folder / path).is_symlink() or digest((folder / path).read_bytes()) != expected:
            result.append(Finding("modified", path))
    if {path: digest(content) for path, content in base(folder).items()} != files:
        # Not by hash: compressed bytes depend on the version of zlib.
        result.append(Finding("modified" if (folder / BASE).exists() else "missing", BASE))
    return sorted(result, key=lambda finding: finding.path)


def base(folder: Path) -> dict[str, bytes]:
    """Return the original files of a vendored folder; none if they can't be read."""
    try:
        with ZipFile(folder / BASE) as archive:
            return {path: archive.read(path) for path in archive.namelist()}
    except (OSError, EOFError, ValueError, RuntimeError, BadZipFile, zlib.error):
        return {}


def walk(folder: Path) -> Iterator[str]:
    """Yield the paths of files in a folder, with slashes, without caches, manifest and base."""
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        linked = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [name for name in folders if name not in _IGNORED_FOLDERS and name not in linked]
        for name in (*files, *linked):
            path = (here / name).relative_to(folder).as_posix()
            if name not in _IGNORED_FILES and path not in (MANIFEST, BASE) and not name.endswith((".pyc", ".pyo")):
                yield path


def digest(content: bytes) -> str:
    """Return the SHA-256 of a text file, regardless of its line ends (`\\n` or `\\r\\n`)."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def main(folder: Path | None = None) -> int:
    """Check a folder, by default that of this module, and return the exit code."""
    folder = folder or Path(__file__).resolve().parent
    try:
        findings = compare(folder, mapping(load(folder), "files"))
    except ManifestError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
