"""Fatal errors other than problems in specs."""

from __future__ import annotations

import errno
import os


class Failure(Exception):
    """A run can't continue: generated files were edited, the disk is full, a path must not be written.

    The message says what to do. The command line prints it and exits with `code`.
    """

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def reason(error: OSError) -> str:
    """Return the message of a system error, with the file if that is known."""
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    text = "the disk is full" if is_full else error.strerror or str(error) or type(error).__name__
    return text if error.filename is None else f"{os.fsdecode(error.filename)}: {text}"


def unwritable(target: os.PathLike[str], error: OSError) -> Failure:
    """Return a failure that says that the package could not be written and was not changed."""
    return Failure(f"{reason(error)}; nothing was written to {os.fspath(target)}")
