"""Encoding of request bodies: models, or mappings by wire name."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.support.sample.models import StorageObject, StorageObjectDict, Tag, TagDict
from xcaas_core.models import resolve

CODEC = resolve("_models.StorageObject", "tests.support.sample")
WIRE = {"id": "a", "createdTime": "2024-05-01T12:00:00", "tags": [{"key": "k"}, {"key": "l", "value": "v"}]}
NOON = dt.datetime(2024, 5, 1, 14, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def test_a_model_and_a_mapping_are_encoded_alike() -> None:
    first: TagDict = {"key": "k"}
    as_dict: StorageObjectDict = {"id": "a", "createdTime": NOON, "tags": [first, Tag(key="l", value="v")]}
    as_model = StorageObject(id="a", created_time=NOON, tags=[Tag(key="k"), Tag(key="l", value="v")])
    assert CODEC.encode(as_dict) == WIRE
    assert CODEC.encode(as_model) == WIRE
    assert CODEC.encode(StorageObjectDict(id="a")) == {"id": "a"}


def test_a_mapping_may_contain_unknown_fields_and_null() -> None:
    assert CODEC.encode({"id": "a", "checksum": None, "new": {"at": NOON}}) == {
        "id": "a",
        "checksum": None,
        "new": {"at": "2024-05-01T14:00:00+02:00"},
    }


def test_a_derived_model_is_encoded_with_all_its_fields() -> None:
    assert resolve("list[_models.Tag]", "tests.support.sample").encode([Tag.from_dict({"key": "a", "x": 1})]) == [
        {"key": "a", "x": 1}
    ]


@pytest.mark.parametrize("value", ["text", 5, ["a"]])
def test_other_types_of_bodies_raise(value: object) -> None:
    with pytest.raises(TypeError, match="StorageObject or a mapping was expected"):
        CODEC.encode(value)


def test_encoding_neither_changes_nor_shares_the_body() -> None:
    tags = [{"key": "k"}]
    body = {"id": "a", "free": {"list": [1]}, "tags": tags}
    wire = CODEC.encode(body)
    assert isinstance(wire, dict)
    assert isinstance(wire["free"], dict)
    wire["free"].clear()
    assert body == {"id": "a", "free": {"list": [1]}, "tags": tags}
