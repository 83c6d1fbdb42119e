"""Putting a finished tree in the place of the old one, in one step.

The new tree is built beside the old one, on the same disk. Files that did not change
become links to the old ones, so they keep their modification time. Then the two
folders change places. Whatever fails before that step (a full disk, Ctrl-C, a crash)
leaves the old tree as it was.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from xcaas_generator.failure import Failure
from xcaas_generator.package.lockfile import NAME as LOCK
from xcaas_generator.package.lockfile import walk

_SAFE_PATH = re.compile(r"(?:[A-Za-z0-9_]+/)*[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9]+)?")
_SUFFIX = ".xcaas-tmp"
_STALE_AFTER = 3600.0
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


class Staging:
    """A tree under construction. Paths are relative, with slashes."""

    def __init__(self, folder: Path, target: Path) -> None:
        self.folder = folder
        self.target = target
        self._made: set[Path] = {folder}

    def write(self, path: str, content: str) -> None:
        """Write a file of the new tree.

        Raises:
            Failure: The path would leave the tree.
        """
        self.write_bytes(path, content.encode())

    def write_bytes(self, path: str, content: bytes) -> None:
        """Write a file of the new tree as it is."""
        try:
            self._place(path).write_bytes(content)
        except OSError as error:
            error.filename = self.target / path  # the staging tree is gone when this is told
            raise

    def keep(self, path: str) -> None:
        """Take a file over from the old tree, with its modification time."""
        new, old = self._place(path), self.target / path
        try:
            os.link(old, new)
        except OSError:
            shutil.copy2(old, new)

    def leave(self, path: str) -> None:
        """Take over a file that is not the package's, as it is and whatever it is called."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.target / path, place)

    def differing(self, except_for: Iterable[str] = ()) -> list[str]:
        """Return paths that differ between the trees, those in one of them only included.

        On the way, files that are equal become the old tree's, with their modification time.
        """
        known = set(except_for)
        here = set(walk(self.folder))
        found = [path for path in here - known if not self._adopt_equal(path)]
        gone = set(walk(self.target)) - here - {LOCK} if self.target.is_dir() else set[str]()
        return sorted([*found, *gone])

    def _adopt_equal(self, path: str) -> bool:
        new, old = self.folder / path, self.target / path
        if not old.is_file() or new.read_bytes() != old.read_bytes():
            return False
        new.unlink()
        self.keep(path)
        return True

    def commit(self) -> None:
        """Let the new tree and the old one change places."""
        if not self.target.exists():
            os.rename(self.folder, self.target)
        elif not _exchange(self.folder, self.target):
            backup = _backup(self.target)
            os.rename(self.target, backup)
            try:
                os.rename(self.folder, self.target)
            except BaseException:
                os.rename(backup, self.target)
                raise
            shutil.rmtree(backup, ignore_errors=True)

    def _place(self, path: str) -> Path:
        if not _SAFE_PATH.fullmatch(path):
            raise Failure(f"refusing to write {path!r}: not a plain path inside the package")
        place = self.folder / path
        if place.parent not in self._made:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(place.parent)
        return place


@contextmanager
def staging(target: Path) -> Generator[Staging]:
    """Yield a staging tree for `target`, removed at the end, whether it took the target's place or not.

    Raises:
        Failure: The target is a symbolic link, holds one, or is no folder.
    """
    _recover(target)
    _refuse_links(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=_SUFFIX, dir=target.parent))
    try:
        folder.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o777 & ~_umask())
        yield Staging(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_links(target: Path) -> None:
    if target.is_symlink():
        raise Failure(f"{target} is a symbolic link; give the folder itself")
    if target.exists() and not target.is_dir():
        raise Failure(f"{target} is not a folder")
    for parent, folders, files in os.walk(target):
        for name in (*folders, *files):
            if (Path(parent) / name).is_symlink():
                raise Failure(f"{Path(parent) / name} is a symbolic link; remove it; a generated tree contains none")


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders without a moment in which either is missing. False where the system can't."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    status: int = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return status == 0


def _backup(target: Path) -> Path:
    return target.with_name(f".{target.name}.old{_SUFFIX}")


def _recover(target: Path) -> None:
    """Undo a swap that a crash cut in two."""
    backup = _backup(target)
    if backup.is_dir() and not target.exists():
        os.rename(backup, target)
    elif backup.is_dir():
        shutil.rmtree(backup, ignore_errors=True)


def _remove_leftovers(target: Path) -> None:
    """Remove staging trees of runs that were killed. A young one may belong to a run under way."""
    for leftover in target.parent.glob(f".{target.name}.*{_SUFFIX}"):
        if leftover.is_dir() and not leftover.is_symlink() and time.time() - leftover.stat().st_mtime > _STALE_AFTER:
            shutil.rmtree(leftover, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
