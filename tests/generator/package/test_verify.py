from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.documents import AT, document, operation
from xcaas_generator import ir
from xcaas_generator.failure import Failure
from xcaas_generator.manifest import Section, record, refusal, verify_section
from xcaas_generator.package.verify import verify_modules
from xcaas_generator.render.format import format_tree, formatting


@pytest.mark.parametrize("source", ["def f(a, a): pass", "x = (", 'x = "\\d"', "\x00"])
def test_modules_that_do_not_compile_raise(source: str) -> None:
    verify_modules({"_a.py": "x = 1\n", "_manifest.json": "{"})
    with pytest.raises(Failure, match=r"_a\.py"):
        verify_modules({"_a.py": source})


def test_a_manifest_that_does_not_cover_the_document_raises() -> None:
    first, second = operation("one", "GET", "/one"), operation("two", "GET", "/two")
    refused = ir.Refused("PUT", "/three", AT, "No meaning.")
    doc = replace(document(first, second), refused=(refused,))
    records = (record("pets", first, "pets.one"), record("pets", second, "pets.two"))
    verify_section(Section("pets", "", records, (refusal("pets", refused),)), doc)
    same_name = (records[0], record("pets", second, "pets.one"))
    for section in (
        Section("pets", "", records),
        Section("pets", "", records[:1]),
        Section("pets", "", same_name, (refusal("pets", refused),)),
    ):
        with pytest.raises(Failure, match="does not cover"):
            verify_section(section, doc)


def test_formatting_invalid_source_raises(tmp_path: Path) -> None:
    (tmp_path / "_a.py").write_text("x = (")
    with pytest.raises(Failure, match="the formatter failed"):
        format_tree(tmp_path, ["_a.py"])


def test_the_formatter_is_stopped_when_the_block_raises(tmp_path: Path) -> None:
    (tmp_path / "_a.py").write_text("x   =  1\n")
    with pytest.raises(KeyError), formatting(tmp_path, ["_a.py"]):
        raise KeyError
    format_tree(tmp_path, ["_a.py"])
    assert (tmp_path / "_a.py").read_text() == "x = 1\n"
