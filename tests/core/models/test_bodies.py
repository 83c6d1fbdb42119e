"""Bodies as callers give them: models, or mappings by wire name with anything inside."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.support.sample.models import StorageObject, StorageObjectDict, Tag, TagDict
from xcaas_core.models import resolve

CODEC = resolve("_models.StorageObject", "tests.support.sample")
WIRE = {"id": "a", "createdTime": "2024-05-01T12:00:00", "tags": [{"key": "k"}, {"key": "l", "value": "v"}]}
NOON = dt.datetime(2024, 5, 1, 14, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def test_a_model_and_a_mapping_give_the_same() -> None:
    first: TagDict = {"key": "k"}
    as_dict: StorageObjectDict = {"id": "a", "createdTime": NOON, "tags": [first, Tag(key="l", value="v")]}
    as_model = StorageObject(id="a", created_time=NOON, tags=[Tag(key="k"), Tag(key="l", value="v")])
    assert CODEC.encode(as_dict) == WIRE
    assert CODEC.encode(as_model) == WIRE
    assert CODEC.encode(StorageObjectDict(id="a")) == {"id": "a"}


def test_a_mapping_may_hold_what_the_spec_lacks_and_null() -> None:
    assert CODEC.encode({"id": "a", "checksum": None, "new": {"at": NOON}}) == {
        "id": "a",
        "checksum": None,
        "new": {"at": "2024-05-01T14:00:00+02:00"},
    }


def test_a_derived_model_goes_with_all_its_fields() -> None:
    assert resolve("list[_models.Tag]", "tests.support.sample").encode([Tag.from_dict({"key": "a", "x": 1})]) == [
        {"key": "a", "x": 1}
    ]


@pytest.mark.parametrize("value", ["text", 5, ["a"]])
def test_what_is_no_body(value: object) -> None:
    with pytest.raises(TypeError, match="StorageObject or a mapping was expected"):
        CODEC.encode(value)


def test_the_body_is_not_changed_and_not_shared() -> None:
    tags = [{"key": "k"}]
    body = {"id": "a", "free": {"list": [1]}, "tags": tags}
    wire = CODEC.encode(body)
    assert isinstance(wire, dict)
    assert isinstance(wire["free"], dict)
    wire["free"].clear()
    assert body == {"id": "a", "free": {"list": [1]}, "tags": tags}
