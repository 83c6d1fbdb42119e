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
def test_a_module_that_does_not_compile_stops_the_run(source: str) -> None:
    verify_modules({"_a.py": "x = 1\n", "_manifest.json": "{"})
    with pytest.raises(Failure, match=r"_a\.py"):
        verify_modules({"_a.py": source})


def test_the_manifest_covers_the_document() -> None:
    one, two = operation("one", "GET", "/one"), operation("two", "GET", "/two")
    refused = ir.Refused("PUT", "/three", AT, "No meaning.")
    given = replace(document(one, two), refused=(refused,))
    records = (record("pets", one, "pets.one"), record("pets", two, "pets.two"))
    verify_section(Section("pets", "", records, (refusal("pets", refused),)), given)
    same_name = (records[0], record("pets", two, "pets.one"))
    for section in (
        Section("pets", "", records),
        Section("pets", "", records[:1]),
        Section("pets", "", same_name, (refusal("pets", refused),)),
    ):
        with pytest.raises(Failure, match="does not cover"):
            verify_section(section, given)


def test_the_formatter_names_what_it_can_t_read(tmp_path: Path) -> None:
    (tmp_path / "_a.py").write_text("x = (")
    with pytest.raises(Failure, match="the formatter failed"):
        format_tree(tmp_path, ["_a.py"])


def test_the_formatter_ends_with_the_block(tmp_path: Path) -> None:
    (tmp_path / "_a.py").write_text("x   =  1\n")
    with pytest.raises(KeyError), formatting(tmp_path, ["_a.py"]):
        raise KeyError
    format_tree(tmp_path, ["_a.py"])
    assert (tmp_path / "_a.py").read_text() == "x = 1\n"
