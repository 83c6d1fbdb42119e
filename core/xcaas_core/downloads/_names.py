"""Unique names for files in one folder."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

from .._checks import check_path
from .._errors import ArgumentError, DownloadError

__all__ = ["UniqueNames"]


class UniqueNames:
    """Names in one folder, each used once. Letter case is ignored, as some disks do."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = check_path(folder, "into")
        self._root = Path(os.path.normpath(self.folder))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DownloadError(f"the folder {self.folder} cannot be made: {error.strerror or error}") from error
        self._taken: dict[str, int] = {}  # the last number of each name
        self._lock = Lock()

    def claim(self, name: str | os.PathLike[str]) -> Path:
        """Return a path that no other download of this run has. ArgumentError if it is outside the folder."""
        try:
            path = Path(os.path.normpath(self.folder / check_path(name)))
            relative = path.relative_to(self._root) if path.is_relative_to(self._root) else None
            # A link in the folder may lead out of it.
            if relative is None or not relative.name or not self._is_below(path.parent):
                raise ArgumentError(f"{os.fspath(name)!r} is not a file inside {self.folder}")
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DownloadError(
                f"the folder of {os.fspath(name)!r} cannot be made: {error.strerror or error}"
            ) from error
        with self._lock:
            return path.with_name(self._free_name(relative, path.parent))

    def _is_below(self, folder: Path) -> bool:
        try:
            return folder.resolve().is_relative_to(self.folder.resolve())
        except RuntimeError:  # a cycle of links
            return False

    def _free_name(self, relative: Path, parent: Path) -> str:
        """Return the name, numbered if it is taken or is a folder, in which the file would be saved."""
        original = self._key(relative, relative.name)
        number = self._taken.get(original, 0)
        stem, dot, ending = relative.name.rpartition(".") if "." in relative.name[1:] else (relative.name, "", "")
        while True:
            number += 1
            name = relative.name if number == 1 else f"{stem} ({number}){dot}{ending}"
            key = self._key(relative, name)
            if (number == 1 or key not in self._taken) and not os.path.isdir(parent / name):
                break
        self._taken[original] = number
        self._taken.setdefault(key, 1)
        return name

    def _key(self, path: Path, name: str) -> str:
        return path.with_name(name).as_posix().casefold()
