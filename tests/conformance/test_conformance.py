"""The project's own documents: their failures are exactly those in `known.txt`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.report import known_lines
from tests.conformance.runner import COLLECTION, ROOT, documents_of


@pytest.mark.timeout(600)
def test_own_documents_have_only_known_failures() -> None:
    completed = subprocess.run(
        [sys.executable, "-m", "tests.conformance", "--lines"], cwd=ROOT, capture_output=True, text=True
    )
    assert completed.stderr == ""
    failures = set(completed.stdout.splitlines())
    known = known_lines()
    assert sorted(failures - known) == [], "these are new; --most 0 shows both values"
    assert sorted(known - failures) == [], "these are right now: take them off the list"


def test_each_document_starts_with_a_sentence() -> None:
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


def test_operations_not_called_in_time_count_as_wrong() -> None:
    completed = run(str(COLLECTION / "methods.yaml"), "--seconds", "0")
    assert completed.returncode == 1
    assert "out of time" in completed.stdout
    assert "requests: 0 of 8 operations valid" in completed.stdout


def test_unreadable_documents_count_as_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\n broken: [", "utf-8")
    (tmp_path / "notes.json").write_text("{}", "utf-8")
    completed = run(str(tmp_path))
    assert "1 documents in" in completed.stdout
    assert "refused: 1 operations" in completed.stdout
    assert "not valid YAML" in completed.stdout


def test_valid_documents_exit_with_0() -> None:
    completed = run(str(COLLECTION / "nested_lists.yaml"))
    assert completed.returncode == 0, completed.stdout
    assert "100.00 %" in completed.stdout
