"""docs/architecture.md matches the code: paths, rooms and their order, names in the glossary."""

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


def _paths_in(text: str) -> set[str]:
    """Return the paths in backticks: names with a slash or a file suffix."""
    return {
        name
        for name in re.findall(r"`([\w./-]+)`", text)
        if "/" in name or name.endswith((".py", ".md", ".toml", ".yaml", ".jinja"))
    }


def _rooms(package: str) -> dict[str, int]:
    """Return the rooms in the table of a package, with the numbers of their rows."""
    title = "Rooms of core" if package == "core" else f"Rooms of the {package}"
    section = TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    return {
        name.rstrip("/").removesuffix(".py"): number
        for number, row in enumerate(rows)
        for name in re.findall(r"`(.+?)`", row)
    }


def _contracts(package: str) -> Iterator[list[list[str]]]:
    """Yield the layers of each import-linter contract of a package, top first, as paths inside the package."""
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]:
        if contract["type"] != "layers":
            continue
        root, *inside = contract["containers"][0].split(".")
        if root == PACKAGES[package].name:
            # auth has its own contract, so the table lists its parts.
            layers = [[name for name in re.split(r" [|:] ", layer) if name != "auth"] for layer in contract["layers"]]
            yield [["/".join([*inside, name]) for name in layer] for layer in layers if layer]


def test_every_path_exists() -> None:
    paths = _paths_in(TEXT)
    assert len(paths) > 90
    roots = [ROOT, *PACKAGES.values()]
    assert not {name for name in paths if not any((root / name).exists() for root in roots)}


def test_paths_of_changes_start_at_the_root() -> None:
    table = TEXT.partition("## Where things change\n")[2].partition("\n## ")[0]
    assert table.count("\n| ") > 8
    assert not {name for name in _paths_in(table) if not (ROOT / name).exists()}


def test_classes_of_the_glossary_exist() -> None:
    words = set(re.findall(r"`([A-Z]\w+)`", TEXT.partition("## Words\n")[2]))
    assert len(words) > 15
    sources = "\n".join(path.read_text("utf-8") for folder in PACKAGES.values() for path in folder.rglob("*.py"))
    assert not {word for word in words if not re.search(rf"^(class {word}\b|{word}: TypeAlias)", sources, re.MULTILINE)}


@pytest.mark.parametrize("package", PACKAGES)
def test_tables_of_rooms_have_the_order_of_the_linter(package: str) -> None:
    rows = _rooms(package)
    for layers in _contracts(package):
        places = [sorted({rows[name] for name in layer}) for layer in layers]
        assert len(places) > 3
        assert all(upper[-1] < lower[0] for upper, lower in pairwise(places))
