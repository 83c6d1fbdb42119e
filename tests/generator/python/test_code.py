from __future__ import annotations

import ast
import inspect
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_generator import ir
from xcaas_generator.python.code import Code, docstring, file_name, identifier, literal, module_path, text, texts

HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from("\"'\\\n\r{}#`%\t\x00\x0c\x85\u2028\u202e\ud800 a"), st.characters())
)
SCALARS: st.SearchStrategy[ir.JSON] = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), HOSTILE)
VALUES: st.SearchStrategy[ir.JSON] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(HOSTILE, inner, max_size=3)),
    max_leaves=6,
)


@given(HOSTILE)
def test_text_is_a_literal_of_the_very_text(value: str) -> None:
    assert ast.literal_eval(text(value)) == value


@given(HOSTILE)
def test_text_fits_on_one_printable_line(value: str) -> None:
    assert text(value).isprintable()


@given(VALUES)
def test_literal_builds_the_very_value(value: ir.JSON) -> None:
    built = eval(literal(value), {"__builtins__": {}, "float": float})  # noqa: S307 - what is tested is that this is safe
    assert same(built, value)


def test_literal_takes_integers_of_any_length() -> None:
    huge = 10**5000
    assert ast.literal_eval(literal(huge)) == huge


@given(st.lists(HOSTILE).map(tuple))
def test_texts_is_a_tuple(values: tuple[str, ...]) -> None:
    assert ast.literal_eval(texts(values)) == values


@given(HOSTILE, st.sampled_from([0, 4, 8]))
def test_a_docstring_is_one_string_and_nothing_else(content: str, indent: int) -> None:
    made = docstring(content, indent)
    module = "def f():\n    pass\n" if not made else module_with(made, indent)
    tree = ast.parse(module)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    assert len(found) == (1 if made else 0)
    assert all(isinstance(node.value, ast.Constant) for node in found)


@given(HOSTILE)
def test_a_docstring_keeps_its_words(content: str) -> None:
    made = docstring(content, 4)
    read = ast.literal_eval(made) if made else ""
    told = re.sub("[\ud800-\udfff]", "\ufffd", content.expandtabs(4))
    assert read.split() == [word for line in told.splitlines() for word in line.split()]


def test_half_a_pair_in_a_docstring_still_compiles() -> None:
    made = docstring("Half \ud800.", 4)
    compile(module_with(made, 4), "half.py", "exec")
    assert ast.literal_eval(made) == "Half \ufffd."


@pytest.mark.parametrize("content", ['"', '""', '"""', "\\", '\\"', '\\\\"', 'a"""+f()+"""', '"\n"', 'x\\"""y"'])
def test_a_docstring_stays_closed_by_quotes_and_backslashes(content: str) -> None:
    assert inspect.cleandoc(ast.literal_eval(docstring(content, 4))).strip() == content


def test_no_line_of_a_docstring_starts_like_a_setting_of_mypy() -> None:
    lines = docstring("Title.\n\n# mypy: ignore-errors", 0).splitlines()
    assert not any(line.startswith("# mypy: ") for line in lines)


@pytest.mark.parametrize("name", ["", "class", "a b", "a-b", "1a", "a.b", "ﬁ", "a\n", "a;b"])
def test_identifier_refuses_what_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="not usable"):
        identifier(name)


@pytest.mark.parametrize("stem", ["", "../a", "a/b", "A", "a.b", "ä", "con:", "a" * 101])
def test_file_name_refuses_what_could_leave_the_folder(stem: str) -> None:
    with pytest.raises(ValueError, match="not usable"):
        file_name(stem)


@pytest.mark.parametrize("path", ["a b", ".a;b", "..class", "a.1"])
def test_module_path_refuses_what_is_none(path: str) -> None:
    with pytest.raises(ValueError, match="not usable"):
        module_path(path)


def module_with(made: Code, indent: int) -> str:
    if indent == 0:
        return f"{made}\n"
    head = "def f():\n" if indent == 4 else "class C:\n    def f():\n"
    return f"{head}{' ' * indent}{made}\n"


def same(one: ir.JSON, other: ir.JSON) -> bool:
    """Equal, and of one type throughout; NaN equals itself."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other
