"""The project's own documents, called for real: what is wrong is what `known.txt` lists, no more and no less."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conformance.runner import COLLECTION, ROOT, documents_of

KNOWN = COLLECTION.parent / "known.txt"


@pytest.mark.timeout(300)
def test_own_documents_fail_exactly_where_it_is_known() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.conformance", "--lines"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.stderr == ""
    found = set(run.stdout.splitlines())
    known = {line for line in KNOWN.read_text("utf-8").splitlines() if line and not line.startswith("#")}
    assert sorted(found - known) == [], "these are new; --most 0 shows both values"
    assert sorted(known - found) == [], "these are right now: take them off the list"


def test_each_document_says_its_quirk() -> None:
    documents = documents_of(COLLECTION)
    assert len(documents) >= 60
    for _, path in documents:
        first, *_ = path.read_text("utf-8").splitlines()
        assert first.startswith("# "), path
        assert first.endswith("."), path
