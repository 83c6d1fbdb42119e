"""Writing the profile file: changing one profile without touching the rest of the file."""

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
    """Return the values of a profile; none if the file cannot be read."""
    try:
        return _section(tomllib.loads(path.read_text("utf-8")), profile)
    except (OSError, ValueError):
        return {}


def store(path: Path, profile: str, values: dict[str, str], without: Collection[str] = ()) -> None:
    """Set values of a profile and remove others. Only the owner can read the file.

    Raises:
        click.UsageError: The name is invalid, or the file cannot be changed safely.
    """
    if not _NAME.fullmatch(profile):
        raise click.UsageError(f"{profile!r} is not a valid profile name. Use letters, digits, - and _.")
    path = path.resolve()
    old = path.read_text("utf-8") if path.exists() else ""
    new = _edit(old, profile, values, {*values, *without})
    _check(path, old, new, profile, values, {*values, *without})
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".credentials.", dir=path.parent)  # 0600
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(new)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _section(profiles: dict[str, Any], profile: str) -> dict[str, Any]:
    section = profiles.get(profile, {})
    return section if is_object(section) else {}


def _edit(text: str, profile: str, values: dict[str, str], removed: Collection[str]) -> str:
    lines = text.splitlines()
    header = re.compile(rf"\s*\[\s*{re.escape(profile)}\s*\]\s*(#.*)?")
    header_index = next((index for index, line in enumerate(lines) if header.fullmatch(line)), None)
    if header_index is None:
        lines += [*([""] if lines else []), f"[{profile}]"]
        header_index = len(lines) - 1
    end = next(
        (index for index in range(header_index + 1, len(lines)) if lines[index].lstrip().startswith("[")), len(lines)
    )
    body = [line for line in lines[header_index + 1 : end] if line.partition("=")[0].strip() not in removed]
    while body and not body[-1].strip():
        body.pop()
    new_lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    separator = [""] if end < len(lines) else []
    return "\n".join([*lines[: header_index + 1], *body, *new_lines, *separator, *lines[end:]]) + "\n"


def _check(path: Path, old: str, new: str, profile: str, values: dict[str, str], removed: Collection[str]) -> None:
    """Raise UsageError if the new text does not parse as intended, such as after an edit inside a multi-line string."""
    try:
        expected = tomllib.loads(old)
        remaining = {name: value for name, value in _section(expected, profile).items() if name not in removed}
        expected[profile] = {**remaining, **values}
        if tomllib.loads(new) == expected:
            return
    except ValueError:
        pass
    raise click.UsageError(f"{path} cannot be changed safely. Fix it, or add the profile by hand.")
