"""Writing the profile file: one profile changes, everything else in it stays as it is."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from pathlib import Path

import click

__all__ = ["store"]

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def store(path: Path, profile: str, values: dict[str, str]) -> None:
    """Put values into a profile, in a file that only its owner can read.

    Raises:
        click.UsageError: The name or the file cannot be written like this.
    """
    if not _NAME.fullmatch(profile):
        raise click.UsageError(f"{profile!r} cannot be the name of a profile: letters, digits, - and _ only.")
    path = path.resolve()
    before = path.read_text("utf-8") if path.exists() else ""
    after = _changed(before, profile, values)
    _check(path, before, after, profile, values)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=".credentials.", dir=path.parent)  # 0600
    try:
        with open(number, "w", encoding="utf-8") as file:
            file.write(after)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _changed(text: str, profile: str, values: dict[str, str]) -> str:
    lines = text.splitlines()
    header = re.compile(rf"\s*\[\s*{re.escape(profile)}\s*\]\s*(#.*)?")
    start = next((number for number, line in enumerate(lines) if header.fullmatch(line)), None)
    if start is None:
        lines += [*([""] if lines else []), f"[{profile}]"]
        start = len(lines) - 1
    end = next((n for n in range(start + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    kept = [line for line in lines[start + 1 : end] if line.partition("=")[0].strip() not in values]
    while kept and not kept[-1].strip():
        kept.pop()
    written = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    gap = [""] if end < len(lines) else []
    return "\n".join([*lines[: start + 1], *kept, *written, *gap, *lines[end:]]) + "\n"


def _check(path: Path, before: str, after: str, profile: str, values: dict[str, str]) -> None:
    """Refuse a change that would not be read as it was meant, such as one inside a text of several lines."""
    try:
        wanted = tomllib.loads(before)
        wanted[profile] = {**wanted.get(profile, {}), **values}
        if tomllib.loads(after) == wanted:
            return
    except ValueError:
        pass
    raise click.UsageError(f"{path} cannot be changed safely; mend it, or write the profile by hand.")
