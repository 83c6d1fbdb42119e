"""Writing the profile file: one profile changes, everything else in it stays as it is."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from .output import is_object

__all__ = ["read_profile", "store"]

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def read_profile(path: Path, profile: str) -> dict[str, Any]:
    """Return what a profile has, nothing if it cannot be read."""
    try:
        return _section(tomllib.loads(path.read_text("utf-8")), profile)
    except (OSError, ValueError):
        return {}


def store(path: Path, profile: str, values: dict[str, str], without: Collection[str] = ()) -> None:
    """Put values into a profile and take others out, in a file that only its owner can read.

    Raises:
        click.UsageError: The name or the file cannot be written like this.
    """
    if not _NAME.fullmatch(profile):
        raise click.UsageError(f"{profile!r} is not a valid profile name. Use letters, digits, - and _.")
    path = path.resolve()
    before = path.read_text("utf-8") if path.exists() else ""
    after = _changed(before, profile, values, {*values, *without})
    _check(path, before, after, profile, values, {*values, *without})
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=".credentials.", dir=path.parent)  # 0600
    try:
        with open(number, "w", encoding="utf-8") as file:
            file.write(after)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _section(profiles: dict[str, Any], profile: str) -> dict[str, Any]:
    found = profiles.get(profile, {})
    return found if is_object(found) else {}


def _changed(text: str, profile: str, values: dict[str, str], gone: Collection[str]) -> str:
    lines = text.splitlines()
    header = re.compile(rf"\s*\[\s*{re.escape(profile)}\s*\]\s*(#.*)?")
    start = next((number for number, line in enumerate(lines) if header.fullmatch(line)), None)
    if start is None:
        lines += [*([""] if lines else []), f"[{profile}]"]
        start = len(lines) - 1
    end = next((n for n in range(start + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    kept = [line for line in lines[start + 1 : end] if line.partition("=")[0].strip() not in gone]
    while kept and not kept[-1].strip():
        kept.pop()
    written = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    gap = [""] if end < len(lines) else []
    return "\n".join([*lines[: start + 1], *kept, *written, *gap, *lines[end:]]) + "\n"


def _check(path: Path, before: str, after: str, profile: str, values: dict[str, str], gone: Collection[str]) -> None:
    """Refuse a change that would not be read as it was meant, such as one inside a text of several lines."""
    try:
        wanted = tomllib.loads(before)
        kept = {name: value for name, value in _section(wanted, profile).items() if name not in gone}
        wanted[profile] = {**kept, **values}
        if tomllib.loads(after) == wanted:
            return
    except ValueError:
        pass
    raise click.UsageError(f"{path} cannot be changed safely. Fix it, or add the profile by hand.")
