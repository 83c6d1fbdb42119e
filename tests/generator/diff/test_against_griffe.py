"""A second opinion on the comparison: what griffe finds broken in generated Python, the comparison calls breaking."""

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
    """The generated package for a document, as griffe sees it."""
    made = texts(read_document(spec.encode(), name="pets", strict=False).document)
    with TemporaryDirectory() as folder:
        for name, text in made.items():
            place = Path(folder, "pets", name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
        found = griffe.load("pets", search_paths=[folder], allow_inspection=False)
    assert isinstance(found, griffe.Module)
    for module in (*found.modules.values(), *found["models"].modules.values()):
        module.public = True  # their classes are used, though nobody imports them from there
    return found


def broken(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Breakages of calls and fields. What core is told about an operation is no part of the public API."""
    found = griffe.find_breaking_changes(package(json.dumps(old)), package(json.dumps(new)))
    return [item.explain(griffe.ExplanationStyle.ONE_LINE) for item in found if not item.obj.name.isupper()]


# griffe sees a class go; that no call took or gave it is beyond it.
JUDGED = [case for case in EDITS if case[0] != "unused model"]


@pytest.mark.parametrize("edit", [case[1] for case in JUDGED], ids=[case[0] for case in JUDGED])
def test_what_griffe_finds_broken_is_graded_breaking(edit: Edit) -> None:
    for old, new in ((base(), edited(edit)), (edited(edit), base())):
        breakages = broken(old, new)
        grades = {change.grade for change in changes(old, new)}
        assert not breakages or "breaking" in grades, breakages


def test_griffe_finds_something() -> None:
    removed = next(edit for name, edit, *_ in EDITS if name == "parameter")
    assert any("limit" in text for text in broken(base(), edited(removed)))
