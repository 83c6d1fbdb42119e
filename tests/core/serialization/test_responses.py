"""Decoding of responses: which response of the spec it is, and unexpected ones."""

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


class StubResponse:
    """A minimal response."""

    def __init__(self, status: int, kind: str | None, content: bytes) -> None:
        self.status = status
        self.content = content
        self.headers: Mapping[str, str] = {} if kind is None else {"content-type": kind}


def decoder_for(responses: ResponseSpecs) -> ResponseDecoder:
    operation: Operation[object] = Operation(PRODUCT, "x", "GET", "/x", call="shop.x", responses=responses)
    return ResponseDecoder(operation)


def decode(responses: ResponseSpecs, status: int, kind: str | None, content: bytes) -> object:
    decoder = decoder_for(responses)
    response = StubResponse(status, kind, content)
    result = decoder.value(response)
    assert decoder.value(response) == result  # the second time through the cache
    return result


JSON = {"200": json_response()}


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json;charset=UTF-8", "Application/JSON", "application/vnd.users.v1+json", None],
)
def test_json_media_types_are_decoded(kind: str | None) -> None:
    assert decode(JSON, 200, kind, b'{"a":1}') == {"a": 1}


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream"])
def test_json_with_a_generic_media_type_is_decoded(kind: str) -> None:
    assert decode(JSON, 200, kind, b"[1]") == [1]


def test_json_is_decoded_in_its_charset() -> None:
    assert decode(JSON, 200, "application/json; charset=ISO-8859-1", '"ü"'.encode("latin-1")) == "ü"
    assert decode(JSON, 200, "application/json; charset=klingon", '"ü"'.encode()) == "ü"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("application/json", {"any": 1}),
        ("application/json; version=1", [1]),
        ('application/JSON;charset=utf-8;version="2"', "2"),
        ("application/json; version=3", {"any": 1}),
    ],
)
def test_media_type_parameters_select_the_response(kind: str, expected: object) -> None:
    specs = (
        json_response("dict[str, int]"),
        json_response("list[int]", media_type="application/json; version=1"),
        json_response("str", media_type="application/json; version=2"),
    )
    assert decode({"200": specs}, 200, kind, json.dumps(expected).encode()) == expected


def test_html_raises_without_its_content() -> None:
    page = b"<html><title>Log in</title></html>"
    with pytest.raises(DecodeError, match=r"200 came with text/html where application/json was promised") as caught:
        decode(JSON, 200, "text/html; charset=utf-8", page)
    assert "Log in" not in str(caught.value)


def test_html_read_as_json_raises_with_advice() -> None:
    page = StubResponse(200, "text/html", b"<html>")
    with pytest.raises(DecodeError, match=r"type says text/html\)\. Something between here and the service"):
        plain_json(page)


@pytest.mark.parametrize("content", [b"<html>", b'{"a":', b"\xff\xfe\x00", b"[" * 100_000])
def test_invalid_json_raises_without_its_content(content: bytes) -> None:
    with pytest.raises(DecodeError, match=rf"a body of {len(content)} bytes that is not JSON"):
        decode(JSON, 200, "application/json", content)


def test_empty_bodies_raise_if_json_is_expected() -> None:
    with pytest.raises(DecodeError, match="empty body where application/json was promised"):
        decode(JSON, 200, "application/json", b"")


def test_other_success_statuses_are_decoded() -> None:
    assert decode(JSON, 201, "application/json", b"{}") == {}
    assert decode({"2XX": json_response(), "404": json_response()}, 206, "application/json", b"1") == 1
    assert decode({"default": json_response()}, 200, "application/json", b"1") == 1


def test_responses_without_content_are_none() -> None:
    assert decode({"204": empty_response()}, 204, None, b"") is None
    assert decode({"204": empty_response()}, 200, "text/plain", b"OK") is None
    assert decode({}, 200, "text/html", b"<p>") is None


def test_operations_may_respond_with_or_without_a_body() -> None:
    both = {"200": json_response("dict[str, str]"), "204": empty_response()}
    assert decode(both, 200, "application/json", b'{"a":"b"}') == {"a": "b"}
    assert decode(both, 204, None, b"") is None
    assert decode({"200": json_response("list[str]"), "204": empty_response()}, 204, None, b"") is None
    assert decode({"200": json_response(), "204": empty_response()}, 204, None, b"") is None
    assert decode({"200": text_response(), "204": empty_response()}, 204, None, b"") is None
    assert decode(JSON, 204, None, b"") is None


@pytest.mark.parametrize("kind", ["application/json", None])
def test_empty_bodies_raise_if_their_status_has_a_body(kind: str | None) -> None:
    both = {"200": json_response("dict[str, str]"), "204": empty_response()}
    with pytest.raises(DecodeError, match="200 came with an empty body where application/json was promised"):
        decode(both, 200, kind, b"")
    assert decode(both, 201, None, b"") is None


@pytest.mark.parametrize("status", [204, 205])
def test_204_and_205_have_no_body_in_a_range_with_one(status: int) -> None:
    assert decode({"2XX": json_response("UnknownModel | None")}, status, None, b"") is None
    assert decode({"2XX": json_response("list[UnknownModel]")}, status, None, b"") == []
    assert decode({"2XX": json_response("UnknownModel"), "202": empty_response()}, status, None, b"") is None
    for annotation in ("UnknownModel", "UnknownModel | str"):
        with pytest.raises(DecodeError, match=r"no body came where the spec promises one \(UnknownModel"):
            decode({"2XX": json_response(annotation)}, status, None, b"")


@pytest.mark.parametrize(
    ("method", "kind", "content"),
    [
        ("value", "application/json", b"{s3cret"),
        ("value", "application/json", b'{"a": "s3cret"}'),
        ("value", "text/html; key=s3cret", b"<p>"),
        ("check", "text/html; key=s3cret", b"<p>"),
        ("plain", "application/json", b"{s3cret"),
        ("plain", "text/html; key=s3cret", b"<p>"),
    ],
)
def test_tracebacks_do_not_contain_the_response(method: str, kind: str, content: bytes) -> None:
    decoder, response = decoder_for({"200": json_response("dict[str, int]")}), StubResponse(200, kind, content)
    readers = {"value": decoder.value, "check": decoder.check, "plain": plain_json}
    with pytest.raises(DecodeError) as caught:
        readers[method](response)
    error = caught.value
    assert error.__context__ is None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)][1:]  # without this test's own
    assert frames
    for frame in frames:
        local_reprs = {name: repr(value) for name, value in frame.f_locals.items() if value is not error}
        assert "s3cret" not in str(local_reprs)


def test_text_and_xml_are_decoded() -> None:
    assert decode({"200": text_response()}, 200, "text/plain; charset=latin-1", b"\xfc") == "ü"
    assert decode({"200": text_response('Annotated[int, Format("text")]')}, 200, "text/plain", b"42\r\n") == 42
    assert decode({"200": text_response("bool")}, 200, "text/plain", b"True\n") is True
    assert decode({"200": xml_response()}, 200, "text/xml", b"<a/>") == "<a/>"
    with pytest.raises(DecodeError):
        decode({"200": xml_response()}, 200, "application/json", b"{}")


def test_binary_responses_are_bytes() -> None:
    assert decode({"200": binary_response(media_type="*/*")}, 200, "text/html", b"<p>") == b"<p>"
    assert decode({"200": binary_response(media_type="audio/*")}, 200, "audio/mpeg", b"ID3") == b"ID3"
    assert decode({"200": binary_response()}, 200, "application/json", b"{}") == b"{}"


@pytest.mark.parametrize("kind", ["text/html", "application/json", "application/problem+json"])
def test_error_messages_are_rejected_as_files(kind: str) -> None:
    with pytest.raises(DecodeError, match="where application/zip was promised"):
        decoder_for({"200": binary_response(media_type="application/zip")}).check(StubResponse(200, kind, b""))


@pytest.mark.parametrize(
    ("kind", "expected"), [("text/csv", "a,b"), ("application/json", {"a": 1}), ("application/xml", "<a/>")]
)
def test_the_media_type_selects_the_response(kind: str, expected: object) -> None:
    responses: dict[str, tuple[ResponseSpec, ...]] = {
        "200": (json_response(), text_response(media_type="text/csv"), xml_response()),
    }
    content = {"text/csv": b"a,b", "application/json": b'{"a":1}', "application/xml": b"<a/>"}[kind]
    assert decode(responses, 200, kind, content) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("text/csv", "a"), ("application/json", b"a"), ("text/plain", "a"), ("image/png", b"a")]
)
def test_narrower_media_type_ranges_take_precedence(kind: str, expected: object) -> None:
    responses: dict[str, tuple[ResponseSpec, ...]] = {
        "200": (binary_response(media_type="*/*"), text_response(media_type="text/*")),
    }
    assert decode(responses, 200, kind, b"a") == expected


def test_redirects_are_successes_only_if_the_spec_lists_them() -> None:
    assert decoder_for({"302": empty_response()}).is_success(302)
    assert not decoder_for(JSON).is_success(302)
    assert not decoder_for({"404": json_response(), "default": json_response()}).is_success(404)


def test_many_content_types_are_decoded() -> None:
    decoder = decoder_for(JSON)
    for number in range(100):
        assert decoder.value(StubResponse(200, f"application/json; v={number}", b"1")) == 1


def test_plain_json_returns_json_values() -> None:
    assert plain_json(StubResponse(200, "application/json", b'{"a":1}')) == {"a": 1}


def test_html_is_rejected_where_the_body_is_optional() -> None:
    either: ResponseSpecs = {"200": (json_response("dict[str, str]"), empty_response()), "204": empty_response()}
    assert decode(either, 200, "text/html", b"") is None
    assert decode(either, 200, "application/json", b'{"a": "b"}') == {"a": "b"}
    with pytest.raises(DecodeError, match="came with text/html where application/json or nothing was promised"):
        decode(either, 200, "text/html", b"<p>Something went wrong.")
