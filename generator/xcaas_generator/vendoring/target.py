"""Checks of the target folder: inside the project, without links, and either empty or a copy."""

from __future__ import annotations

import keyword
import os
from collections.abc import Iterable
from pathlib import Path

from ..failure import Failure
from ._vendor_check import walk
from .record import Record, read_record

MAX_PATH_LENGTH = 119
_PROJECT_MARKERS = (".git", "pyproject.toml", "setup.py", "setup.cfg", ".hg")


def check_target(target: Path) -> Record | None:
    """Check a target. Return the record of the copy in it, or None if it is empty.

    Raises:
        Failure: The folder must not be written to.
    """
    if not target.name.isidentifier() or keyword.iskeyword(target.name):
        raise Failure(f"{target}: Python can't import a package named {target.name!r}; choose a plain name", code=2)
    _reject_links(target)
    if not target.exists():
        return None
    if not target.is_dir():
        raise Failure(f"{target} is not a folder")
    record = read_record(target)
    if record is None and any(item.name != "__init__.py" or item.stat().st_size for item in target.iterdir()):
        raise Failure(f"{target} contains files that xcaas-gen did not write; choose a new or an empty folder")
    return record


def project_root(target: Path) -> Path | None:
    """Return the root folder of the project around a target, if there is one."""
    for folder in _absolute(target).parents:
        if any((folder / marker).exists() for marker in _PROJECT_MARKERS):
            return folder
    return None


def reject_long_paths(target: Path, paths: Iterable[str]) -> None:
    """Reject paths, relative to the project, that are too long for some file systems or archives.

    Raises:
        Failure: A path is too long.
    """
    root = project_root(target)
    base = _absolute(target).relative_to(root).as_posix() if root else target.name
    longest = max((f"{base}/{path}" for path in paths), key=len, default="")
    if len(longest) > MAX_PATH_LENGTH:
        raise Failure(
            f"{longest} would have {len(longest)} characters, more than {MAX_PATH_LENGTH}; choose another --into"
        )


def reject_links_inside(target: Path) -> None:
    """Reject links in a copy, which could lead out of it, and pipes, which could block.

    Raises:
        Failure: There is a link or a pipe.
    """
    for path in walk(target):
        if (target / path).is_symlink():
            raise Failure(f"{target / path} is a symbolic link; remove it")
        if not (target / path).is_file():
            raise Failure(f"{target / path} is neither a file nor a folder; remove it")


def _reject_links(target: Path) -> None:
    """Reject links between the project and the target, which could lead out of the project."""
    root = project_root(target)
    path = _absolute(target)
    folders = [path, *(folder for folder in path.parents if root and folder.is_relative_to(root) and folder != root)]
    for folder in folders:
        if folder.is_symlink():
            raise Failure(f"{folder} is a symbolic link; give the folder itself")


def _absolute(path: Path) -> Path:
    """Return an absolute path without following links, and without `..`."""
    return Path(os.path.normpath(Path.cwd() / path))
