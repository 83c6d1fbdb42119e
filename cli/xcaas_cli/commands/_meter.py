"""Progress of an export: a status line on stderr, if that is a terminal."""

from __future__ import annotations

import sys
from threading import Lock
from typing import Any, Self

__all__ = ["Meter"]


class Meter:
    """Counts files and bytes, and shows them in a terminal."""

    def __init__(self) -> None:
        self.files = self.bytes = 0
        self._label = ""
        self._bytes_by_file: dict[str, int] = {}
        self._lock = Lock()
        self._status: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.status import Status

            self._status = Status("Listing", console=Console(stderr=True))
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def set_label(self, label: str) -> None:
        """Set the label of the current work."""
        self._label = label
        self._show()

    def count_bytes(self, id: str, done: int, _total: int | None) -> None:
        """Count received bytes of a file. Thread-safe."""
        with self._lock:
            self.bytes += max(0, done - self._bytes_by_file.get(id, 0))
            self._bytes_by_file[id] = done

    def count_file(self, id: str) -> None:
        """Count a finished file."""
        with self._lock:
            self._bytes_by_file.pop(id, None)
        self.files += 1
        self._show()

    def _show(self) -> None:
        if self._status is not None:
            self._status.update(f"{self._label}  {self.files:,} files, {size(self.bytes)}")


def size(number: float) -> str:
    """Format a number of bytes, such as `1.5 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:,.0f} {unit}" if unit == "B" else f"{number:,.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} TB"
