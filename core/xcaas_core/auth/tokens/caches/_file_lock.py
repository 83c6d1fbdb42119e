"""A lock between processes on an open file. The system releases it when its process ends."""

from __future__ import annotations

import sys

__all__ = ["try_lock", "unlock"]

if sys.platform == "win32":
    import msvcrt

    def try_lock(file: int) -> bool:
        """Take the lock if it is free, on the first byte, which need not exist."""
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def unlock(file: int) -> None:
        """Give the lock back."""
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def try_lock(file: int) -> bool:
        """Take the lock if it is free."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(file: int) -> None:
        """Give the lock back, also for a forked child that shares the descriptor."""
        fcntl.flock(file, fcntl.LOCK_UN)
