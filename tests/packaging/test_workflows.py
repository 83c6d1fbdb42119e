"""Workflows match GitHub's schema and our rules: make targets, pinned actions, minimal permissions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Command
from click.testing import CliRunner

from tests.packaging.installing import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
workflows = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.stem))
# Write permissions of jobs.
WRITE_PERMISSIONS = {
    ("release", "build"): {"id-token", "attestations"},
    ("release", "publish"): {"id-token"},
    ("release", "announce"): {"contents"},
    ("regenerate", "regenerate"): {"contents", "pull-requests"},
}


def load(path: Path) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return workflow


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in load(path)["jobs"].values():
        yield from job["steps"]


def validate(schema: str, path: Path) -> tuple[int, str]:
    check: Command = import_module("check_jsonschema").main  # it has no type hints
    result = CliRunner().invoke(check, ["--builtin-schema", schema, str(path)])
    return result.exit_code, result.output


@workflows
def test_workflows_match_the_schema_and_have_timeouts(path: Path) -> None:
    for schema in ("vendor.github-workflows", "custom.github-workflows-require-timeout"):
        code, output = validate(schema, path)
        assert code == 0, output


def test_invalid_workflows_fail_validation(tmp_path: Path) -> None:
    invalid = tmp_path / "wrong.yml"
    invalid.write_text(WORKFLOWS[0].read_text("utf-8").replace("runs-on:", "runs_on:"), "utf-8")
    assert validate("vendor.github-workflows", invalid)[0] == 1


@workflows
def test_actions_are_pinned_to_commits_with_versions(path: Path) -> None:
    lines = re.findall(r"uses: (.+)", path.read_text("utf-8"))
    assert lines
    assert not [line for line in lines if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)]


def test_actions_have_one_version() -> None:
    pins = {line for path in WORKFLOWS for line in re.findall(r"uses: (\S+)", path.read_text("utf-8"))}
    assert len({pin.partition("@")[0] for pin in pins}) == len(pins)


@workflows
def test_jobs_have_only_needed_permissions(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for name, job in workflow["jobs"].items():
        allowed: dict[str, str] = job.get("permissions", {})
        assert {key for key, level in allowed.items() if level == "write"} == WRITE_PERMISSIONS.get(
            (path.stem, name), set()
        ), name
    assert "secrets." not in path.read_text("utf-8")


@workflows
def test_scripts_contain_no_untrusted_expressions(path: Path) -> None:
    for step in steps(path):
        expressions = set(re.findall(r"\$\{\{ *([\w.]+)", step.get("run", "")))
        assert expressions <= {"matrix.versions"}, step


@workflows
def test_make_targets_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        name for step in steps(path) for name in re.findall(r"^make ([a-z-]+)\b", step.get("run", ""), re.MULTILINE)
    }
    assert named - {"test-"} <= targets
    assert named
    for versions in load(path)["jobs"].get("libraries", {}).get("strategy", {}).get("matrix", {}).get("versions", ()):
        assert f"test-{versions}" in targets


def test_ci_tests_all_declared_pythons() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    claimed = [line.rpartition(" ")[2] for line in project["classifiers"] if re.search(r":: 3\.\d+$", line)]
    jobs = load(ROOT / ".github/workflows/ci.yml")["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == claimed


def test_release_publishes_tested_and_attested_files() -> None:
    jobs = load(ROOT / ".github/workflows/release.yml")["jobs"]
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["environment"] == "release"
    order = [step.get("run") or step["uses"].partition("@")[0] for step in jobs["build"]["steps"]]
    expected = ["make test", "actions/attest-build-provenance", "actions/attest-sbom", "actions/upload-artifact"]
    assert [step for step in order if step in expected] == expected
    assert not [step for step in jobs["publish"]["steps"] if "make" in step.get("run", "")]
