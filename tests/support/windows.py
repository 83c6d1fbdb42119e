"""A simulation of Windows: locks of `msvcrt`, no `fcntl`, no users, and open files that cannot be renamed or deleted."""

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

__all__ = ["FakeMsvcrt", "behave_as_windows"]


class FakeMsvcrt(ModuleType):
    """A fake `msvcrt` with locking: a file is locked by one file descriptor at a time."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.owners: dict[int, int] = {}

    def locking(self, file: int, mode: int, count: int) -> None:
        """Lock or unlock bytes at the file's position, here always the first byte.

        Raises:
            PermissionError: The byte is locked by another descriptor, or not locked.
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


def behave_as_windows(patch: pytest.MonkeyPatch) -> FakeMsvcrt:
    """Make the platform-dependent modules of core behave as on Windows. Return the fake locks."""
    locks = FakeMsvcrt()
    patch.setitem(sys.modules, "msvcrt", locks)
    patch.setitem(sys.modules, "fcntl", None)
    patch.setattr(_file, "_file_lock", _as_on_windows(_file_lock, patch))
    for name in ("geteuid", "getuid"):
        patch.delattr(os, name)
    for change in ("replace", "unlink"):
        patch.setattr(os, change, _refusing_open_files(change))
    windows_os = ModuleType("os")
    vars(windows_os).update(vars(os), name="nt")
    patch.setattr(_partial_file, "os", windows_os)
    return locks


def _as_on_windows(module: ModuleType, patch: pytest.MonkeyPatch) -> ModuleType:
    """Import a module a second time, with `sys.platform` set to Windows."""
    spec = importlib.util.find_spec(module.__name__)
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    with patch.context() as temporary_patch:
        temporary_patch.setattr(sys, "platform", "win32")
        spec.loader.exec_module(copy)
    return copy


def _refusing_open_files(name: str) -> object:
    real = getattr(os, name)

    def rename_or_unlink(path: str | Path, *others: object, **options: object) -> None:
        for opened in Path("/proc/self/fd").iterdir():
            if opened.exists() and opened.samefile(path):
                raise PermissionError(errno.EACCES, "The process cannot access the file", os.fspath(path))
        real(path, *others, **options)

    return rename_or_unlink
