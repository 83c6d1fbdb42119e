"""Replacement of a generated tree by a new one, in one step.

The new tree is built next to the old one, on the same file system. Unchanged files become hard links to the old ones,
which keeps their modification time. Then the folders are exchanged. A failure before that step (full disk, Ctrl-C,
crash) leaves the old tree unchanged.
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
        self._folders: set[Path] = {folder}

    def write(self, path: str, content: str) -> None:
        """Write a file of the new tree.

        Raises:
            Failure: The path would leave the tree.
        """
        self.write_bytes(path, content.encode())

    def write_bytes(self, path: str, content: bytes) -> None:
        """Write a binary file of the new tree."""
        try:
            self._path_for(path).write_bytes(content)
        except OSError as error:
            error.filename = self.target / path  # the staging tree no longer exists when the message is shown
            raise

    def keep(self, path: str) -> None:
        """Take a file of the old tree over, with its modification time."""
        new, old = self._path_for(path), self.target / path
        try:
            os.link(old, new)
        except OSError:
            shutil.copy2(old, new)

    def keep_foreign(self, path: str) -> None:
        """Take over a file that was not generated, whatever its name."""
        new = self.folder / path
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.target / path, new)

    def differing(self, except_for: Iterable[str] = ()) -> list[str]:
        """Return the paths of files that differ or exist in only one of the trees.

        Files that are equal are replaced by those of the old tree, with their modification time.
        """
        excluded = set(except_for)
        new = set(walk(self.folder))
        changed = [path for path in new - excluded if not self._adopt_equal(path)]
        removed = set(walk(self.target)) - new - {LOCK} if self.target.is_dir() else set[str]()
        return sorted([*changed, *removed])

    def _adopt_equal(self, path: str) -> bool:
        new, old = self.folder / path, self.target / path
        if not old.is_file() or new.read_bytes() != old.read_bytes():
            return False
        new.unlink()
        self.keep(path)
        return True

    def commit(self) -> None:
        """Replace the old tree by the new one."""
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

    def _path_for(self, path: str) -> Path:
        if not _SAFE_PATH.fullmatch(path):
            raise Failure(f"refusing to write {path!r}: not a plain path inside the package")
        new = self.folder / path
        if new.parent not in self._folders:
            new.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(new.parent)
        return new


@contextmanager
def staging(target: Path) -> Generator[Staging]:
    """Yield a staging tree for `target`, which is removed at the end unless committed.

    Raises:
        Failure: The target is or contains a symbolic link, or is not a folder.
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


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders atomically. Return False if the system does not support it."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    status: int = rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
    return status == 0


def _backup(target: Path) -> Path:
    return target.with_name(f".{target.name}.old{_SUFFIX}")


def _recover(target: Path) -> None:
    """Complete or undo a replacement that a crash interrupted."""
    backup = _backup(target)
    if backup.is_dir() and not target.exists():
        os.rename(backup, target)
    elif backup.is_dir():
        shutil.rmtree(backup, ignore_errors=True)


def _remove_leftovers(target: Path) -> None:
    """Remove staging trees of killed runs. Recent ones may belong to a run in progress."""
    for leftover in target.parent.glob(f".{target.name}.*{_SUFFIX}"):
        if leftover.is_dir() and not leftover.is_symlink() and time.time() - leftover.stat().st_mtime > _STALE_AFTER:
            shutil.rmtree(leftover, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
