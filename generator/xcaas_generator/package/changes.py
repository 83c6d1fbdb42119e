"""Changes of the public API by a run, from the generated files that differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xcaas_generator.package.public_api import PublicAPI, public_api

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a public name."""

    kind: Literal["added", "removed", "changed"]
    name: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        detail = f": {self.before}  →  {self.after}" if self.kind == "changed" else ""
        return f"{ {'added': '+', 'removed': '-', 'changed': '~'}[self.kind] } {self.name}{detail}"


def changes(old: Path, new: Path, paths: Iterable[str]) -> list[Change]:
    """Compare files of two trees. Missing files are treated as empty."""
    old_api: PublicAPI = {}
    new_api: PublicAPI = {}
    for path in paths:
        if path.endswith(".py"):
            old_api.update(_read(old, path))
            new_api.update(_read(new, path))
    result = [Change("removed", name, before=text) for name, text in old_api.items() if name not in new_api]
    for name, text in new_api.items():
        if name not in old_api:
            result.append(Change("added", name, after=text))
        elif old_api[name] != text:
            result.append(Change("changed", name, old_api[name], text))
    return _without_members(sorted(result, key=lambda change: change.name))


def report(changes: list[Change]) -> str:
    """Return a summary for the terminal."""
    lines = [str(change) for change in changes[:_SHOWN]]
    if len(changes) > _SHOWN:
        lines.append(f"… and {len(changes) - _SHOWN} more")
    return "\n".join(lines)


def _read(folder: Path, path: str) -> PublicAPI:
    try:
        return public_api(path, (folder / path).read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        # Edited files of the old tree may be unreadable.
        return {}


def _without_members(changes: list[Change]) -> list[Change]:
    """Leave out the fields of added and removed models."""
    added_or_removed = {(change.kind, change.name) for change in changes if change.kind != "changed"}
    return [change for change in changes if (change.kind, change.name.rpartition(".")[0]) not in added_or_removed]
