"""Docstrings: those of functions are imperative, examples are indented, and core says response, not answer."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.packaging.installing import ROOT
from tests.packaging.test_house import SOURCES, files

# Verbs with which docstrings may begin. Add missing ones, but no nouns or participles.
_LISTED = """
accept acknowledge add advise allow append ask assemble assign begin bind break bring build call cancel
capitalise carry change check claim close combine compare compile complete connect convert count create cut
deal decide declare decode delete describe discard divide do download drop encode end escape exchange extract
fetch find flatten follow forget format generate get give group handle have hold import infer join judge keep
lay leave let list lock look make mark mask match merge move name narrow note open parse pass pay
percent-encode plan print put queue quote raise read receive record reduce refuse reject release remember
remove replace report request resolve respond restore return revoke rewrite run save say see seek send serve
set settle share shorten show sort split start stop store suggest swap take teach tell turn undo unpack update
use validate verify wait warn watch wrap write yield
"""
VERBS = frozenset(_LISTED.split())


def not_imperative(source: str) -> list[str]:
    """Return the functions whose docstring begins with something other than a verb.

    Properties are named like attributes, and `__init__` documents the arguments of its class.
    """
    functions: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name == "__init__":
            continue
        text = ast.get_docstring(node)
        if not text or any("property" in ast.unparse(decorator) for decorator in node.decorator_list):
            continue
        first = re.split(r"[\s,:.]", text, maxsplit=1)[0]
        if first.lower() not in VERBS:
            functions.append(f"{node.name}: {first}")
    return functions


@pytest.mark.parametrize("folder", SOURCES)
def test_docstrings_of_functions_are_imperative(folder: str) -> None:
    functions = {path.relative_to(ROOT).as_posix(): not_imperative(path.read_text("utf-8")) for path in files(folder)}
    assert len(functions) > 5
    assert not {path: names for path, names in functions.items() if names}


@pytest.mark.parametrize(
    "start", ["The pages", "Whether it", "What is", "A page", "One by one", "Some bytes", "`x`, y"]
)
def test_not_imperative_finds_other_docstrings(start: str) -> None:
    assert not_imperative(f'def f():\n    """{start}."""\n') == [f"f: {start.split()[0].rstrip(',')}"]


def test_not_imperative_skips_properties() -> None:
    assert not_imperative('class C:\n    @property\n    def f(self):\n        """The pages."""\n') == []


def flush_examples(source: str) -> list[str]:
    """Return unindented examples in docstrings, which editors show as prose.

    The formatter moves an example there if nothing after the first line is at the margin, such as `Example:`.
    """
    examples: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            paragraphs = (ast.get_docstring(node) or "").split("\n\n")
            examples += [paragraph for paragraph in paragraphs[1:] if is_program(paragraph)]
    return examples


def is_program(paragraph: str) -> bool:
    """Return whether a paragraph is Python that does something."""
    try:
        parsed = ast.parse(paragraph)
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Call | ast.Assign | ast.With | ast.For) for node in ast.walk(parsed))


@pytest.mark.parametrize("folder", SOURCES)
def test_examples_in_docstrings_are_indented(folder: str) -> None:
    by_file = {path.relative_to(ROOT).as_posix(): flush_examples(path.read_text("utf-8")) for path in files(folder)}
    assert not {path: examples for path, examples in by_file.items() if examples}


def test_flush_examples_finds_unindented_examples() -> None:
    assert flush_examples('"""A thing.\n\nuse(it)\n"""\n') == ["use(it)"]
    assert flush_examples('"""A thing.\n\nExample:\n    use(it)\n"""\n') == []


def test_core_does_not_say_answer() -> None:
    assert not [path for path in files("core") if mentions_answers(path)]


def mentions_answers(path: Path) -> bool:
    """Return whether a file calls a response an answer."""
    return re.search("answer", path.read_text("utf-8"), re.IGNORECASE) is not None
