"""Progress on stderr: one changing line in a terminal, a line per stage elsewhere."""

from __future__ import annotations

import shutil
from typing import TextIO

from xcaas_generator.problems import printable


def counted(number: int, noun: str) -> str:
    """Return `1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Progress:
    """Shows stages while they run."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._stream = stream
        self._live = stream.isatty() and not quiet
        self._quiet = quiet
        self._shown = False

    def step(self, text: str) -> None:
        """Show the start of a stage."""
        text = printable(text)
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r\x1b[K{text[:width]}")
            self._stream.flush()
            self._shown = True
        elif not self._quiet:
            self._stream.write(f"{text}\n")

    def say(self, text: str) -> None:
        """Write a permanent message, such as a warning or a result. It may contain line breaks."""
        self.clear()
        self._stream.write(f"{text}\n")

    def clear(self) -> None:
        """Remove the changing line."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False
