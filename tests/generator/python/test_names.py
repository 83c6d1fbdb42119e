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
def test_words(text: str, expected: tuple[str, ...]) -> None:
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
def test_pascal(text: str, expected: str) -> None:
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
def test_safe(name: str, expected: str) -> None:
    assert safe(name) == expected


@given(ANY)
def test_every_text_gives_usable_names(text: str) -> None:
    for made in (snake(text), pascal(text), safe(text)):
        assert identifier(made)
        assert not keyword.iskeyword(made)
        assert not made.startswith("_")
        assert len(made) <= 90


@given(ANY)
def test_every_class_has_a_module_that_any_disk_can_hold(text: str) -> None:
    stem = module_stem(pascal(text))
    assert file_name(stem)
    assert re.fullmatch(r"_[a-z0-9][a-z0-9_]{0,79}", stem)


def test_long_names_that_differ_at_the_end_stay_apart() -> None:
    assert module_stem("A" + "b" * 200) != module_stem("A" + "b" * 201)
    assert snake("b" * 200) != snake("b" * 201)


def test_a_scope_gives_each_name_once() -> None:
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


def test_a_folding_scope_knows_disks_that_ignore_case() -> None:
    scope = Scope(fold=True)
    assert [scope.claim("_Pet"), scope.claim("_pet")] == ["_Pet", "_pet_2"]
