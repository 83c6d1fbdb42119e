"""Whether a folder may take a copy: inside the project, no link on the way, and empty or a copy already."""

from __future__ import annotations

import keyword
import os
from collections.abc import Iterable
from pathlib import Path

from ..failure import Failure
from ._vendor_check import walk
from .record import Record, read_record

MAX_PATH_LENGTH = 119
_PROJECT = (".git", "pyproject.toml", "setup.py", "setup.cfg", ".hg")


def open_place(target: Path) -> Record | None:
    """Judge a target. Returns the record of the copy that lies there, or None if there is nothing yet.

    Raises:
        Failure: The folder must not be written to, and why.
    """
    if not target.name.isidentifier() or keyword.iskeyword(target.name):
        raise Failure(f"{target}: Python can't import a package named {target.name!r}; choose a plain name", code=2)
    _refuse_links(target)
    if not target.exists():
        return None
    if not target.is_dir():
        raise Failure(f"{target} is not a folder")
    record = read_record(target)
    if record is None and any(item.name != "__init__.py" or item.stat().st_size for item in target.iterdir()):
        raise Failure(f"{target} contains files that xcaas-gen did not write; choose a new or an empty folder")
    return record


def project_root(target: Path) -> Path | None:
    """Return the folder of the project that a target lies in, if it looks like one."""
    for folder in _absolute(target).parents:
        if any((folder / mark).exists() for mark in _PROJECT):
            return folder
    return None


def refuse_long_paths(target: Path, paths: Iterable[str]) -> None:
    """Keep paths short enough for every disk and archive, as seen from the project.

    Raises:
        Failure: One is too long.
    """
    root = project_root(target)
    base = _absolute(target).relative_to(root).as_posix() if root else target.name
    longest = max((f"{base}/{path}" for path in paths), key=len, default="")
    if len(longest) > MAX_PATH_LENGTH:
        raise Failure(
            f"{longest} would have {len(longest)} characters, more than {MAX_PATH_LENGTH}; choose another --into"
        )


def refuse_links_inside(target: Path) -> None:
    """Refuse a link in a copy, which would lead what is read or written out of it, and a pipe, which nobody may fill.

    Raises:
        Failure: There is one.
    """
    for path in walk(target):
        if (target / path).is_symlink():
            raise Failure(f"{target / path} is a symbolic link; remove it")
        if not (target / path).is_file():
            raise Failure(f"{target / path} is neither a file nor a folder; remove it")


def _refuse_links(target: Path) -> None:
    """Refuse a link between the project and the target: it would lead out of the project."""
    root = project_root(target)
    place = _absolute(target)
    below = [place, *(folder for folder in place.parents if root and folder.is_relative_to(root) and folder != root)]
    for folder in below:
        if folder.is_symlink():
            raise Failure(f"{folder} is a symbolic link; give the folder itself")


def _absolute(path: Path) -> Path:
    """Return an absolute path without following links, and without `..`."""
    return Path(os.path.normpath(Path.cwd() / path))
