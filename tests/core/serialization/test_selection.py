"""Which of several media types a body is sent as."""

from __future__ import annotations

import io

import pytest

from tests.support.payloads import payload
from tests.support.sample.models import StorageObject, Tag
from xcaas_core import ArgumentError
from xcaas_core.sdk import (
    Body,
    binary_body,
    bodies,
    form_body,
    json_body,
    multipart_body,
    text_body,
    xml_body,
)
from xcaas_core.serialization._bodies import BodyWriter


def test_the_type_of_value_selects_the_media_type() -> None:
    body = bodies(json_body(), form_body(), text_body(), binary_body("audio/mpeg"))
    assert payload(body, {"a": 1}).media_type == "application/json"
    assert payload(body, b"x").media_type == "audio/mpeg"
    assert payload(body, "x").media_type == "application/json"
    assert payload(bodies(form_body(), text_body()), "x").media_type == "text/plain; charset=utf-8"
    assert payload(bodies(text_body(), xml_body()), b"<a/>").media_type == "text/plain"


def test_media_type_ranges_accept_the_requested_type() -> None:
    body = bodies(binary_body("image/*"), binary_body(), text_body("text/*"))
    assert payload(body, b"x").media_type == "application/octet-stream"
    assert payload(body, b"x", "image/png").media_type == "image/png"
    assert payload(body, "x").media_type == "text/plain; charset=utf-8"
    with pytest.raises(ArgumentError, match=r"Choose one of image/\*, application/octet-stream, text/\*"):
        payload(body, b"x", "audio/mpeg")


def test_a_range_of_json_types_covers_what_the_caller_names() -> None:
    body = bodies(json_body(), json_body("application/*+json"))
    assert payload(body, {"a": 1}).media_type == "application/json"
    assert payload(body, {"a": 1}, "application/vnd.a+json").media_type == "application/vnd.a+json"
    with pytest.raises(ArgumentError, match=r"Choose one of application/json, application/\*\+json"):
        payload(body, {"a": 1}, "application/xml")


JSON_PATCH = json_body("application/json-patch+json", "list[JSONValue]")
MERGE_PATCH = json_body("application/merge-patch+json", "dict[str, JSONValue]")
STRATEGIC = json_body("application/strategic-merge-patch+json", "dict[str, JSONValue]")
OBJECT = json_body(annotation="dict[str, JSONValue]")
OBJECT_TOO = json_body("application/vnd.a+json", "dict[str, JSONValue]")
ROWS = json_body("application/vnd.rows+json", "list[dict[str, JSONValue]] | None")


@pytest.mark.parametrize(
    ("body", "value", "expected"),
    [
        (bodies(JSON_PATCH, MERGE_PATCH, STRATEGIC), {"a": 1}, "application/merge-patch+json"),
        (bodies(MERGE_PATCH, JSON_PATCH), [{"op": "remove"}], "application/json-patch+json"),
        (bodies(json_body("application/json-patch+json"), json_body()), {"a": 1}, "application/json"),
        (bodies(json_body("application/merge-patch+json"), json_body()), [1], "application/json"),
        (bodies(OBJECT, text_body()), "hello", "text/plain; charset=utf-8"),
        (bodies(json_body("text/plain", "dict[str, JSONValue]"), text_body()), "a", "text/plain; charset=utf-8"),
        (bodies(json_body("text/plain", "dict[str, JSONValue]"), text_body()), {"a": 1}, "text/plain"),
        (bodies(binary_body("text/csv"), text_body("text/csv")), "a", "text/csv; charset=utf-8"),
        (bodies(binary_body("text/csv"), text_body("text/csv")), b"a", "text/csv"),
        (bodies(json_body(annotation="float"), OBJECT_TOO), {"a": 1}, "application/vnd.a+json"),
        (bodies(json_body(annotation="bool"), json_body("application/vnd.n+json", "int")), 5, "application/vnd.n+json"),
        (bodies(json_body(annotation="list[str]"), ROWS), [{"a": 1}], "application/vnd.rows+json"),
        (bodies(json_body(annotation="list[str]"), ROWS), ["a"], "application/json"),
        (bodies(json_body(annotation="list[str]"), ROWS), [], "application/json"),
        (bodies(json_body(annotation="list[str]"), ROWS), None, "application/vnd.rows+json"),
        (bodies(OBJECT, xml_body()), "<a/>", "application/xml; charset=utf-8"),
        (bodies(xml_body(), text_body()), "a", "text/plain; charset=utf-8"),
        (bodies(xml_body(), text_body()), b"<a/>", "application/xml"),
        (bodies(OBJECT, text_body()), {"a": 1}, "application/json"),
        (bodies(json_body(annotation="list[int]"), form_body()), {"a": 1}, "application/x-www-form-urlencoded"),
        (bodies(json_body(annotation="list[int]"), form_body()), (1, 2), "application/json"),
        (bodies(OBJECT, form_body()), {"a": 1}, "application/json"),
        (bodies(text_body(), binary_body()), b"x", "application/octet-stream"),
        (bodies(OBJECT, multipart_body()), {"a": 1}, "application/json"),
        (bodies(OBJECT, multipart_body()), {"a": b"x"}, None),
        (bodies(OBJECT, form_body(), multipart_body()), {"a": ("name", b"x")}, None),
        (bodies(OBJECT, multipart_body()), {"a": [io.BytesIO(b"x")]}, None),
        (bodies(OBJECT, form_body()), {"a": b"x"}, "application/json"),
    ],
)
def test_the_value_selects_the_media_type(body: Body, value: object, expected: str | None) -> None:
    result = payload(body, value)
    assert result.media_type == expected
    assert (result.parts is None) is (expected is not None)


SAMPLE = "tests.support.sample"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"id": "o1"}, "application/json"),
        ({"key": "x"}, "application/x-www-form-urlencoded"),
        (StorageObject(id="o1"), "application/json"),
        (Tag(key="k", value="v"), "application/x-www-form-urlencoded"),
    ],
)
def test_models_and_fields_select_the_media_type(value: object, expected: str) -> None:
    body = bodies(json_body(annotation="_models.StorageObject"), form_body(annotation="_models.Tag"))
    assert BodyWriter(body, SAMPLE).write(value).media_type == expected


def test_callers_may_request_a_media_type() -> None:
    writer = BodyWriter(bodies(JSON_PATCH, MERGE_PATCH, STRATEGIC, binary_body("image/*")), "nowhere")
    assert writer.write({"a": 1}, STRATEGIC.media_type).media_type == STRATEGIC.media_type
    assert writer.write(b"x", "image/png").media_type == "image/png"
    with pytest.raises(ArgumentError, match=r"^content_type: 'text/csv' is not among") as caught:
        writer.write({"a": 1}, "text/csv")
    assert caught.value.advice is not None
    assert "application/merge-patch+json" in caught.value.advice


def test_values_that_fit_no_media_type_are_rejected() -> None:
    with pytest.raises(ArgumentError, match="was expected, not int"):
        payload(bodies(JSON_PATCH, MERGE_PATCH), 5)
