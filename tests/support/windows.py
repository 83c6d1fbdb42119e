"""What Windows does otherwise, on this system: locks of `msvcrt`, no `fcntl`, no users, open files that keep their names."""

from __future__ import annotations

import errno
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from xcaas_core import _partial_file
from xcaas_core.auth.tokens.caches import _file, _file_lock

__all__ = ["Locks", "behave_as_windows"]


class Locks(ModuleType):
    """`msvcrt`, as far as it locks: the bytes of a file belong to one open file at a time."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.owners: dict[int, int] = {}

    def locking(self, file: int, mode: int, count: int) -> None:
        """Lock or unlock the bytes from where the file stands: always the first one here.

        Raises:
            PermissionError: They belong to another open file, or to none.
        """
        assert (os.lseek(file, 0, os.SEEK_CUR), count) == (0, 1)
        inode = os.fstat(file).st_ino
        free = inode not in self.owners
        if free if mode == self.LK_UNLCK else not free:
            raise PermissionError(errno.EACCES, "Permission denied")
        if mode == self.LK_UNLCK:
            assert self.owners.pop(inode) == file
        else:
            self.owners[inode] = file


def behave_as_windows(patch: pytest.MonkeyPatch) -> Locks:
    """Let the modules of core that look at the system see Windows. Returns who has which lock."""
    locks = Locks()
    patch.setitem(sys.modules, "msvcrt", locks)
    patch.setitem(sys.modules, "fcntl", None)
    patch.setattr(_file, "_file_lock", _as_on_windows(_file_lock, patch))
    for name in ("geteuid", "getuid"):
        patch.delattr(os, name)
    for change in ("replace", "unlink"):
        patch.setattr(os, change, _refusing_open_files(change))
    there = ModuleType("os")
    vars(there).update(vars(os), name="nt")
    patch.setattr(_partial_file, "os", there)
    return locks


def _as_on_windows(module: ModuleType, patch: pytest.MonkeyPatch) -> ModuleType:
    """Import a module a second time, where `sys.platform` says so."""
    spec = importlib.util.find_spec(module.__name__)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    with patch.context() as only_now:
        only_now.setattr(sys, "platform", "win32")
        spec.loader.exec_module(made)
    return made


def _refusing_open_files(name: str) -> object:
    real = getattr(os, name)

    def change(path: str | Path, *others: object, **options: object) -> None:
        for opened in Path("/proc/self/fd").iterdir():
            if opened.exists() and opened.samefile(path):
                raise PermissionError(errno.EACCES, "The process cannot access the file", os.fspath(path))
        real(path, *others, **options)

    return change
