"""The project's own documents, called for real: what is wrong is what `known.txt` lists, no more and no less."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.report import known_lines
from tests.conformance.runner import COLLECTION, ROOT, documents_of


@pytest.mark.timeout(600)
def test_own_documents_fail_exactly_where_it_is_known() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.conformance", "--lines"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.stderr == ""
    found = set(run.stdout.splitlines())
    known = known_lines()
    assert sorted(found - known) == [], "these are new; --most 0 shows both values"
    assert sorted(known - found) == [], "these are right now: take them off the list"


def test_each_document_says_its_quirk() -> None:
    documents = documents_of(COLLECTION)
    assert len(documents) >= 60
    for _, path in documents:
        first, *_ = path.read_text("utf-8").splitlines()
        assert first.startswith("# "), path
        assert first.endswith("."), path


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.conformance", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_what_is_not_reached_in_time_counts_as_wrong() -> None:
    ended = run(str(COLLECTION / "methods.yaml"), "--seconds", "0")
    assert ended.returncode == 1
    assert "out of time" in ended.stdout
    assert "requests: 0 of 8 operations valid" in ended.stdout


def test_documents_that_cannot_be_read_are_counted_as_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\n broken: [", "utf-8")
    (tmp_path / "notes.json").write_text("{}", "utf-8")
    ended = run(str(tmp_path))
    assert "1 documents in" in ended.stdout
    assert "refused: 1 operations" in ended.stdout
    assert "not valid YAML" in ended.stdout


def test_what_is_right_is_exit_code_0() -> None:
    ended = run(str(COLLECTION / "nested_lists.yaml"))
    assert ended.returncode == 0, ended.stdout
    assert "100.00 %" in ended.stdout
