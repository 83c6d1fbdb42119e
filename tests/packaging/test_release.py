"""`make release`: built files, metadata and checks; finding Python versions for the test suite."""

from __future__ import annotations

import os
import re
import sys
import tarfile
import tomllib
from email.message import Message
from pathlib import Path

import pytest

from release import __main__ as command
from release.bill import project_table
from release.build import build
from release.checks import changelog_problem, latest_entry, metadata, metadata_problems
from release.metadata import absolute, project_urls, web_address
from release.platforms import LIBRARIES, free_constraints
from release.pythons import Python, candidates, newest_of_each, usable
from tests.packaging.conftest import EPOCH, REPOSITORY
from tests.packaging.installing import ROOT
from xcaas_core import __version__

CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize(
    "remote",
    [
        "https://git.example/acme/xcaas",
        "https://git.example/acme/xcaas.git",
        "https://git.example/acme/xcaas/",
        "git@git.example:acme/xcaas.git",
        "ssh://git@git.example/acme/xcaas.git",
    ],
)
def test_web_address_accepts_git_remotes(remote: str) -> None:
    assert web_address(remote) == REPOSITORY


@pytest.mark.parametrize("remote", ["", "/srv/git/xcaas.git", "http://git.example/a/b", "https://git.example", "xcaas"])
def test_web_address_rejects_other_addresses(remote: str) -> None:
    with pytest.raises(ValueError, match="no address of a repository"):
        web_address(remote)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](docs/a.md#b)", "[a](https://h/o/n/blob/v1/docs/a.md#b)"),
        ("![a](docs/a.png)", "![a](https://h/o/n/raw/v1/docs/a.png)"),
        ("[a](https://b.example/c)", "[a](https://b.example/c)"),
        ("[a](#b)", "[a](#b)"),
        ("- [`a`](b) | [c](d)", "- [`a`](https://h/o/n/blob/v1/b) | [c](https://h/o/n/blob/v1/d)"),
    ],
)
def test_relative_links_become_absolute(text: str, expected: str) -> None:
    assert absolute(text, "https://h/o/n", "v1") == expected


def test_code_blocks_are_unchanged() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    fences = re.compile(r"^```.*?^```", re.M | re.S)
    changed = absolute(readme, REPOSITORY, "v1")
    assert changed != readme
    assert fences.findall(changed) == fences.findall(readme)


def test_links_of_the_index_page_resolve_to_files(files: tuple[Path, Path]) -> None:
    page = str(metadata(files[1]).get_payload())
    paths = re.findall(rf"\]\({re.escape(REPOSITORY)}/(?:blob|raw)/v{re.escape(__version__)}/([^)#]+)", page)
    paths += [
        url.rpartition(f"/v{__version__}/")[2]
        for url in project_urls(REPOSITORY, f"v{__version__}").values()
        if "/blob/" in url
    ]
    assert len(paths) > 20
    assert not [path for path in paths if not (ROOT / path).is_file()]


def test_sdist_and_wheel_have_the_same_metadata(files: tuple[Path, Path]) -> None:
    source, wheel = map(metadata, files)
    assert str(source) == str(wheel)
    assert [*metadata_problems(wheel, __version__, REPOSITORY)] == []


def test_metadata_problems_are_reported() -> None:
    message = Message()
    message["Version"] = "9.9.9"
    message["Project-URL"] = "Source, https://other.example/a/b"
    message.set_payload("[a](docs/a.md) and [b](https://b.example)")
    problems = "; ".join(metadata_problems(message, "1.0.0", REPOSITORY))
    assert "the version is 9.9.9" in problems
    assert "the project URLs do not lead to https://git.example/acme/xcaas" in problems
    assert "a link that leads nowhere on the index's page: ](docs/a.md)" in problems
    assert "b.example" not in problems


def test_builds_are_reproducible(files: tuple[Path, Path], tmp_path: Path) -> None:
    rebuilt = build(tmp_path, EPOCH, REPOSITORY)
    assert [file.name for file in rebuilt] == [f"xcaas-{__version__}.tar.gz", f"xcaas-{__version__}-py3-none-any.whl"]
    assert [file.read_bytes() for file in rebuilt] == [file.read_bytes() for file in files]


def test_sdist_contains_tests_and_build_files(files: tuple[Path, Path]) -> None:
    with tarfile.open(files[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in (
        "Makefile",
        "constraints.txt",
        "release/metadata.py",
        "specs/storage.yaml",
        "tests/conftest.py",
        "LICENSE",
    ):
        assert name in names
    assert not [name for name in names if name.startswith((".venv", "dist/", ".git/")) or "__pycache__" in name]


def test_changelog_begins_with_this_version_or_unreleased() -> None:
    version, date = latest_entry(CHANGELOG)
    assert (version, date is None) in ((__version__, False), ("Unreleased", True))
    headings = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert not [text for text in headings[1:] if not re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", text)]
    assert any(text.startswith(f"{__version__} - ") for text in headings)


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("# Changelog\n\n## 1.2.3 - 2026-11-29\n", True),
        ("# Changelog\n\n## 1.2.3\n", False),
        ("# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-11-29\n", False),
        ("# Changelog\n\n## 1.2.2 - 2026-11-29\n", False),
    ],
)
def test_changelog_must_begin_with_the_dated_version(text: str, is_valid: bool) -> None:
    assert (changelog_problem(text, "1.2.3") is None) is is_valid


def test_release_requires_a_repository_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["release", "--repository", "somewhere"])
    assert command.main() == 1
    assert "'somewhere' is no address of a repository" in capsys.readouterr().err


def test_bill_has_name_version_and_dependencies() -> None:
    project = tomllib.loads(project_table((ROOT / "pyproject.toml").read_text("utf-8"), __version__))["project"]
    assert (project["name"], project["version"]) == ("xcaas", __version__)
    assert {re.split(r"\W", line)[0] for line in project["dependencies"]} == {"httpx", "anyio", "attrs", "python"}


def test_only_constraints_of_libraries_are_removed() -> None:
    pinned = (ROOT / "constraints.txt").read_text("utf-8").lower()
    remaining = free_constraints(pinned)
    removed = {line.partition("==")[0] for line in set(pinned.splitlines()) - set(remaining.splitlines())}
    assert removed == LIBRARIES


def test_candidates_come_from_path_pyenv_and_uv(tmp_path: Path) -> None:
    programs = [
        "bin/python3.12",
        ".pyenv/versions/3.13.0/bin/python",
        ".local/share/uv/python/cpython-3.14t/bin/python3",
    ]
    for name in [*programs, "bin/python3", "bin/python3.12-config"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    path = os.pathsep.join([str(tmp_path / "bin"), str(tmp_path / "none"), ""])
    assert [str(program.relative_to(tmp_path)) for program in candidates(path, tmp_path)] == programs


def test_newest_python_of_each_series_is_chosen() -> None:
    old, new = Python((3, 12, 1), False, Path("a")), Python((3, 12, 10), False, Path("b"))
    free = Python((3, 14, 0), True, Path("c"))
    assert newest_of_each([new, free, old]) == [new, free]
    assert [python.name for python in (new, free)] == ["3.12", "3.14t"]


def test_usable_queries_the_interpreter(tmp_path: Path) -> None:
    python = usable(Path(sys.executable))
    assert python is not None
    assert python.version == sys.version_info[:3]
    broken = tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert usable(broken) is None
    assert usable(tmp_path / "python3.13") is None
