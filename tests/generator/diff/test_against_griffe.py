"""Cross-check with griffe: what it finds broken in generated Python, the comparison grades as breaking."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import griffe
import pytest

from tests.generator.diff.test_compare import changes, edited
from tests.support.documents import texts
from tests.support.edits import EDITS, Edit, base
from xcaas_generator.read import read_document


@cache
def package(spec: str) -> griffe.Module:
    """Return the generated package for a document, loaded by griffe."""
    files = texts(read_document(spec.encode(), name="pets", strict=False).document)
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, "pets", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        loaded = griffe.load("pets", search_paths=[folder], allow_inspection=False)
    assert isinstance(loaded, griffe.Module)
    for module in (*loaded.modules.values(), *loaded["models"].modules.values()):
        module.public = True  # their classes are used, but not imported from there
    return loaded


def breakages_between(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return the breakages of calls and fields. Constants of operations are not public."""
    breakages = griffe.find_breaking_changes(package(json.dumps(old)), package(json.dumps(new)))
    return [item.explain(griffe.ExplanationStyle.ONE_LINE) for item in breakages if not item.obj.name.isupper()]


# griffe does not know that the removed class was unused.
CASES = [case for case in EDITS if case[0] != "unused model"]


@pytest.mark.parametrize("edit", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_breakages_that_griffe_finds_are_graded_breaking(edit: Edit) -> None:
    for old, new in ((base(), edited(edit)), (edited(edit), base())):
        breakages = breakages_between(old, new)
        grades = {change.grade for change in changes(old, new)}
        assert not breakages or "breaking" in grades, breakages


def test_griffe_finds_breakages() -> None:
    removed = next(edit for name, edit, *_ in EDITS if name == "parameter")
    assert any("limit" in text for text in breakages_between(base(), edited(removed)))
