from __future__ import annotations

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_generator.python.code import file_name, identifier
from xcaas_generator.python.names import Scope, module_stem, pascal, safe, snake, words

ANY = st.text(max_size=200)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("listCoreV1Pods", ("list", "core", "v1", "pods")),
        ("issues/list-for-repo", ("issues", "list", "for", "repo")),
        ("HTTPServerError", ("http", "server", "error")),
        ("Customer 360", ("customer", "360")),
        ("", ()),
        ("--", ()),
    ],
)
def test_words_are_split_at_case_changes_and_separators(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("storage_object", "StorageObject"),
        ("URLList", "URLList"),
        ("pet", "Pet"),
        ("1st", "Value1st"),
        ("", "Value"),
        ("None", "None_"),
    ],
)
def test_pascal_returns_class_names(text: str, expected: str) -> None:
    assert pascal(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("page_size", "page_size"),
        ("class", "class_"),
        ("_links", "links"),
        ("a-b", "ab"),
        ("2x", "value_2x"),
        ("", "value"),
        ("名前", "名前"),
    ],
)
def test_safe_makes_names_valid(name: str, expected: str) -> None:
    assert safe(name) == expected


@given(ANY)
def test_any_text_becomes_a_valid_name(text: str) -> None:
    for name in (snake(text), pascal(text), safe(text)):
        assert identifier(name)
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert len(name) <= 90


@given(ANY)
def test_module_stems_are_short_ascii(text: str) -> None:
    stem = module_stem(pascal(text))
    assert file_name(stem)
    assert re.fullmatch(r"_[a-z0-9][a-z0-9_]{0,79}", stem)


def test_shortened_names_stay_unique() -> None:
    assert module_stem("A" + "b" * 200) != module_stem("A" + "b" * 201)
    assert snake("b" * 200) != snake("b" * 201)


def test_a_scope_never_returns_a_name_twice() -> None:
    scope = Scope(("list",))
    assert [
        scope.claim("list", "list_"),
        scope.claim("list", "list_"),
        scope.claim("list", "list_"),
        scope.claim("get"),
    ] == [
        "list_",
        "list__2",
        "list__3",
        "get",
    ]


def test_a_folding_scope_ignores_case() -> None:
    scope = Scope(fold=True)
    assert [scope.claim("_Pet"), scope.claim("_pet")] == ["_Pet", "_pet_2"]
