"""What pages mention exists: commands and options, make targets, extras, files, links, variables."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import xcaas
import xcaas_sandbox
from tests.docs.pages import PAGES, ROOT, blocks, page_id
from xcaas_generator import cli as generator
from xcaas_sandbox import cli as sandbox

ALL_PAGES = [
    *PAGES,
    *(ROOT / name for name in ("specs/README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
]
FOLDERS = "core|generated|generator|sandbox|specs|tests|docs|examples|benchmarks|release|website"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
pages = pytest.mark.parametrize("page", ALL_PAGES, ids=page_id)


def code_on(page: Path) -> list[str]:
    """Return the code on a page: lines of code blocks, and text in backticks."""
    text = page.read_text("utf-8")
    fences = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    outside = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.M | re.S)
    return [line for fence in fences for line in fence.splitlines()] + re.findall(r"`([^`\n]+)`", outside)


@pages
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = {match for text in code_on(page) for match in re.findall(r"(?:^|\s)make ([a-z-]+)", text)}
    assert named <= targets


@pages
def test_commands_and_options_exist(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in code_on(page):
        match = re.search(r"(?:^|/|\s)(xcaas-gen|xcaas-sandbox)\b(?: ([a-z]+)\b)?(.*)", text)
        if match is None:
            continue
        command, first, rest = match.groups()
        main, arguments = (generator.main, [first] if first else []) if command == "xcaas-gen" else (sandbox.main, [])
        with pytest.raises(SystemExit) as exit_:
            main([*arguments, "--help"])
        assert exit_.value.code == 0, text
        help_text = capsys.readouterr().out
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in help_text, text


@pages
def test_methods_exist(page: Path) -> None:
    """Methods in sentences, such as `.wait()`, are methods of something public."""
    public = [getattr(module, name) for module in (xcaas, xcaas_sandbox) for name in module.__all__]
    members = {member for value in [*public, type(xcaas.F.name)] for member in dir(value)}
    assert {name for text in code_on(page) for name in re.findall(r"^\.([a-z_]+)\(", text)} <= members


@pages
def test_files_exist(page: Path) -> None:
    for text in code_on(page):
        for path in re.findall(rf"(?:^|\s)((?:{FOLDERS})/[\w./-]*)(?=[\s,:;]|$)", text):
            assert (ROOT / path).exists(), text
        for module in re.findall(r"python -m (benchmarks\.\w+)", text):
            assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), text


@pages
def test_links_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.M)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, target


@pages
def test_extras_exist(page: Path) -> None:
    named = {
        extra
        for text in code_on(page)
        for group in re.findall(r"(?:xcaas|'\.)\[([\w,-]+)\]", text)
        for extra in group.split(",")
    }
    assert named <= set(PROJECT["optional-dependencies"])


def test_readme_lists_the_extras_for_users() -> None:
    section = (ROOT / "README.md").read_text("utf-8").partition("| extra |")[2].partition("\n\n")[0]
    listed = {
        name
        for row in section.splitlines()
        for name in re.findall(r"`([\w-]+)`", row.split("|")[1] if "|" in row else "")
    }
    assert listed == set(PROJECT["optional-dependencies"]) - {"dev", "bench", "docs", "engines", "release"}


@pages
def test_environment_variables_exist(page: Path) -> None:
    sources = "".join(
        path.read_text("utf-8")
        for folder in ("cli", "core", "generator", "sandbox", "examples", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if "docs" not in path.parts
    )
    for name in set(re.findall(r"\bXCAAS_[A-Z_]+\b", page.read_text("utf-8"))):
        assert name in sources, name


def test_error_tree_matches_the_classes() -> None:
    errors = import_module("xcaas_core._errors")
    tree = next(block.code for block in blocks(ROOT / "docs" / "calls.md", "") if "ConnectError" in block.code)
    documented = re.findall(r"^    ((?:XCaaSError|[├│└ ]).*)$", errors.__doc__ or "", re.M)
    assert tree.splitlines() == documented
    classes = {name for name in dir(errors) if name.endswith("Error")}
    assert set(re.findall(r"\b[A-Z]\w+Error\b", re.sub(r"\(also .*\)", "", tree))) == classes


def test_pictures_are_small_and_used() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    text = "".join(page.read_text("utf-8") for page in PAGES)
    for picture in pictures:
        assert picture.stat().st_size < 200_000
        assert picture.name in text
