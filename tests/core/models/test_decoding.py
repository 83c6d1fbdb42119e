"""Decoding of models: unknown fields, null, nesting, and pointers in errors."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from tests.support.sample.models import StorageObject, StorageObjectPage, Tag
from tests.support.zoo import Counters, Needy, Node, Patch, Plain
from xcaas_core._errors import DecodeError, XCaaSError
from xcaas_core.models import decode_json, encode_json, resolve


def pointer_of(error: pytest.ExceptionInfo[DecodeError]) -> str | None:
    assert isinstance(error.value, XCaaSError)
    return error.value.pointer


def test_received_fields_are_written_back() -> None:
    data = {
        "id": "a",
        "storedBytes": 5,
        "checksum": None,
        "objectState": "SOMETHING_NEW",
        "createdTime": "2024-05-01T10:00:00",
        "tags": [{"key": "k", "new": [1, {"deep": None}]}, {"value": None, "key": "v"}],
        "brand-new": {"x": 1},
    }
    obj = StorageObject.from_dict(data)
    assert obj.to_dict() == data
    obj.validate()
    assert obj.to_dict() == data
    assert json.loads(obj.to_json()) == data
    assert obj.object_state == "SOMETHING_NEW"
    assert obj.unknown_fields == {"brand-new": {"x": 1}}


def test_undeclared_null_reads_as_none_and_is_written_back() -> None:
    plain = Plain.from_dict({"text": None, "moment": None, "wholeText": None})
    assert plain.text is None
    assert plain.moment is None
    assert plain.to_dict() == {"text": None, "moment": None, "wholeText": None}
    plain.text = "now"
    assert plain.to_dict() == {"text": "now", "moment": None, "wholeText": None}


def test_to_dict_shares_nothing_with_the_model() -> None:
    obj = StorageObject.from_dict({"id": "a", "tags": [{"key": "k"}], "new": [1]})
    written = obj.to_dict()
    assert isinstance(written["tags"], list)
    assert isinstance(written["new"], list)
    written["tags"].clear()
    written["new"].clear()
    assert obj.to_dict() == {"id": "a", "tags": [{"key": "k"}], "new": [1]}


def test_from_dict_accepts_any_mapping() -> None:
    from types import MappingProxyType

    assert Tag.from_dict(MappingProxyType({"key": "a", "x": 1})).to_dict() == {"key": "a", "x": 1}


@pytest.mark.parametrize("data", ['{"key":"ä"}', b'{"key":"\xc3\xa4"}', bytearray(b'{"key":"\xc3\xa4"}')])
def test_from_json_accepts_text_and_bytes(data: str | bytes) -> None:
    assert Tag.from_json(data).key == "ä"
    assert Tag.from_json(memoryview(b'{"key":"a"}')).key == "a"
    assert Tag(key="ä").to_json() == '{"key":"ä"}'


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + b'{"key":"a"}', '{"key":"a"}'.encode("utf-16")])
def test_from_json_reads_other_utf_encodings(text: bytes) -> None:
    assert Tag.from_json(text).key == "a"


def test_lone_surrogates_round_trip() -> None:
    tag = Tag.from_json(rb'{"key":"\ud800"}')
    assert tag.to_json() == '{"key":"\\ud800"}'


def test_numbers_beyond_64_bits_are_written() -> None:
    assert encode_json({"a": 2**80}) == b'{"a":1208925819614629174706176}'


@pytest.mark.parametrize("text", [b"", b"<html>", b"{", b"nul", b'{"key":"\xff"}'])
def test_invalid_json_raises_decode_error(text: bytes) -> None:
    with pytest.raises(DecodeError, match="not JSON") as error:
        Tag.from_json(text)
    assert pointer_of(error) == ""


@pytest.mark.parametrize("text", [b"[]", b"5", b'"x"', b"null", b"true"])
def test_json_other_than_objects_raises_decode_error(text: bytes) -> None:
    with pytest.raises(DecodeError, match="an object was expected") as error:
        Tag.from_json(text)
    assert pointer_of(error) == ""


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({}, "/id"),
        ({"id": None, "note": None, "sizes": []}, "/id"),
        ({"id": "a", "sizes": []}, "/note"),
        ({"id": "a", "note": 5, "sizes": []}, "/note"),
        ({"id": "a", "note": None, "sizes": None}, "/sizes"),
        ({"id": "a", "note": None, "sizes": {}}, "/sizes"),
        ({"id": "a", "note": None, "sizes": [1, "x"]}, "/sizes/1"),
    ],
)
def test_missing_or_invalid_required_fields_raise(data: dict[str, object], pointer: str) -> None:
    with pytest.raises(DecodeError) as error:
        Needy.from_dict(data).validate()
    assert pointer_of(error) == pointer


def test_required_nullable_fields_accept_null() -> None:
    needy = Needy.from_dict({"id": "a", "note": None, "sizes": []})
    assert needy.note is None
    assert needy.to_dict() == {"id": "a", "note": None, "sizes": []}


@pytest.mark.parametrize(
    ("wire", "wrong"),
    [
        ("text", 5),
        ("text", ["x"]),
        ("whole", "5"),
        ("whole", 5.5),
        ("whole", True),
        ("real", "5"),
        ("real", False),
        ("flag", 1),
        ("flag", "true"),
        ("wholeText", "five"),
        ("wholeText", "5.5"),
        ("wholeText", True),
        ("wholeText", "1_000"),
        ("realText", "much"),
        ("realText", []),
        ("data", "***"),
        ("data", 5),
        ("key", "not-a-uuid"),
        ("key", 5),
        ("day", "yesterday"),
        ("day", 5),
        ("moment", "yesterday"),
        ("moment", 5),
        ("utc", {}),
        ("millis", "soon"),
        ("millis", True),
        ("millis", 10**30),
        ("millis", float("nan")),
    ],
)
def test_wrong_types_raise_decode_error_with_a_pointer(wire: str, wrong: object) -> None:
    with pytest.raises(DecodeError) as error:
        Plain.from_dict({wire: wrong})
    assert pointer_of(error) == f"/{wire}"
    assert str(wrong) not in error.value.message or wrong in (5, 1), "answers may hold personal data"


def test_nested_errors_have_the_full_pointer() -> None:
    with pytest.raises(DecodeError) as error:
        StorageObjectPage.from_json(b'{"content":[{"id":"a"},{"id":"b","tags":[{"key":"x"},{"key":5}]}]}')
    assert pointer_of(error) == "/content/1/tags/1/key"


@pytest.mark.parametrize("data", [None, 5, "text", [], [("id", "a")]])
def test_from_dict_rejects_other_types(data: Any) -> None:
    with pytest.raises(DecodeError, match="an object was expected"):
        StorageObject.from_dict(data)


def test_wrong_containers_raise_decode_error() -> None:
    with pytest.raises(DecodeError) as error:
        StorageObjectPage.from_json(b'{"content":{"id":"a"}}')
    assert pointer_of(error) == "/content"


def test_pointers_escape_keys_of_maps_and_include_indexes() -> None:
    with pytest.raises(DecodeError) as error:
        Node.from_dict({"by~name/x": {"a/b": {"rows": [[], [{"name": "ok"}, {"name": 5}]]}}})
    assert pointer_of(error) == "/by~0name~1x/a~1b/rows/1/1/name"


def test_decode_prepends_the_given_pointer() -> None:
    codec = resolve("list[_models.StorageObject]", "tests.support.sample")
    with pytest.raises(DecodeError) as error:
        codec.decode([{"id": "a"}, {"id": 5}], at="/a~1b/content")
    assert pointer_of(error) == "/a~1b/content/1/id"
    with pytest.raises(DecodeError) as error:
        codec.decode(decode_json(b'[{"id":"a","tags":[{}]}]'), at="/content")
    assert pointer_of(error) == "/content/0/tags/0/key"


def test_validate_checks_assigned_values_and_returns_the_model() -> None:
    page = StorageObjectPage.from_json(b'{"content":[{"id":"a","tags":[{"key":"x"}]}]}')
    assert page.validate() is page
    assert page.content is not None
    page.content[0].object_name = cast("Any", 5)
    with pytest.raises(DecodeError) as error:
        page.validate()
    assert pointer_of(error) == "/content/0/objectName"
    node = Node.from_dict({"children": [{"by~name/x": {"n": {"next": {"name": "deep"}}}}]})
    assert node.validate().to_dict() == {"children": [{"by~name/x": {"n": {"next": {"name": "deep"}}}}]}


def test_deep_nesting_is_read() -> None:
    depth = 200
    text = '{"next":' * depth + "{}" + "}" * depth
    node = Node.from_json(text).validate()
    for _ in range(depth):
        assert node.next is not None
        node = node.next
    assert node.next is None


def test_excessive_nesting_raises_decode_error() -> None:
    with pytest.raises(DecodeError):
        Node.from_json(b'{"rows":' + b"[" * 200_000)


def test_from_dict_does_not_modify_long_lists() -> None:
    data: dict[str, object] = {"content": [{"id": str(number)} for number in range(1000)]}
    before = json.dumps(data)
    page = StorageObjectPage.from_dict(data)
    assert page.content is not None
    assert [obj.id for obj in page.content] == [str(number) for number in range(1000)]
    assert json.dumps(data) == before
    again = StorageObjectPage.from_json(before)
    assert again.content == page.content
    assert again.to_dict() == data


def test_additional_properties_are_decoded_to_their_type() -> None:
    counters = Counters.from_dict({"total": 2, "a": {"side": 1}, "b": {"side": 2.5}})
    assert {name: square.side for name, square in counters.additional_properties.items()} == {"a": 1.0, "b": 2.5}
    assert counters.unknown_fields == {}
    assert counters.to_dict() == {"total": 2, "a": {"side": 1.0}, "b": {"side": 2.5}}
    assert Counters.from_dict({"total": 2}).additional_properties == {}
    counters.additional_properties["c"] = counters.additional_properties.pop("a")
    assert set(counters.to_dict()) == {"total", "b", "c"}


def test_errors_in_additional_properties_have_a_pointer() -> None:
    with pytest.raises(DecodeError) as error:
        Counters.from_dict({"a": {"side": 1}, "b/c": {"side": "x"}}).validate()
    assert pointer_of(error) == "/b~1c/side"


def test_untyped_fields_accept_any_json() -> None:
    for value in (None, 5, "x", [1, {"a": None}], {"b": True}):
        patch = Patch.from_dict({"anything": value})
        assert patch.anything == value
        assert patch.to_dict() == {"anything": value}


def test_placeholders_for_null_read_as_none() -> None:
    plain = Plain.from_dict({"moment": "-", "utc": "", "day": "0", "wholeText": "", "realText": "-", "key": ""})
    assert [plain.moment, plain.utc, plain.day, plain.whole_text, plain.real_text, plain.key] == [None] * 6
    assert plain.to_dict() == {
        "moment": "-",
        "utc": "",
        "day": "0",
        "wholeText": "",
        "realText": "-",
        "key": "",
    }


def test_assignment_replaces_a_placeholder_for_null() -> None:
    patch = Patch.from_dict({"when": "-"})
    assert patch.when is None
    assert patch.to_dict() == {"when": "-"}
    patch.when = None
    assert patch.to_dict() == {"when": None}
    again = Patch.from_dict({"when": "-"})
    again.unset("when")
    assert again.to_dict() == {}
    assert Patch.from_dict({"when": "2024-05-01T12:00:00Z", "name": "a"}).to_dict() == {
        "name": "a",
        "when": "2024-05-01T12:00:00Z",
    }


def test_decode_json_reads_bytes() -> None:
    assert decode_json(b'{"a":[1,2.5,null,true]}') == {"a": [1, 2.5, None, True]}
    assert decode_json(b" " * (1 << 21) + b"[1]") == [1]


FROM_SERVER = "The server sent something else"
FROM_CALLER = "Give what the service would send"
BROKEN = {"id": "a", "tags": [{"key": 5}]}


@pytest.mark.parametrize(
    "load",
    [
        lambda: StorageObject.from_dict({"id": 5}),
        lambda: StorageObject.from_dict(BROKEN),
        lambda: StorageObject.from_json(json.dumps(BROKEN)),
        lambda: StorageObject(id="a", object_name=cast("Any", 5)).validate(),
        lambda: StorageObject.from_json("{"),
        lambda: StorageObject.from_json("[" * 100_000),
    ],
)
def test_errors_in_callers_data_give_advice_to_callers(load: Callable[[], object]) -> None:
    with pytest.raises(DecodeError, match=FROM_CALLER):
        load()


@pytest.mark.parametrize("owned", [True, False])
def test_errors_in_responses_blame_the_server(owned: bool) -> None:
    codec = resolve("_models.StorageObject", "tests.support.sample")
    with pytest.raises(DecodeError, match=FROM_SERVER) as caught:
        codec.decode(copy.deepcopy(BROKEN), owned=owned)
    assert pointer_of(caught) == "/tags/0/key"
