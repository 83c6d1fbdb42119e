"""From JSON to models and back: what is late, what is kept, and where it says that something is wrong."""

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


def test_what_came_is_written_back() -> None:
    data = {
        "id": "a",
        "storedBytes": 5,
        "checksum": None,
        "objectState": "SOMETHING_NEW",
        "createdTime": "2024-05-01T10:00:00",
        "tags": [{"key": "k", "new": [1, {"deep": None}]}, {"value": None, "key": "v"}],
        "brand-new": {"x": 1},
    }
    found = StorageObject.from_dict(data)
    assert found.to_dict() == data
    found.validate()
    assert found.to_dict() == data
    assert json.loads(found.to_json()) == data
    assert found.object_state == "SOMETHING_NEW"
    assert found.unknown_fields == {"brand-new": {"x": 1}}


def test_null_where_the_spec_has_none_reads_as_none_and_goes_back_as_null() -> None:
    found = Plain.from_dict({"text": None, "moment": None, "wholeText": None})
    assert found.text is None
    assert found.moment is None
    assert found.to_dict() == {"text": None, "moment": None, "wholeText": None}
    found.text = "now"
    assert found.to_dict() == {"text": "now", "moment": None, "wholeText": None}


def test_to_dict_shares_nothing_with_the_model() -> None:
    found = StorageObject.from_dict({"id": "a", "tags": [{"key": "k"}], "new": [1]})
    shown = found.to_dict()
    assert isinstance(shown["tags"], list)
    assert isinstance(shown["new"], list)
    shown["tags"].clear()
    shown["new"].clear()
    assert found.to_dict() == {"id": "a", "tags": [{"key": "k"}], "new": [1]}


def test_from_dict_takes_any_mapping() -> None:
    from types import MappingProxyType

    assert Tag.from_dict(MappingProxyType({"key": "a", "x": 1})).to_dict() == {"key": "a", "x": 1}


@pytest.mark.parametrize("data", ['{"key":"ä"}', b'{"key":"\xc3\xa4"}', bytearray(b'{"key":"\xc3\xa4"}')])
def test_from_json_takes_text_and_bytes(data: str | bytes) -> None:
    assert Tag.from_json(data).key == "ä"
    assert Tag.from_json(memoryview(b'{"key":"a"}')).key == "a"
    assert Tag(key="ä").to_json() == '{"key":"ä"}'


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + b'{"key":"a"}', '{"key":"a"}'.encode("utf-16")])
def test_from_json_reads_what_only_the_standard_library_can(text: bytes) -> None:
    assert Tag.from_json(text).key == "a"


def test_half_a_surrogate_pair_survives() -> None:
    tag = Tag.from_json(rb'{"key":"\ud800"}')
    assert tag.to_json() == '{"key":"\\ud800"}'


def test_numbers_beyond_64_bits_are_written() -> None:
    assert encode_json({"a": 2**80}) == b'{"a":1208925819614629174706176}'


@pytest.mark.parametrize("text", [b"", b"<html>", b"{", b"nul", b'{"key":"\xff"}'])
def test_what_is_not_json_is_a_decode_error(text: bytes) -> None:
    with pytest.raises(DecodeError, match="not JSON") as error:
        Tag.from_json(text)
    assert pointer_of(error) == ""


@pytest.mark.parametrize("text", [b"[]", b"5", b'"x"', b"null", b"true"])
def test_what_is_not_an_object_is_a_decode_error(text: bytes) -> None:
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
def test_required_fields_must_be_there_and_right(data: dict[str, object], pointer: str) -> None:
    with pytest.raises(DecodeError) as error:
        Needy.from_dict(data).validate()
    assert pointer_of(error) == pointer


def test_null_in_a_required_field_that_allows_it() -> None:
    found = Needy.from_dict({"id": "a", "note": None, "sizes": []})
    assert found.note is None
    assert found.to_dict() == {"id": "a", "note": None, "sizes": []}


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
def test_the_wrong_kind_is_a_decode_error_with_its_place(wire: str, wrong: object) -> None:
    with pytest.raises(DecodeError) as error:
        Plain.from_dict({wire: wrong})
    assert pointer_of(error) == f"/{wire}"
    assert str(wrong) not in error.value.message or wrong in (5, 1), "answers may hold personal data"


def test_a_failure_deep_inside_says_where_it_stood() -> None:
    with pytest.raises(DecodeError) as error:
        StorageObjectPage.from_json(b'{"content":[{"id":"a"},{"id":"b","tags":[{"key":"x"},{"key":5}]}]}')
    assert pointer_of(error) == "/content/1/tags/1/key"


@pytest.mark.parametrize("given", [None, 5, "text", [], [("id", "a")]])
def test_what_is_no_mapping_is_a_decode_error(given: Any) -> None:
    with pytest.raises(DecodeError, match="an object was expected"):
        StorageObject.from_dict(given)


def test_wrong_containers_fail_at_once() -> None:
    with pytest.raises(DecodeError) as error:
        StorageObjectPage.from_json(b'{"content":{"id":"a"}}')
    assert pointer_of(error) == "/content"


def test_pointers_are_escaped_and_go_through_maps_and_lists() -> None:
    with pytest.raises(DecodeError) as error:
        Node.from_dict({"by~name/x": {"a/b": {"rows": [[], [{"name": "ok"}, {"name": 5}]]}}})
    assert pointer_of(error) == "/by~0name~1x/a~1b/rows/1/1/name"


def test_an_answer_that_is_part_of_something_says_so() -> None:
    codec = resolve("list[_models.StorageObject]", "tests.support.sample")
    with pytest.raises(DecodeError) as error:
        codec.decode([{"id": "a"}, {"id": 5}], at="/a~1b/content")
    assert pointer_of(error) == "/a~1b/content/1/id"
    with pytest.raises(DecodeError) as error:
        codec.decode(decode_json(b'[{"id":"a","tags":[{}]}]'), at="/content")
    assert pointer_of(error) == "/content/0/tags/0/key"


def test_validate_checks_what_was_set_by_hand_and_returns_the_model() -> None:
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


def test_too_deep_nesting_is_a_decode_error() -> None:
    with pytest.raises(DecodeError):
        Node.from_json(b'{"rows":' + b"[" * 200_000)


def test_long_lists_are_read_in_place_only_if_nobody_else_holds_them() -> None:
    data: dict[str, object] = {"content": [{"id": str(number)} for number in range(1000)]}
    before = json.dumps(data)
    page = StorageObjectPage.from_dict(data)
    assert page.content is not None
    assert [found.id for found in page.content] == [str(number) for number in range(1000)]
    assert json.dumps(data) == before
    again = StorageObjectPage.from_json(before)
    assert again.content == page.content
    assert again.to_dict() == data


def test_additional_properties_have_their_type() -> None:
    found = Counters.from_dict({"total": 2, "a": {"side": 1}, "b": {"side": 2.5}})
    assert {name: square.side for name, square in found.additional_properties.items()} == {"a": 1.0, "b": 2.5}
    assert found.unknown_fields == {}
    assert found.to_dict() == {"total": 2, "a": {"side": 1.0}, "b": {"side": 2.5}}
    assert Counters.from_dict({"total": 2}).additional_properties == {}
    found.additional_properties["c"] = found.additional_properties.pop("a")
    assert set(found.to_dict()) == {"total", "b", "c"}


def test_wrong_additional_properties_say_where() -> None:
    with pytest.raises(DecodeError) as error:
        Counters.from_dict({"a": {"side": 1}, "b/c": {"side": "x"}}).validate()
    assert pointer_of(error) == "/b~1c/side"


def test_free_json_is_anything() -> None:
    for value in (None, 5, "x", [1, {"a": None}], {"b": True}):
        found = Patch.from_dict({"anything": value})
        assert found.anything == value
        assert found.to_dict() == {"anything": value}


def test_what_some_servers_send_for_null() -> None:
    found = Plain.from_dict({"moment": "-", "utc": "", "day": "0", "wholeText": "", "realText": "-", "key": ""})
    assert [found.moment, found.utc, found.day, found.whole_text, found.real_text, found.key] == [None] * 6
    assert found.to_dict() == {
        "moment": "-",
        "utc": "",
        "day": "0",
        "wholeText": "",
        "realText": "-",
        "key": "",
    }


def test_a_new_value_replaces_what_was_sent_for_null() -> None:
    found = Patch.from_dict({"when": "-"})
    assert found.when is None
    assert found.to_dict() == {"when": "-"}
    found.when = None
    assert found.to_dict() == {"when": None}
    again = Patch.from_dict({"when": "-"})
    again.unset("when")
    assert again.to_dict() == {}
    assert Patch.from_dict({"when": "2024-05-01T12:00:00Z", "name": "a"}).to_dict() == {
        "name": "a",
        "when": "2024-05-01T12:00:00Z",
    }


def test_decode_json_is_the_way_in_for_bytes() -> None:
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
def test_who_gave_the_data_himself_is_not_told_of_a_server(load: Callable[[], object]) -> None:
    with pytest.raises(DecodeError, match=FROM_CALLER):
        load()


@pytest.mark.parametrize("owned", [True, False])
def test_an_answer_that_does_not_fit_is_the_servers_doing(owned: bool) -> None:
    codec = resolve("_models.StorageObject", "tests.support.sample")
    with pytest.raises(DecodeError, match=FROM_SERVER) as caught:
        codec.decode(copy.deepcopy(BROKEN), owned=owned)
    assert pointer_of(caught) == "/tags/0/key"
