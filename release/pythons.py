"""The CPythons on this machine: on the path, those of pyenv, those of uv."""

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
_ASK = (
    "import json, sys, sysconfig; free = bool(sysconfig.get_config_var('Py_GIL_DISABLED'));"
    "print(json.dumps([sys.implementation.name, sys.version_info[:3], sys.version_info.releaselevel, free]))"
)
_PROGRAM = re.compile(r"python3\.\d+t?")


@dataclass(frozen=True, order=True, slots=True)
class Python:
    """An interpreter. `free_threaded` ones have no global lock."""

    version: tuple[int, int, int]
    free_threaded: bool
    program: Path

    @property
    def name(self) -> str:
        """The name of its series: `3.13`, `3.14t`."""
        return f"{self.version[0]}.{self.version[1]}{'t' if self.free_threaded else ''}"


def candidates(search_path: str, home: Path, pyenv: str | None = None) -> Iterator[Path]:
    """Yield programs that may be a Python."""
    for folder in map(Path, filter(None, search_path.split(os.pathsep))):
        if folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if _PROGRAM.fullmatch(path.name))
    yield from sorted(Path(pyenv or home / ".pyenv").glob("versions/*/bin/python"))
    yield from sorted((home / ".local/share/uv/python").glob("*/bin/python3"))


def usable(program: Path) -> Python | None:
    """Return the Python that a program is, or None if it is not a CPython that the SDK supports."""
    try:
        done = subprocess.run([program, "-I", "-c", _ASK], capture_output=True, text=True, timeout=30, check=True)
        kind, version, level, free_threaded = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    major, minor, patch = version
    if kind != "cpython" or (major, minor) < OLDEST or level == "alpha":
        return None
    return Python((major, minor, patch), free_threaded, program)


def newest_of_each(found: Iterable[Python]) -> list[Python]:
    """Return one Python of each series, the newest."""
    return list({python.name: python for python in sorted(found)}.values())
