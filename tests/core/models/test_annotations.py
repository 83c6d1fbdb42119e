"""Annotations as text: the codecs they resolve to, invalid ones, and lazy imports."""

from __future__ import annotations

import subprocess
import sys
import uuid

import pytest

from tests.support import zoo
from tests.support.sample.models import Tag
from xcaas_core.models import UnknownModel, resolve

PACKAGE = "tests.support.sample"


@pytest.mark.parametrize(
    ("annotation", "raw", "value"),
    [
        ("list[list[int]]", [[1], []], [[1], []]),
        ("list[int | None]", [1, None], [1, None]),
        ("list[int] | None", None, None),
        ("dict[str, list[str]]", {"a": ["b"]}, {"a": ["b"]}),
        ("int | str", "a", "a"),
        ("int | str | None", None, None),
        ("list[int | str]", [1, "a"], [1, "a"]),
        ("list[int | str | None]", [1, "a", None], [1, "a", None]),
        ("_models.Tag", {"key": "a"}, Tag(key="a")),
        ("_models.Tag | None", None, None),
        ("list[_models.Tag]", [{"key": "a"}], [Tag(key="a")]),
        ('Literal["a|b]"] | Literal[1]', "a|b]", "a|b]"),
        ("Literal[True] | Literal[1]", 1, 1),
        ("Annotated[float, Constant(1.5)]", 1.5, 1.5),
        ("JSONValue", {"a": [1]}, {"a": [1]}),
        ("JSONValue | None", None, None),
        ("UUID", "0ca4c747-6256-4023-a335-53a46449871a", uuid.UUID("0ca4c747-6256-4023-a335-53a46449871a")),
    ],
)
def test_annotations_resolve_to_codecs(annotation: str, raw: object, value: object) -> None:
    assert resolve(annotation, PACKAGE).decode(raw) == value


def test_quoted_discriminator_names_may_have_any_characters() -> None:
    codec = resolve(
        'Annotated[_models.Tag | _models.StorageObject | UnknownModel, Discriminator("@type", ("a tag, (small)", _models.Tag), ("big", _models.StorageObject))]',
        PACKAGE,
    )
    tag = codec.decode({"@type": "a tag, (small)", "key": "k"})
    assert isinstance(tag, Tag)
    assert isinstance(codec.decode({"@type": "other"}), UnknownModel)


@pytest.mark.parametrize(
    "annotation",
    [
        "",
        "list[int",
        "int int",
        "list",
        "list[int, str]",
        "complex",
        "set[int]",
        "_models.Nobody",
        "Nobody",
        'Annotated[_dt.datetime, Format("never")]',
        'Annotated[int, Format("epoch-seconds")]',
    ],
)
def test_invalid_annotations_raise(annotation: str) -> None:
    with pytest.raises(ValueError, match="no annotation"):
        resolve(annotation, PACKAGE)


def test_codecs_are_cached() -> None:
    assert resolve("list[_models.Tag]", PACKAGE) is resolve("list[_models.Tag]", PACKAGE)
    assert repr(resolve("list[_models.Tag | int] | None", PACKAGE)) == "<codec list[Tag | int] | None>"


def test_models_resolve_each_other_in_their_own_module() -> None:
    assert zoo.Node.from_json(b'{"children":[{}]}').validate().children == [zoo.Node()]


def test_model_modules_are_imported_on_first_use() -> None:
    code = f"""
import sys
from xcaas_core.models import resolve
import {PACKAGE}
def loaded(name): return {PACKAGE!r} + ".models." + name in sys.modules
assert not loaded("_storage_object")
codec = resolve("list[_models.StorageObject]", {PACKAGE!r})
assert loaded("_storage_object") and not loaded("_tag")
codec.decode([{{"id": "a"}}])
assert loaded("_tag") and not loaded("_storage_object_page")
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=".")


def test_importing_sdk_imports_no_models() -> None:
    code = "import sys, xcaas_core.sdk; assert not [name for name in sys.modules if name.startswith(('xcaas_core.models', 'attr', 'dateutil'))]"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
