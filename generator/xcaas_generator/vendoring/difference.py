"""The changes of an update, as a unified diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from .record import Record


def difference(target: Path, old: Record | None, texts: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a unified diff from a folder to the files of a copy."""
    for path in sorted({*texts, *(old.files if old else ())}):
        before, after = _lines(target / path), texts.get(path, "").splitlines(keepends=True)
        if before != after:
            old_name = str(target / path) if before else "/dev/null"
            new_name = str(target / path) if after else "/dev/null"
            for line in difflib.unified_diff(before, after, old_name, new_name):
                yield line if line.endswith("\n") else line + "\n"


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", errors="replace").splitlines(keepends=True)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return []
