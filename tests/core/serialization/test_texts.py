"""Text bodies: charsets, lists as lines, and invalid values."""

from __future__ import annotations

import datetime as dt

import pytest

from xcaas_core import ArgumentError
from xcaas_core.sdk import Body, bodies, json_body, text_body, xml_body
from xcaas_core.serialization._bodies import BodyWriter


def content_of(body: Body, value: object) -> object:
    return BodyWriter(body, "nowhere").write(value).content


@pytest.mark.parametrize(
    ("body", "value", "expected"),
    [
        (text_body("text/plain; charset=ISO-8859-1"), "grün", "grün".encode("latin-1")),
        (json_body("application/json; charset=utf-16"), ["grün"], '["gr\\u00fcn"]'.encode("utf-16")),
        (json_body('application/json; charset="iso-8859-1"'), ["€"], b'["\\u20ac"]'),
        (json_body("application/json; charset=UTF-8"), ["€"], '["€"]'.encode()),
    ],
)
def test_bodies_are_encoded_in_the_charset_of_their_type(body: Body, value: object, expected: bytes) -> None:
    assert content_of(body, value) == expected


def test_text_outside_the_charset_is_rejected() -> None:
    with pytest.raises(ArgumentError, match="holds what latin-1 lacks"):
        content_of(text_body("text/plain; charset=ISO-8859-1"), "€")
    with pytest.raises(ArgumentError, match="holds what utf-8 lacks"):
        content_of(text_body(), "\ud800")


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/x-ndjson", b'{"a":1}\n[2]\n'),
        ("application/jsonl", b'{"a":1}\n[2]\n'),
        ("application/json-seq", b'\x1e{"a":1}\n\x1e[2]\n'),  # RFC 7464
        ("application/yaml", b'[{"a":1},[2]]'),  # JSON is valid YAML
    ],
)
def test_lists_are_sent_as_lines_in_line_formats(media_type: str, expected: bytes) -> None:
    assert content_of(text_body(media_type), [{"a": 1}, [2]]) == expected
    assert content_of(text_body(media_type), "as it is") == b"as it is"


def test_lists_select_the_line_format() -> None:
    body = bodies(json_body(annotation="dict[str, int]"), text_body("application/x-ndjson"))
    assert content_of(body, ({"a": 1}, {"b": 2})) == b'{"a":1}\n{"b":2}\n'
    assert content_of(body, {"a": 1}) == b'{"a":1}'
    assert content_of(bodies(text_body("application/x-ndjson"), json_body(annotation="list[int]")), [1]) == b"[1]"


def test_handwritten_multipart_gets_no_charset() -> None:
    payload = BodyWriter(text_body("multipart/mixed; boundary=x"), "nowhere").write("--x--")
    assert (payload.content, payload.media_type) == (b"--x--", "multipart/mixed; boundary=x")


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        ("Annotated[int, Format('text')]", 5, b"5"),
        ("Annotated[float, Format('text')]", 0.5, b"0.5"),
        ("_dt.datetime", dt.datetime(2024, 1, 2, tzinfo=dt.UTC), b"2024-01-02T00:00:00Z"),
        ("UUID", "as it is", b"as it is"),
        ("UUID", b"as it is", b"as it is"),
    ],
)
def test_formatted_values_are_sent_as_text(annotation: str, value: object, expected: bytes) -> None:
    assert content_of(text_body(annotation=annotation), value) == expected


def test_values_of_other_types_are_rejected() -> None:
    with pytest.raises(ArgumentError, match=r"^a datetime was expected, not int$"):
        content_of(text_body(annotation="_dt.datetime"), 5)


@pytest.mark.parametrize("value", [{"a": 1}, [1]])
@pytest.mark.parametrize("media_type", ["text/csv", "application/xml", "application/graphql"])
def test_lists_and_objects_are_rejected_as_other_text(media_type: str, value: object) -> None:
    body = xml_body(media_type) if "xml" in media_type else text_body(media_type)
    with pytest.raises(ArgumentError, match=f"^text of {media_type} is needed, not {type(value).__name__}$"):
        content_of(body, value)
