"""`make release`: what it builds, what it refuses, and on which Pythons the suite runs."""

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
def test_a_repository_is_known_by_what_git_calls_it(remote: str) -> None:
    assert web_address(remote) == REPOSITORY


@pytest.mark.parametrize("remote", ["", "/srv/git/xcaas.git", "http://git.example/a/b", "https://git.example", "xcaas"])
def test_what_is_no_web_page_is_none(remote: str) -> None:
    with pytest.raises(ValueError, match="no address of a repository"):
        web_address(remote)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a](docs/a.md#b)", "[a](https://h/o/n/blob/v1/docs/a.md#b)"),
        ("![a](docs/a.png)", "![a](https://h/o/n/raw/v1/docs/a.png)"),
        ("[a](https://b.example/c)", "[a](https://b.example/c)"),
        ("[a](#b)", "[a](#b)"),
        ("- [`a`](b) | [c](d)", "- [`a`](https://h/o/n/blob/v1/b) | [c](https://h/o/n/blob/v1/d)"),
    ],
)
def test_relative_links_lead_into_the_repository(text: str, said: str) -> None:
    assert absolute(text, "https://h/o/n", "v1") == said


def test_programs_of_the_readme_stay_as_they_are() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    fences = re.compile(r"^```.*?^```", re.M | re.S)
    changed = absolute(readme, REPOSITORY, "v1")
    assert changed != readme
    assert fences.findall(changed) == fences.findall(readme)


def test_every_link_of_the_page_leads_to_a_file_of_the_repository(files: tuple[Path, Path]) -> None:
    page = str(metadata(files[1]).get_payload())
    found = re.findall(rf"\]\({re.escape(REPOSITORY)}/(?:blob|raw)/v{re.escape(__version__)}/([^)#]+)", page)
    found += [
        url.rpartition(f"/v{__version__}/")[2]
        for url in project_urls(REPOSITORY, f"v{__version__}").values()
        if "/blob/" in url
    ]
    assert len(found) > 20
    assert not [path for path in found if not (ROOT / path).is_file()]


def test_both_files_say_the_same(files: tuple[Path, Path]) -> None:
    source, wheel = map(metadata, files)
    assert str(source) == str(wheel)
    assert [*metadata_problems(wheel, __version__, REPOSITORY)] == []


def test_wrong_metadata_are_told() -> None:
    found = Message()
    found["Version"] = "9.9.9"
    found["Project-URL"] = "Source, https://other.example/a/b"
    found.set_payload("[a](docs/a.md) and [b](https://b.example)")
    told = "; ".join(metadata_problems(found, "1.0.0", REPOSITORY))
    assert "the version is 9.9.9" in told
    assert "the project URLs do not lead to https://git.example/acme/xcaas" in told
    assert "a link that leads nowhere on the index's page: ](docs/a.md)" in told
    assert "b.example" not in told


def test_the_same_tree_gives_the_same_bytes(files: tuple[Path, Path], tmp_path: Path) -> None:
    again = build(tmp_path, EPOCH, REPOSITORY)
    assert [file.name for file in again] == [f"xcaas-{__version__}.tar.gz", f"xcaas-{__version__}-py3-none-any.whl"]
    assert [file.read_bytes() for file in again] == [file.read_bytes() for file in files]


def test_the_source_distribution_can_be_tested_and_built(files: tuple[Path, Path]) -> None:
    with tarfile.open(files[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for wanted in (
        "Makefile",
        "constraints.txt",
        "release/metadata.py",
        "specs/storage.yaml",
        "tests/conftest.py",
        "LICENSE",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith((".venv", "dist/", ".git/")) or "__pycache__" in name]


def test_the_changelog_begins_with_this_version_or_with_what_comes_next() -> None:
    version, date = latest_entry(CHANGELOG)
    assert (version, date is None) in ((__version__, False), ("Unreleased", True))
    headings = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert not [text for text in headings[1:] if not re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", text)]
    assert any(text.startswith(f"{__version__} - ") for text in headings)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("# Changelog\n\n## 1.2.3 - 2026-11-29\n", True),
        ("# Changelog\n\n## 1.2.3\n", False),
        ("# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-11-29\n", False),
        ("# Changelog\n\n## 1.2.2 - 2026-11-29\n", False),
    ],
)
def test_a_release_wants_its_changelog(text: str, fits: bool) -> None:
    assert (changelog_problem(text, "1.2.3") is None) is fits


def test_a_release_wants_to_know_where_the_repository_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["release", "--repository", "somewhere"])
    assert command.main() == 1
    assert "'somewhere' is no address of a repository" in capsys.readouterr().err


def test_the_bill_is_that_of_this_version() -> None:
    project = tomllib.loads(project_table((ROOT / "pyproject.toml").read_text("utf-8"), __version__))["project"]
    assert (project["name"], project["version"]) == ("xcaas", __version__)
    assert {re.split(r"\W", line)[0] for line in project["dependencies"]} == {"httpx", "anyio", "attrs", "python"}


def test_resolutions_choose_what_the_sdk_stands_on_and_nothing_else() -> None:
    pinned = (ROOT / "constraints.txt").read_text("utf-8").lower()
    loose = free_constraints(pinned)
    gone = {line.partition("==")[0] for line in set(pinned.splitlines()) - set(loose.splitlines())}
    assert gone == LIBRARIES


def test_pythons_are_found_on_the_path_in_pyenv_and_in_uv(tmp_path: Path) -> None:
    there = ["bin/python3.12", ".pyenv/versions/3.13.0/bin/python", ".local/share/uv/python/cpython-3.14t/bin/python3"]
    for name in [*there, "bin/python3", "bin/python3.12-config"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    path = os.pathsep.join([str(tmp_path / "bin"), str(tmp_path / "none"), ""])
    assert [str(found.relative_to(tmp_path)) for found in candidates(path, tmp_path)] == there


def test_one_python_of_each_series_is_taken() -> None:
    old, new = Python((3, 12, 1), False, Path("a")), Python((3, 12, 10), False, Path("b"))
    free = Python((3, 14, 0), True, Path("c"))
    assert newest_of_each([new, free, old]) == [new, free]
    assert [python.name for python in (new, free)] == ["3.12", "3.14t"]


def test_a_program_is_asked_what_it_is(tmp_path: Path) -> None:
    here = usable(Path(sys.executable))
    assert here is not None
    assert here.version == sys.version_info[:3]
    broken = tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert usable(broken) is None
    assert usable(tmp_path / "python3.13") is None
