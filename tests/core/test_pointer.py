"""JSON pointers: finding and replacing values."""

from __future__ import annotations

import pytest

from xcaas_core._json import ABSENT, JSONValue
from xcaas_core._pointer import find, put, value_at

BODY: JSONValue = {"a": {"b": [10, {"c": None}]}, "x/y": 1, "t~": 2, "": 3}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", BODY),
        ("/a/b/0", 10),
        ("/a/b/1/c", None),
        ("/x~1y", 1),
        ("/t~0", 2),
        ("/", 3),
        ("/a/b/2", ABSENT),
        ("/a/b/c", ABSENT),
        ("/nothing", ABSENT),
        ("/x~1y/deeper", ABSENT),
    ],
)
def test_find_returns_the_value_or_absent(pointer: str, value: object) -> None:
    assert find(BODY, pointer) == value


def test_list_of_one_is_read_as_its_item() -> None:
    assert find([{"a": 1}], "/a") == 1
    assert find([{"a": 1}, {"a": 2}], "/a") is ABSENT
    assert find([], "/a") is ABSENT


def test_absent_value_is_none() -> None:
    assert value_at({}, "/a") is None
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"


def test_put_copies_only_changed_objects() -> None:
    kept: JSONValue = {"deep": 1}
    body: JSONValue = {"page": 1, "kept": kept, "in": {"x": 1}}
    changed = put(put(body, "/page", 2), "/in/y/z", 3)
    assert changed == {"page": 2, "kept": {"deep": 1}, "in": {"x": 1, "y": {"z": 3}}}
    assert body == {"page": 1, "kept": {"deep": 1}, "in": {"x": 1}}
    assert isinstance(changed, dict)
    assert changed["kept"] is kept


def test_put_at_the_root_replaces_the_document() -> None:
    assert put({"a": 1}, "", [2]) == [2]
    assert put(None, "/a", 1) == {"a": 1}
