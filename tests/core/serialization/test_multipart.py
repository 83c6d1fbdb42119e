"""Multipart bodies: types, names, headers and encodings of parts."""

from __future__ import annotations

import datetime as dt
import email
import io
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.support.zoo import Plain
from xcaas_core import ArgumentError
from xcaas_core.operations._parameter import Body
from xcaas_core.sdk import Encoding, form_body, multipart_body
from xcaas_core.serialization._bodies import BodyWriter, Payload
from xcaas_core.testing._io import joined


def write_body(body: Body, value: object) -> Payload:
    return BodyWriter(body, "nowhere").write(value)


@pytest.mark.parametrize(
    ("media_types", "name", "media_type"),
    [
        ("image/*", "a.png", "image/png"),
        ("image/png, image/jpeg", "a.jpg", "image/jpeg"),
        ("image/png, image/jpeg", "a", "image/png"),
        ("image/*", "a.txt", "application/octet-stream"),
        ("image/*", "a", "application/octet-stream"),
        ("*/*", "a.txt", "text/plain"),
    ],
)
def test_file_names_determine_types_within_a_range(media_types: str, name: str, media_type: str) -> None:
    body = multipart_body(encoding={"a": Encoding(media_types)})
    values: list[tuple[object, str]] = [((name, b"x"), media_type), ((name, b"x", "image/gif"), "image/gif")]
    for value, expected in values:
        payload = write_body(body, {"a": value})
        assert payload.parts is not None
        assert [part[1][2] for part in payload.parts()] == [expected]


def test_lists_are_sent_as_parts_without_names() -> None:
    payload = write_body(multipart_body("multipart/mixed"), [{"a": 1}, "b", ("c.txt", b"c", "text/plain")])
    assert payload.media_type is not None
    assert isinstance(payload.content, bytes)
    message = email.message_from_bytes(b"Content-Type: " + payload.media_type.encode() + b"\n\n" + payload.content)
    parts = [(part.get_content_type(), part["content-disposition"]) for part in message.walk()][1:]
    assert parts == [
        ("application/json", None),
        ("text/plain", None),
        ("text/plain", 'attachment; filename="c.txt"'),
    ]
    with pytest.raises(ArgumentError, match="a form is made from"):
        write_body(multipart_body(), [{"a": 1}])


@pytest.mark.parametrize("media_type", ["multipart/form-data", "multipart/mixed"])
def test_parts_have_the_headers_of_the_spec(media_type: str) -> None:
    scale, styled = {"X-Scale": "2"}, {"X-Style": "s"}
    encoding = {"a": Encoding("text/csv", headers=scale), "b": Encoding(style="deepObject", headers=styled)}
    payload = write_body(multipart_body(media_type, encoding=encoding), {"a": b"x", "b": {"c": "d"}, "e": "f"})
    body = joined(payload.parts()) if payload.parts is not None else payload.content
    assert isinstance(body, bytes)
    heads = [part.partition(b"\r\n\r\n")[0] for part in body.split(b"--")]
    assert [b"X-Scale: 2" in head for head in heads if b"Content-Disposition" in head] == [True, False, False]
    assert [b"X-Style: s" in head for head in heads if b"Content-Disposition" in head] == [False, True, False]


def test_base64_parts_are_encoded() -> None:
    body = multipart_body(encoding={"a": Encoding(base64=True), "b": Encoding("image/png", base64=True)})
    payload = write_body(body, {"a": [b"\xff", io.BytesIO(b"x"), "AA=="], "b": ("b.png", b"y")})
    assert payload.parts is not None
    assert [part[1][:3] for part in payload.parts()] == [
        *((None, text, None) for text in (b"/w==", b"eA==", b"AA==")),
        ("b.png", b"eQ==", "image/png"),
    ]


@pytest.mark.parametrize("make", [multipart_body, form_body])
def test_forms_reject_empty_required_lists(make: Callable[..., Body]) -> None:
    writer = BodyWriter(make(annotation="_models.Needy"), "tests.support.unions")
    with pytest.raises(ArgumentError, match="sizes: an empty list cannot be sent"):
        writer.write({"id": "a", "sizes": []})
    writer.write({"id": "a", "sizes": [1], "others": []})


def test_parts_without_names_use_encodings_by_index() -> None:
    encoding = {"0": Encoding("application/vnd.a+json"), "1": Encoding("image/png"), "": Encoding("text/csv")}
    payload = write_body(multipart_body("multipart/mixed", encoding=encoding), [{"a": 1}, b"x", "b,c", "d"])
    assert isinstance(payload.content, bytes)
    kinds = [line.partition(": ")[2] for line in payload.content.decode().split("\r\n") if line.startswith("Content-T")]
    assert kinds == ["application/vnd.a+json", "image/png", "text/csv", "text/csv"]


def test_objects_are_rejected_as_xml() -> None:
    with pytest.raises(ArgumentError, match="a: text of application/xml is needed"):
        write_body(multipart_body(encoding={"a": Encoding("application/xml")}), {"a": {"b": 1}})


def test_form_fields_may_be_json() -> None:
    body = form_body(encoding={"a": Encoding("application/json"), "b": Encoding("application/json")})
    assert write_body(body, {"a": [1, 2], "b": "x"}).content == b"a=%5B1%2C2%5D&b=%22x%22"


MOMENT = dt.datetime.fromtimestamp(1_700_000_000, dt.UTC)


@pytest.mark.parametrize(
    "value",
    [
        {"key": UUID(int=7), "millis": MOMENT, "whole": None, "flag": True, "data": b"\xff", "own": [1]},
        Plain.from_dict({"own": [1]}).evolve(key=UUID(int=7), millis=MOMENT, flag=True, data=b"\xff"),
    ],
    ids=["a mapping", "a model"],
)
def test_fields_are_sent_as_json_and_files_unchanged(value: object) -> None:
    body = multipart_body(annotation="_models.Plain")
    payload = BodyWriter(body, "tests.support.unions").write(value)
    assert payload.parts is not None
    assert {name: content for name, (_, content, _, _) in payload.parts()} == {
        "key": str(UUID(int=7)).encode(),
        "millis": b"1700000000000",
        "flag": b"true",
        "own": b"1",
        "data": b"\xff",
    }
