"""Configuration files are consistent: version, pre-commit hooks, line length."""

from __future__ import annotations

import re
import tomllib

import yaml

from tests.packaging.installing import ROOT
from xcaas_core._version import __version__


def test_version_is_defined_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" not in project["project"]
    version = project["tool"]["hatch"]["version"]
    versions = re.findall(version["pattern"], (ROOT / version["path"]).read_text("utf-8"), re.MULTILINE)
    assert versions == [__version__]


def test_hooks_run_make_targets_and_download_nothing() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    hooks = repositories[0]["hooks"]
    assert hooks
    for hook in hooks:
        command, target = hook["entry"].split()
        assert (command, hook["language"]) == ("make", "system")
        assert target in targets


def test_editorconfig_has_the_line_length_of_the_formatter() -> None:
    length = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["line-length"]
    assert f"max_line_length = {length}\n" in (ROOT / ".editorconfig").read_text("utf-8")
