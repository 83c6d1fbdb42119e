"""How far an export is, on stderr: a line that moves in a terminal, one line at the end for a log."""

from __future__ import annotations

import sys
from threading import Lock
from typing import Any, Self

__all__ = ["Meter"]


class Meter:
    """Counts what is done, and shows it if somebody looks."""

    def __init__(self) -> None:
        self.files = self.bytes = 0
        self._place = ""
        self._coming: dict[str, int] = {}
        self._lock = Lock()
        self._live: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.status import Status

            self._live = Status("Listing", console=Console(stderr=True))
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def at(self, place: str) -> None:
        """Say what is worked at."""
        self._place = place
        self._show()

    def came(self, id: str, done: int, _whole: int | None) -> None:
        """Count bytes of a file, from any thread."""
        with self._lock:
            self.bytes += max(0, done - self._coming.get(id, 0))
            self._coming[id] = done

    def finished(self, id: str) -> None:
        """Count a file."""
        with self._lock:
            self._coming.pop(id, None)
        self.files += 1
        self._show()

    def _show(self) -> None:
        if self._live is not None:
            self._live.update(f"{self._place}  {self.files:,} files, {size(self.bytes)}")


def size(number: float) -> str:
    """Return a number of bytes in words."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:,.0f} {unit}" if unit == "B" else f"{number:,.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} TB"
