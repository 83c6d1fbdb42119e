"""The page about the architecture names what is there: every path on it, and every room in its order."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise

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


def _rooms(package: str) -> dict[str, int]:
    """The rooms that a table of the page lists, with the number of their row."""
    title = "Rooms of core" if package == "core" else f"Rooms of the {package}"
    section = TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    return {
        name.rstrip("/").removesuffix(".py"): number
        for number, row in enumerate(rows)
        for name in re.findall(r"`(.+?)`", row)
    }


def _contracts(package: str) -> Iterator[list[list[str]]]:
    """The layers that import-linter holds in a package, from the top down, by paths that start in the package."""
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]:
        if "containers" not in contract:
            continue  # not about rooms of one package
        root, *inside = contract["containers"][0].split(".")
        if root == PACKAGES[package].name:
            # A room that a contract of its own divides is listed by its parts.
            layers = [[name for name in re.split(r" [|:] ", layer) if name != "auth"] for layer in contract["layers"]]
            yield [["/".join([*inside, name]) for name in layer] for layer in layers if layer]


def test_every_path_exists() -> None:
    named = _named(TEXT)
    assert len(named) > 90
    places = [ROOT, *PACKAGES.values()]
    assert not {name for name in named if not any((place / name).exists() for place in places)}


def test_places_of_changes_are_told_from_the_root() -> None:
    table = TEXT.partition("## Where things change\n")[2].partition("\n## ")[0]
    assert table.count("\n| ") > 8
    assert not {name for name in _named(table) if not (ROOT / name).exists()}


def test_names_among_the_words_are_there() -> None:
    words = set(re.findall(r"`([A-Z]\w+)`", TEXT.partition("## Words\n")[2]))
    assert len(words) > 15
    sources = "\n".join(path.read_text("utf-8") for folder in PACKAGES.values() for path in folder.rglob("*.py"))
    assert not {word for word in words if not re.search(rf"^(class {word}\b|{word}: TypeAlias)", sources, re.MULTILINE)}


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_stand_in_the_order_that_the_linter_holds(package: str) -> None:
    rows = _rooms(package)
    for layers in _contracts(package):
        places = [sorted({rows[name] for name in layer}) for layer in layers]
        assert len(places) > 3
        assert all(upper[-1] < lower[0] for upper, lower in pairwise(places))
