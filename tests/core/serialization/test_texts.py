"""Bodies of text: their charset, a line for each element of a list, and what is no text."""

from __future__ import annotations

import pytest

from xcaas_core import ArgumentError
from xcaas_core.sdk import Body, json_body, text_body, xml_body
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


@pytest.mark.parametrize("value", [{"a": 1}, [1]])
@pytest.mark.parametrize("media_type", ["text/csv", "application/xml", "application/graphql"])
def test_json_is_not_sent_as_text_of_another_format(media_type: str, value: object) -> None:
    body = xml_body(media_type) if "xml" in media_type else text_body(media_type)
    with pytest.raises(ArgumentError, match=f"^text of {media_type} is needed, not {type(value).__name__}$"):
        sent(body, value)
