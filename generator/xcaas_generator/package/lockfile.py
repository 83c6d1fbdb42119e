"""The lockfile of a generated package: hashes of its inputs and of its files.

It answers two questions without loading the generator's libraries: is there anything to do, and were generated files
edited? It is in the package, so that both are replaced by one rename.
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
    """Hashes of files: `inputs` are those of the documents of each product, `files` those of the package."""

    generator: str
    inputs: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]

    def dump(self) -> str:
        """Return the lockfile as JSON."""
        content = {
            "generator": self.generator,
            "inputs": _sorted(self.inputs),
            "files": dict(sorted(self.files.items())),
        }
        return json.dumps(content, indent=1) + "\n"


class LocalChange(NamedTuple):
    """A difference between a generated package and its lockfile."""

    path: str
    kind: Literal["modified", "missing", "added"]


def read_lockfile(folder: Path) -> Lockfile | None:
    """Return the lockfile of a package; None if it is missing or unreadable."""
    try:
        content = json.loads((folder / NAME).read_text("ascii"))
        return Lockfile(content["generator"], content["inputs"], content["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def local_changes(folder: Path, lock: Lockfile) -> list[LocalChange]:
    """Return the changes of a package since it was generated."""
    present = set(walk(folder))
    present.discard(NAME)
    changes = [LocalChange(path, "added") for path in present - lock.files.keys()]
    for path, digest in lock.files.items():
        if path not in present:
            changes.append(LocalChange(path, "missing"))
        elif digest_of(folder / path) != digest:
            changes.append(LocalChange(path, "modified"))
    return sorted(changes, key=lambda change: change.path)


def walk(folder: Path) -> Iterable[str]:
    """Return paths of all files below a folder, with slashes, without caches of Python and its tools."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _IGNORED_FOLDERS]
        base = Path(parent).relative_to(folder).as_posix()
        prefix = "" if base == "." else f"{base}/"
        for name in files:
            if name not in _IGNORED_FILES and not name.endswith((".pyc", ".pyo")):
                yield prefix + name


def digest_of(path: Path) -> str:
    """Return the hash of a file; "" if it does not exist."""
    try:
        return digest(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ""


def digests(folder: Path) -> dict[str, str]:
    """Return the hashes of all files of a package except its lockfile."""
    return {path: digest_of(folder / path) for path in walk(folder) if path != NAME}


def relative(path: Path, base: Path) -> str:
    """Return `path` relative to `base`, with slashes. Either may be absolute."""
    return Path(os.path.relpath(path, base)).as_posix()


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def fingerprint() -> str:
    """Return a hash of everything else that determines the output: sources, templates, formatter, parser, and the
    public names of core, which a suite re-exports."""
    package = Path(__file__).parent.parent
    core = find_spec("xcaas_core")  # not imported, which would be slow
    assert core is not None
    assert core.origin is not None
    total = hashlib.sha256(Path(core.origin).read_bytes())
    for reexported in ("otel.py", "testing/__init__.py", "webhooks/__init__.py"):
        total.update((Path(core.origin).parent / reexported).read_bytes())
    for name in ("ruff", "openapi-python-client", "jinja2"):
        total.update(f"{name} {version(name)}\n".encode())
    for path in sorted(walk(package)):
        if path.endswith((".py", ".jinja")) and not path.startswith("vendoring/"):
            total.update(path.encode() + b"\0" + (package / path).read_bytes() + b"\0")
    return total.hexdigest()


def _sorted(inputs: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {product: dict(sorted(files.items())) for product, files in sorted(inputs.items())}
