"""What ends a run for another reason than a problem in a spec."""

from __future__ import annotations

import errno
import os


class Failure(Exception):
    """A run can't go on: hand edits in the way, a full disk, a path that must not be written.

    The message says what to do. The command line prints it and exits with `code`.
    """

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def reason(error: OSError) -> str:
    """Say what the system objects to, and with which file where that is known."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    text = "the disk is full" if full else error.strerror or str(error) or type(error).__name__
    return text if error.filename is None else f"{os.fsdecode(error.filename)}: {text}"


def unwritable(target: os.PathLike[str], error: OSError) -> Failure:
    """Return the failure of a run that could not write its package, and did not touch it."""
    return Failure(f"{reason(error)}; nothing was written to {os.fspath(target)}")
