"""Names of many files in one folder."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

from .._checks import check_path
from .._errors import ArgumentError, DownloadError

__all__ = ["Names"]


class Names:
    """Names in one folder, each given out once. Letter case doesn't tell names apart on every disk."""

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
        """Return a path that no other download of this run has. ArgumentError for one outside of the folder."""
        try:
            wanted = Path(os.path.normpath(self.folder / check_path(name)))
            inside = wanted.relative_to(self._root) if wanted.is_relative_to(self._root) else None
            # A link in the folder may lead out of it.
            if inside is None or not inside.name or not self._is_below(wanted.parent):
                raise ArgumentError(f"{os.fspath(name)!r} is not a file inside {self.folder}")
            wanted.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DownloadError(
                f"the folder of {os.fspath(name)!r} cannot be made: {error.strerror or error}"
            ) from error
        with self._lock:
            return wanted.with_name(self._free(inside, wanted.parent))

    def _is_below(self, folder: Path) -> bool:
        try:
            return folder.resolve().is_relative_to(self.folder.resolve())
        except RuntimeError:  # links that lead to each other
            return False

    def _free(self, inside: Path, parent: Path) -> str:
        """Return the name, or the first with a number that nobody has and that is no folder: what is there would be saved in it."""
        wanted = self._key(inside, inside.name)
        number = self._taken.get(wanted, 0)
        stem, dot, ending = inside.name.rpartition(".") if "." in inside.name[1:] else (inside.name, "", "")
        while True:
            number += 1
            name = inside.name if number == 1 else f"{stem} ({number}){dot}{ending}"
            key = self._key(inside, name)
            if (number == 1 or key not in self._taken) and not os.path.isdir(parent / name):
                break
        self._taken[wanted] = number
        self._taken.setdefault(key, 1)
        return name

    def _key(self, place: Path, name: str) -> str:
        return place.with_name(name).as_posix().casefold()
