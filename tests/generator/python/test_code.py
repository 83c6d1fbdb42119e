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
def test_text_evaluates_to_the_same_string(value: str) -> None:
    assert ast.literal_eval(text(value)) == value


@given(HOSTILE)
def test_text_is_one_printable_line(value: str) -> None:
    assert text(value).isprintable()


@given(VALUES)
def test_literal_evaluates_to_the_same_value(value: ir.JSON) -> None:
    built = eval(literal(value), {"__builtins__": {}, "float": float})  # noqa: S307 - what is tested is that this is safe
    assert same(built, value)


def test_literal_accepts_integers_of_any_length() -> None:
    huge = 10**5000
    assert ast.literal_eval(literal(huge)) == huge


@given(st.lists(HOSTILE).map(tuple))
def test_texts_evaluates_to_a_tuple(values: tuple[str, ...]) -> None:
    assert ast.literal_eval(texts(values)) == values


@given(HOSTILE, st.sampled_from([0, 4, 8]))
def test_docstrings_are_a_single_string(content: str, indent: int) -> None:
    code = docstring(content, indent)
    module = "def f():\n    pass\n" if not code else module_with(code, indent)
    tree = ast.parse(module)
    expressions = [node for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    assert len(expressions) == (1 if code else 0)
    assert all(isinstance(node.value, ast.Constant) for node in expressions)


@given(HOSTILE)
def test_docstrings_keep_all_words(content: str) -> None:
    code = docstring(content, 4)
    value = ast.literal_eval(code) if code else ""
    printable = re.sub("[\ud800-\udfff]", "\ufffd", content.expandtabs(4))
    assert value.split() == [word for line in printable.splitlines() for word in line.split()]


def test_docstrings_replace_lone_surrogates() -> None:
    code = docstring("Half \ud800.", 4)
    compile(module_with(code, 4), "half.py", "exec")
    assert ast.literal_eval(code) == "Half \ufffd."


@pytest.mark.parametrize("content", ['"', '""', '"""', "\\", '\\"', '\\\\"', 'a"""+f()+"""', '"\n"', 'x\\"""y"'])
def test_docstrings_escape_quotes_and_backslashes(content: str) -> None:
    assert inspect.cleandoc(ast.literal_eval(docstring(content, 4))).strip() == content


def test_docstrings_contain_no_settings_of_mypy() -> None:
    lines = docstring("Title.\n\n# mypy: ignore-errors", 0).splitlines()
    assert not any(line.startswith("# mypy: ") for line in lines)


@pytest.mark.parametrize("name", ["", "class", "a b", "a-b", "1a", "a.b", "ﬁ", "a\n", "a;b"])
def test_identifier_rejects_invalid_names(name: str) -> None:
    with pytest.raises(ValueError, match="not usable"):
        identifier(name)


@pytest.mark.parametrize("stem", ["", "../a", "a/b", "A", "a.b", "ä", "con:", "a" * 101])
def test_file_name_rejects_unsafe_names(stem: str) -> None:
    with pytest.raises(ValueError, match="not usable"):
        file_name(stem)


@pytest.mark.parametrize("path", ["a b", ".a;b", "..class", "a.1"])
def test_module_path_rejects_invalid_paths(path: str) -> None:
    with pytest.raises(ValueError, match="not usable"):
        module_path(path)


def module_with(code: Code, indent: int) -> str:
    if indent == 0:
        return f"{code}\n"
    head = "def f():\n" if indent == 4 else "class C:\n    def f():\n"
    return f"{head}{' ' * indent}{code}\n"


def same(left: ir.JSON, right: ir.JSON) -> bool:
    """Return whether values are equal, including their types; NaN equals NaN."""
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right
