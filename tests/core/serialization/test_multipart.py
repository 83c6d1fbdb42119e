"""Forms: parts whose type a file's name tells, parts without names, and what a form cannot say."""

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


def written(body: Body, value: object) -> Payload:
    return BodyWriter(body, "nowhere").write(value)


@pytest.mark.parametrize(
    ("listed", "name", "kind"),
    [
        ("image/*", "a.png", "image/png"),
        ("image/png, image/jpeg", "a.jpg", "image/jpeg"),
        ("image/png, image/jpeg", "a", "image/png"),
        ("image/*", "a.txt", "application/octet-stream"),
        ("image/*", "a", "application/octet-stream"),
        ("*/*", "a.txt", "text/plain"),
    ],
)
def test_the_name_of_a_file_tells_its_type_within_a_range(listed: str, name: str, kind: str) -> None:
    body = multipart_body(encoding={"a": Encoding(listed)})
    values: list[tuple[object, str]] = [((name, b"x"), kind), ((name, b"x", "image/gif"), "image/gif")]
    for value, expected in values:
        found = written(body, {"a": value})
        assert found.parts is not None
        assert [part[1][2] for part in found.parts()] == [expected]


def test_a_list_is_parts_without_names() -> None:
    found = written(multipart_body("multipart/mixed"), [{"a": 1}, "b", ("c.txt", b"c", "text/plain")])
    assert found.media_type is not None
    assert isinstance(found.content, bytes)
    message = email.message_from_bytes(b"Content-Type: " + found.media_type.encode() + b"\n\n" + found.content)
    parts = [(part.get_content_type(), part["content-disposition"]) for part in message.walk()][1:]
    assert parts == [
        ("application/json", None),
        ("text/plain", None),
        ("text/plain", 'attachment; filename="c.txt"'),
    ]
    with pytest.raises(ArgumentError, match="a form is made from"):
        written(multipart_body(), [{"a": 1}])


@pytest.mark.parametrize("media_type", ["multipart/form-data", "multipart/mixed"])
def test_a_part_has_the_headers_that_the_spec_fixes(media_type: str) -> None:
    scale, styled = {"X-Scale": "2"}, {"X-Style": "s"}
    encoding = {"a": Encoding("text/csv", headers=scale), "b": Encoding(style="deepObject", headers=styled)}
    found = written(multipart_body(media_type, encoding=encoding), {"a": b"x", "b": {"c": "d"}, "e": "f"})
    body = joined(found.parts()) if found.parts is not None else found.content
    assert isinstance(body, bytes)
    heads = [part.partition(b"\r\n\r\n")[0] for part in body.split(b"--")]
    assert [b"X-Scale: 2" in head for head in heads if b"Content-Disposition" in head] == [True, False, False]
    assert [b"X-Style: s" in head for head in heads if b"Content-Disposition" in head] == [False, True, False]


def test_bytes_of_an_encoded_part_are_base64() -> None:
    body = multipart_body(encoding={"a": Encoding(base64=True), "b": Encoding("image/png", base64=True)})
    found = written(body, {"a": [b"\xff", io.BytesIO(b"x"), "AA=="], "b": ("b.png", b"y")})
    assert found.parts is not None
    assert [part[1][:3] for part in found.parts()] == [
        *((None, text, None) for text in (b"/w==", b"eA==", b"AA==")),
        ("b.png", b"eQ==", "image/png"),
    ]


@pytest.mark.parametrize("make", [multipart_body, form_body])
def test_a_form_has_no_empty_lists(make: Callable[..., Body]) -> None:
    writer = BodyWriter(make(annotation="_models.Needy"), "tests.support.unions")
    with pytest.raises(ArgumentError, match="sizes: an empty list cannot be sent"):
        writer.write({"id": "a", "sizes": []})
    writer.write({"id": "a", "sizes": [1], "others": []})


def test_parts_without_names_are_encoded_by_their_number() -> None:
    encoding = {"0": Encoding("application/vnd.a+json"), "1": Encoding("image/png"), "": Encoding("text/csv")}
    found = written(multipart_body("multipart/mixed", encoding=encoding), [{"a": 1}, b"x", "b,c", "d"])
    assert isinstance(found.content, bytes)
    kinds = [line.partition(": ")[2] for line in found.content.decode().split("\r\n") if line.startswith("Content-T")]
    assert kinds == ["application/vnd.a+json", "image/png", "text/csv", "text/csv"]


def test_an_object_is_no_xml() -> None:
    with pytest.raises(ArgumentError, match="a: text of application/xml is needed"):
        written(multipart_body(encoding={"a": Encoding("application/xml")}), {"a": {"b": 1}})


def test_json_in_a_form() -> None:
    body = form_body(encoding={"a": Encoding("application/json"), "b": Encoding("application/json")})
    assert written(body, {"a": [1, 2], "b": "x"}).content == b"a=%5B1%2C2%5D&b=%22x%22"


MOMENT = dt.datetime.fromtimestamp(1_700_000_000, dt.UTC)


@pytest.mark.parametrize(
    "value",
    [
        {"key": UUID(int=7), "millis": MOMENT, "whole": None, "flag": True, "data": b"\xff", "own": [1]},
        Plain.from_dict({"own": [1]}).evolve(key=UUID(int=7), millis=MOMENT, flag=True, data=b"\xff"),
    ],
    ids=["a mapping", "a model"],
)
def test_members_travel_as_in_json_and_files_as_they_are(value: object) -> None:
    body = multipart_body(annotation="_models.Plain")
    found = BodyWriter(body, "tests.support.unions").write(value)
    assert found.parts is not None
    assert {name: content for name, (_, content, _, _) in found.parts()} == {
        "key": str(UUID(int=7)).encode(),
        "millis": b"1700000000000",
        "flag": b"true",
        "own": b"1",
        "data": b"\xff",
    }
