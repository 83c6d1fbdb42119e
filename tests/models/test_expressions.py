"""Type expressions: what they are, what they are not, and that they load nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.models import zoo
from tests.models.sample.models import Tag
from xcaas_core.models import UnknownModel, resolve

PACKAGE = "tests.models.sample"


@pytest.mark.parametrize(
    ("expression", "raw", "value"),
    [
        ("[[int]]", [[1], []], [[1], []]),
        ("[int?]", [1, None], [1, None]),
        ("[int]?", None, None),
        ("{[str]}", {"a": ["b"]}, {"a": ["b"]}),
        ("int|str", "a", "a"),
        ("(int|str)?", None, None),
        ("[int|str]", [1, "a"], [1, "a"]),
        ("[(int|str)?]", [1, "a", None], [1, "a", None]),
        ("Tag", {"key": "a"}, Tag(key="a")),
        ("Tag?", None, None),
        ("[Tag]", [{"key": "a"}], [Tag(key="a")]),
        ('="a|b]"|=1', "a|b]", "a|b]"),
        ('=["x"]', ["x"], ["x"]),
    ],
)
def test_what_an_expression_means(expression: str, raw: object, value: object) -> None:
    assert resolve(expression, PACKAGE).decode(raw) == value


def test_names_with_odd_characters_stand_in_quotes() -> None:
    codec = resolve('Tag|StorageObject@"@type"("a tag, (small)"=Tag,big=StorageObject)', PACKAGE)
    found = codec.decode({"@type": "a tag, (small)", "key": "k"})
    assert isinstance(found, Tag)
    assert isinstance(codec.decode({"@type": "other"}), UnknownModel)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "[",
        "[int",
        "int]",
        "int|",
        "|int",
        "(int",
        "{int",
        "=",
        "={",
        "int int",
        "A|B@",
        "A|B@kind",
        "A|B@kind(a)",
        "A@k(a=1)",
        "datetime:never",
        "?",
    ],
)
def test_what_is_no_expression(expression: str) -> None:
    with pytest.raises(ValueError, match="type expression"):
        resolve(expression, PACKAGE)


def test_a_model_that_is_not_there_is_noticed_when_it_is_needed() -> None:
    codec = resolve("[Nobody]", PACKAGE)
    assert codec.decode([]) == []
    with pytest.raises(LookupError, match=r"no model Nobody in tests\.models\.sample\.models"):
        codec.decode([{"a": 1}])
    with pytest.raises(LookupError):
        resolve("ObjectState", PACKAGE).decode({})


def test_codecs_are_made_once() -> None:
    assert resolve("[Tag]", PACKAGE) is resolve("[Tag]", PACKAGE)
    assert resolve("[str]", PACKAGE) is resolve("[str]", "other")
    assert repr(resolve("[Tag|int]?", PACKAGE)) == "<codec [(Tag|int)]?>"


def test_models_find_each_other_in_their_own_module() -> None:
    assert zoo.Node.from_json(b'{"children":[{}]}').validate().children == [zoo.Node()]


def test_nothing_loads_before_it_is_needed() -> None:
    code = f"""
import sys
from xcaas_core.models import resolve
codec = resolve("[StorageObject]", {PACKAGE!r})
def loaded(name): return {PACKAGE!r} + ".models." + name in sys.modules
assert not loaded("_storage_object")
found = codec.decode([{{"id": "a", "tags": [{{"key": "k"}}]}}])
assert loaded("_storage_object")
assert not loaded("_tag")
assert found[0].tags[0].key == "k"
assert loaded("_tag")
assert not loaded("_storage_object_page")
assert "attr" not in sys.modules
import attrs
assert attrs.fields(type(found[0])).id.name == "id"
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=".")


def test_the_calling_side_imports_no_models() -> None:
    code = "import sys, xcaas_core.sdk; assert not [name for name in sys.modules if name.startswith(('xcaas_core.models', 'attr', 'dateutil'))]"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
