"""What a run changed for callers, from the generated files that differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xcaas_generator.package.public_api import PublicAPI, public_api

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Change:
    """One name that callers use."""

    kind: Literal["added", "removed", "changed"]
    name: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        detail = f": {self.before}  →  {self.after}" if self.kind == "changed" else ""
        return f"{ {'added': '+', 'removed': '-', 'changed': '~'}[self.kind] } {self.name}{detail}"


def changes(old: Path, new: Path, paths: Iterable[str]) -> list[Change]:
    """Compare the given files of two trees. A file that is in one of them only counts as empty in the other."""
    before: PublicAPI = {}
    after: PublicAPI = {}
    for path in paths:
        if path.endswith(".py"):
            before.update(_read(old, path))
            after.update(_read(new, path))
    found = [Change("removed", name, before=text) for name, text in before.items() if name not in after]
    for name, text in after.items():
        if name not in before:
            found.append(Change("added", name, after=text))
        elif before[name] != text:
            found.append(Change("changed", name, before[name], text))
    return _without_members(sorted(found, key=lambda change: change.name))


def report(found: list[Change]) -> str:
    """Return a few lines for the terminal."""
    lines = [str(change) for change in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"… and {len(found) - _SHOWN} more")
    return "\n".join(lines)


def _read(folder: Path, path: str) -> PublicAPI:
    try:
        return public_api(path, (folder / path).read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        # Only the old tree can hold what can't be read: somebody's edits.
        return {}


def _without_members(found: list[Change]) -> list[Change]:
    """Leave out the fields of models that came or went as a whole."""
    whole = {(change.kind, change.name) for change in found if change.kind != "changed"}
    return [change for change in found if (change.kind, change.name.rpartition(".")[0]) not in whole]
