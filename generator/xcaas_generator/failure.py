"""What ends a run for another reason than a problem in a spec."""

from __future__ import annotations


class Failure(Exception):
    """A run can't go on: hand edits in the way, a full disk, a path that must not be written.

    The message says what to do. The command line prints it and exits with `code`.
    """

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code
