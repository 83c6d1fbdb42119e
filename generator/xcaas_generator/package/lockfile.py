"""The lock of a generated package: what it was made from, and what its files were.

It settles two questions without loading the generator's libraries: is there
anything to do, and has somebody edited a generated file by hand. It lies inside
the package, so that one rename swaps both.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from xcaas_generator.versions import version

NAME = "_lock.json"
_IGNORED_FOLDERS = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
_IGNORED_FILES = frozenset({".DS_Store", "Thumbs.db"})


class Lockfile(NamedTuple):
    """`inputs` are the files a product was made from and their hashes; `files` the tree's own."""

    generator: str
    inputs: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]

    def dump(self) -> str:
        """Return the lock as JSON text."""
        content = {
            "generator": self.generator,
            "inputs": _sorted(self.inputs),
            "files": dict(sorted(self.files.items())),
        }
        return json.dumps(content, indent=1) + "\n"


class LocalChange(NamedTuple):
    """A difference between a generated tree and its lock."""

    path: str
    kind: Literal["modified", "missing", "added"]


def read_lockfile(folder: Path) -> Lockfile | None:
    """Return the lock of a generated tree, or None if there is none that can be read."""
    try:
        content = json.loads((folder / NAME).read_text("ascii"))
        return Lockfile(content["generator"], content["inputs"], content["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def local_changes(folder: Path, lock: Lockfile) -> list[LocalChange]:
    """Return what was changed by hand since the tree was generated."""
    present = set(walk(folder))
    present.discard(NAME)
    found = [LocalChange(path, "added") for path in present - lock.files.keys()]
    for path, digest in lock.files.items():
        if path not in present:
            found.append(LocalChange(path, "missing"))
        elif digest_of(folder / path) != digest:
            found.append(LocalChange(path, "modified"))
    return sorted(found, key=lambda edit: edit.path)


def walk(folder: Path) -> Iterable[str]:
    """Return paths of all files below a folder, with slashes. Caches of Python and its tools don't count."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _IGNORED_FOLDERS]
        base = Path(parent).relative_to(folder).as_posix()
        before = "" if base == "." else f"{base}/"
        for name in files:
            if name not in _IGNORED_FILES and not name.endswith((".pyc", ".pyo")):
                yield before + name


def digest_of(path: Path) -> str:
    """Return the hash of a file, or an empty text if there is none."""
    try:
        return digest(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ""


def digests(folder: Path) -> dict[str, str]:
    """Return the hashes of all files of a tree but its lock."""
    return {path: digest_of(folder / path) for path in walk(folder) if path != NAME}


def relative(path: Path, base: Path) -> str:
    """Return a path as seen from a folder, with slashes, whichever of the two is absolute."""
    return Path(os.path.relpath(path, base)).as_posix()


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes as text."""
    return hashlib.sha256(content).hexdigest()


def fingerprint() -> str:
    """Return a hash of everything on our side that decides what comes out: sources, templates, formatter, parser,
    and the public names of core, which a suite passes on."""
    here = Path(__file__).parent.parent
    core = find_spec("xcaas_core")  # only read: importing it would take longer than all the rest
    assert core is not None
    assert core.origin is not None
    total = hashlib.sha256(Path(core.origin).read_bytes())
    for passed_on in ("otel.py", "testing/__init__.py", "webhooks/__init__.py"):
        total.update((Path(core.origin).parent / passed_on).read_bytes())
    for name in ("ruff", "openapi-python-client", "jinja2"):
        total.update(f"{name} {version(name)}\n".encode())
    for path in sorted(walk(here)):
        if path.endswith((".py", ".jinja")) and not path.startswith("vendoring/"):
            total.update(path.encode() + b"\0" + (here / path).read_bytes() + b"\0")
    return total.hexdigest()


def _sorted(inputs: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {product: dict(sorted(files.items())) for product, files in sorted(inputs.items())}
