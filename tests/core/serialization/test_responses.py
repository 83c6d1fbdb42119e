"""Which of the promised answers one is, and what becomes of those that are none of them."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping

import pytest

from tests.support.shop import PRODUCT
from xcaas_core import DecodeError
from xcaas_core.operations._parameter import ResponseSpec, ResponseSpecs
from xcaas_core.sdk import Operation, binary_response, empty_response, json_response, text_response, xml_response
from xcaas_core.serialization._responses import ResponseDecoder, plain_json


class Came:
    """An answer that came."""

    def __init__(self, status: int, kind: str | None, content: bytes) -> None:
        self.status = status
        self.content = content
        self.headers: Mapping[str, str] = {} if kind is None else {"content-type": kind}


def table(responses: ResponseSpecs) -> ResponseDecoder:
    operation: Operation[object] = Operation(PRODUCT, "x", "GET", "/x", call="shop.x", responses=responses)
    return ResponseDecoder(operation)


def value(responses: ResponseSpecs, status: int, kind: str | None, content: bytes) -> object:
    found = table(responses)
    answer = Came(status, kind, content)
    first = found.value(answer)
    assert found.value(answer) == first  # the second time through the cache
    return first


JSON = {"200": json_response()}


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json;charset=UTF-8", "Application/JSON", "application/vnd.users.v1+json", None],
)
def test_json_by_any_of_its_names(kind: str | None) -> None:
    assert value(JSON, 200, kind, b'{"a":1}') == {"a": 1}


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream"])
def test_json_under_a_careless_name(kind: str) -> None:
    assert value(JSON, 200, kind, b"[1]") == [1]


def test_json_in_another_charset() -> None:
    assert value(JSON, 200, "application/json; charset=ISO-8859-1", '"ü"'.encode("latin-1")) == "ü"
    assert value(JSON, 200, "application/json; charset=klingon", '"ü"'.encode()) == "ü"


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("application/json", {"any": 1}),
        ("application/json; version=1", [1]),
        ('application/JSON;charset=utf-8;version="2"', "2"),
        ("application/json; version=3", {"any": 1}),
    ],
)
def test_parameters_tell_media_types_apart(kind: str, read: object) -> None:
    listed = (
        json_response("dict[str, int]"),
        json_response("list[int]", media_type="application/json; version=1"),
        json_response("str", media_type="application/json; version=2"),
    )
    assert value({"200": listed}, 200, kind, json.dumps(read).encode()) == read


def test_a_web_page_is_named_and_not_shown() -> None:
    page = b"<html><title>Log in</title></html>"
    with pytest.raises(DecodeError, match=r"200 came with text/html where application/json was promised") as caught:
        value(JSON, 200, "text/html; charset=utf-8", page)
    assert "Log in" not in str(caught.value)


def test_whoever_reads_a_page_as_json_is_told_where_it_may_come_from() -> None:
    page = Came(200, "text/html", b"<html>")
    with pytest.raises(DecodeError, match=r"type says text/html\)\. Something between here and the service"):
        plain_json(page)


@pytest.mark.parametrize("content", [b"<html>", b'{"a":', b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_not_json_is_not_shown_either(content: bytes) -> None:
    with pytest.raises(DecodeError, match=rf"a body of {len(content)} bytes that is not JSON"):
        value(JSON, 200, "application/json", content)


def test_nothing_where_json_was_promised() -> None:
    with pytest.raises(DecodeError, match="empty body where application/json was promised"):
        value(JSON, 200, "application/json", b"")


def test_another_success_than_the_one_in_the_spec() -> None:
    assert value(JSON, 201, "application/json", b"{}") == {}
    assert value({"2XX": json_response(), "404": json_response()}, 206, "application/json", b"1") == 1
    assert value({"default": json_response()}, 200, "application/json", b"1") == 1


def test_no_content() -> None:
    assert value({"204": empty_response()}, 204, None, b"") is None
    assert value({"204": empty_response()}, 200, "text/plain", b"OK") is None
    assert value({}, 200, "text/html", b"<p>") is None


def test_a_body_or_none() -> None:
    both = {"200": json_response("dict[str, str]"), "204": empty_response()}
    assert value(both, 200, "application/json", b'{"a":"b"}') == {"a": "b"}
    assert value(both, 204, None, b"") is None
    assert value({"200": json_response("list[str]"), "204": empty_response()}, 204, None, b"") is None
    assert value({"200": json_response(), "204": empty_response()}, 204, None, b"") is None
    assert value({"200": text_response(), "204": empty_response()}, 204, None, b"") is None
    assert value(JSON, 204, None, b"") is None


@pytest.mark.parametrize("kind", ["application/json", None])
def test_an_empty_body_where_its_own_status_promises_one(kind: str | None) -> None:
    both = {"200": json_response("dict[str, str]"), "204": empty_response()}
    with pytest.raises(DecodeError, match="200 came with an empty body where application/json was promised"):
        value(both, 200, kind, b"")
    assert value(both, 201, None, b"") is None


@pytest.mark.parametrize("status", [204, 205])
def test_a_status_without_a_body_in_a_range_that_has_one(status: int) -> None:
    assert value({"2XX": json_response("UnknownModel | None")}, status, None, b"") is None
    assert value({"2XX": json_response("list[UnknownModel]")}, status, None, b"") == []
    assert value({"2XX": json_response("UnknownModel"), "202": empty_response()}, status, None, b"") is None
    for hollow in ("UnknownModel", "UnknownModel | str"):
        with pytest.raises(DecodeError, match=r"no body came where the spec promises one \(UnknownModel"):
            value({"2XX": json_response(hollow)}, status, None, b"")


@pytest.mark.parametrize(
    ("read", "kind", "content"),
    [
        ("value", "application/json", b"{s3cret"),
        ("value", "application/json", b'{"a": "s3cret"}'),
        ("value", "text/html; key=s3cret", b"<p>"),
        ("check", "text/html; key=s3cret", b"<p>"),
        ("plain", "application/json", b"{s3cret"),
        ("plain", "text/html; key=s3cret", b"<p>"),
    ],
)
def test_no_frame_of_an_error_holds_what_came(read: str, kind: str, content: bytes) -> None:
    found, came = table({"200": json_response("dict[str, int]")}), Came(200, kind, content)
    readers = {"value": found.value, "check": found.check, "plain": plain_json}
    with pytest.raises(DecodeError) as caught:
        readers[read](came)
    error = caught.value
    assert error.__context__ is None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)][1:]  # without this test's own
    assert frames
    for frame in frames:
        shown = {name: repr(one) for name, one in frame.f_locals.items() if one is not error}
        assert "s3cret" not in str(shown)


def test_text_and_xml() -> None:
    assert value({"200": text_response()}, 200, "text/plain; charset=latin-1", b"\xfc") == "ü"
    assert value({"200": text_response('Annotated[int, Format("text")]')}, 200, "text/plain", b"42\r\n") == 42
    assert value({"200": text_response("bool")}, 200, "text/plain", b"True\n") is True
    assert value({"200": xml_response()}, 200, "text/xml", b"<a/>") == "<a/>"
    with pytest.raises(DecodeError):
        value({"200": xml_response()}, 200, "application/json", b"{}")


def test_bytes() -> None:
    assert value({"200": binary_response(media_type="*/*")}, 200, "text/html", b"<p>") == b"<p>"
    assert value({"200": binary_response(media_type="audio/*")}, 200, "audio/mpeg", b"ID3") == b"ID3"
    assert value({"200": binary_response()}, 200, "application/json", b"{}") == b"{}"


@pytest.mark.parametrize("kind", ["text/html", "application/json", "application/problem+json"])
def test_a_message_is_not_the_file_that_was_promised(kind: str) -> None:
    with pytest.raises(DecodeError, match="where application/zip was promised"):
        table({"200": binary_response(media_type="application/zip")}).check(Came(200, kind, b""))


@pytest.mark.parametrize(
    ("kind", "expected"), [("text/csv", "a,b"), ("application/json", {"a": 1}), ("application/xml", "<a/>")]
)
def test_the_media_type_decides(kind: str, expected: object) -> None:
    responses: dict[str, tuple[ResponseSpec, ...]] = {
        "200": (json_response(), text_response(media_type="text/csv"), xml_response()),
    }
    content = {"text/csv": b"a,b", "application/json": b'{"a":1}', "application/xml": b"<a/>"}[kind]
    assert value(responses, 200, kind, content) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("text/csv", "a"), ("application/json", b"a"), ("text/plain", "a"), ("image/png", b"a")]
)
def test_the_narrower_range_goes_first(kind: str, expected: object) -> None:
    responses: dict[str, tuple[ResponseSpec, ...]] = {
        "200": (binary_response(media_type="*/*"), text_response(media_type="text/*")),
    }
    assert value(responses, 200, kind, b"a") == expected


def test_redirects_are_successes_only_where_the_spec_says_so() -> None:
    assert table({"302": empty_response()}).is_success(302)
    assert not table(JSON).is_success(302)
    assert not table({"404": json_response(), "default": json_response()}).is_success(404)


def test_decoders_are_not_hoarded() -> None:
    found = table(JSON)
    for number in range(100):
        assert found.value(Came(200, f"application/json; v={number}", b"1")) == 1


def test_plain_json_asks_no_codec() -> None:
    assert plain_json(Came(200, "application/json", b'{"a":1}')) == {"a": 1}


def test_a_page_is_not_the_body_that_may_be_missing() -> None:
    either: ResponseSpecs = {"200": (json_response("dict[str, str]"), empty_response()), "204": empty_response()}
    assert value(either, 200, "text/html", b"") is None
    assert value(either, 200, "application/json", b'{"a": "b"}') == {"a": "b"}
    with pytest.raises(DecodeError, match="came with text/html where application/json or nothing was promised"):
        value(either, 200, "text/html", b"<p>Something went wrong.")
