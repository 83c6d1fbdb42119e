"""The CPython versions on this machine: on the path, of pyenv and of uv."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Python", "candidates", "newest_of_each", "usable"]

OLDEST = (3, 11)
_QUERY = (
    "import json, sys, sysconfig; free = bool(sysconfig.get_config_var('Py_GIL_DISABLED'));"
    "print(json.dumps([sys.implementation.name, sys.version_info[:3], sys.version_info.releaselevel, free]))"
)
_PROGRAM = re.compile(r"python3\.\d+t?")


@dataclass(frozen=True, order=True, slots=True)
class Python:
    """An interpreter; `free_threaded` if it has no global interpreter lock."""

    version: tuple[int, int, int]
    free_threaded: bool
    program: Path

    @property
    def name(self) -> str:
        """The name of its series: `3.13`, `3.14t`."""
        return f"{self.version[0]}.{self.version[1]}{'t' if self.free_threaded else ''}"


def candidates(search_path: str, home: Path, pyenv: str | None = None) -> Iterator[Path]:
    """Yield the paths of programs that may be Python interpreters."""
    for folder in map(Path, filter(None, search_path.split(os.pathsep))):
        if folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if _PROGRAM.fullmatch(path.name))
    yield from sorted(Path(pyenv or home / ".pyenv").glob("versions/*/bin/python"))
    yield from sorted((home / ".local/share/uv/python").glob("*/bin/python3"))


def usable(program: Path) -> Python | None:
    """Return the interpreter of a program; None if it is not a CPython version that the SDK supports."""
    try:
        completed = subprocess.run(
            [program, "-I", "-c", _QUERY], capture_output=True, text=True, timeout=30, check=True
        )
        implementation, version, level, free_threaded = json.loads(completed.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    major, minor, patch = version
    if implementation != "cpython" or (major, minor) < OLDEST or level == "alpha":
        return None
    return Python((major, minor, patch), free_threaded, program)


def newest_of_each(pythons: Iterable[Python]) -> list[Python]:
    """Return the newest interpreter of each series."""
    return list({python.name: python for python in sorted(pythons)}.values())
