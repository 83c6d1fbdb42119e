"""The page about the architecture names what is there: every path on it, and every room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PACKAGES = {
    "core": ROOT / "core/xcaas_core",
    "generator": ROOT / "generator/xcaas_generator",
    "sandbox": ROOT / "sandbox/xcaas_sandbox",
}


def _named(text: str) -> set[str]:
    """What looks like a path in backticks: it has a slash, or ends as a file does."""
    return {
        name
        for name in re.findall(r"`([\w./-]+)`", text)
        if "/" in name or name.endswith((".py", ".md", ".toml", ".yaml", ".jinja"))
    }


def _rooms(package: str) -> set[str]:
    section = TEXT.partition(f"## Rooms of {'the ' if package != 'core' else ''}{package}\n")[2].partition("\n## ")[0]
    return {name.rstrip("/") for name in _named(section) if not name.endswith(".md")}


def test_every_path_exists() -> None:
    named = _named(TEXT)
    assert len(named) > 90
    places = [ROOT, *PACKAGES.values()]
    assert not {name for name in named if not any((place / name).exists() for place in places)}


def test_places_of_changes_are_told_from_the_root() -> None:
    table = TEXT.partition("## Where things change\n")[2].partition("\n## ")[0]
    assert table.count("\n| ") > 8
    assert not {name for name in _named(table) if not (ROOT / name).exists()}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_is_told_of(package: str) -> None:
    folder = PACKAGES[package]
    rooms = {
        path.parent.relative_to(folder).as_posix() for path in folder.rglob("__init__.py") if path.parent != folder
    }
    told = _rooms(package)
    missing = {room for room in rooms if not any(_within(room, other) for other in told)}
    assert rooms
    assert not missing


def _within(room: str, other: str) -> bool:
    return Path(other) == Path(room) or Path(other) in Path(room).parents or Path(room) in Path(other).parents
