"""Bodies of text: their charset, a line for each element of a list, and what is no text."""

from __future__ import annotations

import datetime as dt

import pytest

from xcaas_core import ArgumentError
from xcaas_core.sdk import Body, bodies, json_body, text_body, xml_body
from xcaas_core.serialization._bodies import BodyWriter


def sent(body: Body, value: object) -> object:
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
def test_a_body_is_in_the_charset_that_its_type_names(body: Body, value: object, expected: bytes) -> None:
    assert sent(body, value) == expected


def test_text_that_the_charset_lacks_is_refused() -> None:
    with pytest.raises(ArgumentError, match="holds what latin-1 lacks"):
        sent(text_body("text/plain; charset=ISO-8859-1"), "€")
    with pytest.raises(ArgumentError, match="holds what utf-8 lacks"):
        sent(text_body(), "\ud800")


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/x-ndjson", b'{"a":1}\n[2]\n'),
        ("application/jsonl", b'{"a":1}\n[2]\n'),
        ("application/json-seq", b'\x1e{"a":1}\n\x1e[2]\n'),  # RFC 7464
        ("application/yaml", b'[{"a":1},[2]]'),  # YAML holds JSON
    ],
)
def test_a_list_is_a_line_for_each_where_the_type_has_lines(media_type: str, expected: bytes) -> None:
    assert sent(text_body(media_type), [{"a": 1}, [2]]) == expected
    assert sent(text_body(media_type), "as it is") == b"as it is"


def test_a_list_selects_the_type_that_has_lines() -> None:
    body = bodies(json_body(annotation="dict[str, int]"), text_body("application/x-ndjson"))
    assert sent(body, ({"a": 1}, {"b": 2})) == b'{"a":1}\n{"b":2}\n'
    assert sent(body, {"a": 1}) == b'{"a":1}'
    assert sent(bodies(text_body("application/x-ndjson"), json_body(annotation="list[int]")), [1]) == b"[1]"


def test_parts_that_the_caller_wrote_have_no_charset() -> None:
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
def test_a_value_of_a_format_is_its_text(annotation: str, value: object, expected: bytes) -> None:
    assert sent(text_body(annotation=annotation), value) == expected


def test_a_value_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"^a datetime was expected, not int$"):
        sent(text_body(annotation="_dt.datetime"), 5)


@pytest.mark.parametrize("value", [{"a": 1}, [1]])
@pytest.mark.parametrize("media_type", ["text/csv", "application/xml", "application/graphql"])
def test_json_is_not_sent_as_text_of_another_format(media_type: str, value: object) -> None:
    body = xml_body(media_type) if "xml" in media_type else text_body(media_type)
    with pytest.raises(ArgumentError, match=f"^text of {media_type} is needed, not {type(value).__name__}$"):
        sent(body, value)
