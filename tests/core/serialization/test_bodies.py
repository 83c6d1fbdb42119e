"""Request bodies: what goes out, and whether it could go out again."""

from __future__ import annotations

import email
import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.support.sample.models import StorageObject, Tag
from xcaas_core import ArgumentError
from xcaas_core.sdk import (
    Body,
    Encoding,
    binary_body,
    bodies,
    form_body,
    json_body,
    multipart_body,
    text_body,
    xml_body,
)
from xcaas_core.serialization._bodies import BodyWriter, EncodedBody, Payload


def payload(body: Body, value: object, media_type: str | None = None) -> Payload:
    return BodyWriter(body, "nowhere").write(value, media_type)


def sent(found: Payload) -> bytes:
    """The bytes that one attempt would send."""
    if not callable(found.content):
        return found.content or b""
    opened = found.content()
    assert isinstance(opened, Iterator)
    return b"".join(opened)


# --- JSON, text, XML ---------------------------------------------------------


def test_json() -> None:
    found = payload(json_body("application/vnd.users.v1+json"), {"ä": [1, None]})
    assert json.loads(sent(found)) == {"ä": [1, None]}
    assert found.media_type == "application/vnd.users.v1+json"
    assert found.replayable


def test_json_through_a_codec_and_past_it() -> None:
    assert sent(payload(json_body(annotation="list[int]"), (1, 2))) == b"[1,2]"
    assert sent(payload(json_body(annotation="list[int]"), EncodedBody({"page": 2}))) == b'{"page":2}'


def test_json_that_cannot_be() -> None:
    with pytest.raises(ArgumentError, match=r"^object cannot be sent"):
        payload(json_body(), {"a": object()})


def test_text_goes_out_as_utf8() -> None:
    found = payload(text_body(), "grün")
    assert (sent(found), found.media_type) == ("grün".encode(), "text/plain; charset=utf-8")
    assert payload(text_body("text/plain;charset=UTF-8"), "x").media_type == "text/plain;charset=UTF-8"
    assert sent(payload(text_body(), 5)) == b"5"


def test_xml_is_the_callers_text_or_bytes() -> None:
    assert sent(payload(xml_body(), "<a/>")) == b"<a/>"
    found = payload(xml_body(), b"<a/>")
    assert (sent(found), found.media_type) == (b"<a/>", "application/xml")


# --- forms -------------------------------------------------------------------


def form(value: object, **encoding: Encoding) -> list[tuple[str, str]]:
    found = payload(form_body(encoding=encoding), value)
    return parse_qsl(sent(found).decode(), keep_blank_values=True)


def test_forms() -> None:
    assert form({"a": "x y&z=+", "b": 5, "c": True, "d": None, "e": ""}) == [
        ("a", "x y&z=+"),
        ("b", "5"),
        ("c", "true"),
        ("e", ""),
    ]


def test_lists_and_objects_in_forms() -> None:
    assert form({"l": [1, 2]}) == [("l", "1"), ("l", "2")]
    assert form({"l": [1, 2]}, l=Encoding(explode=False)) == [("l", "1,2")]
    assert form({"l": ["a", "b"]}, l=Encoding(style="pipeDelimited", explode=False)) == [("l", "a|b")]
    assert form({"o": {"k": 1}}) == [("o", '{"k":1}')]
    assert form({"o": {"k": 1}}, o=Encoding(style="form")) == [("k", "1")]
    assert form({"o": {"k": 1, "l": 2}}, o=Encoding(style="form", explode=False)) == [("o", "k,1,l,2")]
    assert form({"o": {"k": {"l": 2}}}, o=Encoding(style="deepObject")) == [("o[k][l]", "2")]


def test_a_form_needs_names() -> None:
    with pytest.raises(ArgumentError, match="names to values"):
        form([1, 2])


# --- bytes ---------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "call.mp3"
    path.write_bytes(b"ID3" * 200_000)
    return path


@pytest.mark.parametrize("value", [b"abc", bytearray(b"abc"), memoryview(b"abc")])
def test_bytes(value: bytes) -> None:
    found = payload(binary_body("audio/mpeg"), value)
    assert (found.content, found.media_type, found.replayable) == (b"abc", "audio/mpeg", True)


def test_a_path_is_opened_for_each_attempt(file: Path) -> None:
    found = payload(binary_body(), file)
    assert found.replayable
    assert found.length == 600_000
    assert sent(found) == sent(found) == file.read_bytes()


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="cannot be read: No such file"):
        payload(binary_body(), tmp_path / "nothing")


def test_an_open_file_is_sent_from_where_it_stands() -> None:
    source = io.BytesIO(b"headbody")
    source.seek(4)
    found = payload(binary_body(), source)
    assert (found.length, found.replayable) == (4, True)
    assert sent(found) == sent(found) == b"body"


def test_a_file_open_for_text_is_refused(file: Path) -> None:
    with file.open() as source, pytest.raises(ArgumentError, match="open for text"):
        payload(binary_body(), source)


class Pipe(io.RawIOBase):
    """A source that cannot be read twice."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)


def test_a_closed_file_is_refused(file: Path) -> None:
    with file.open("rb") as source:
        pass
    for body, value in ((binary_body(), source), (multipart_body(), {"file": source})):
        with pytest.raises(ArgumentError, match="the file is closed"):
            payload(body, value)


@pytest.mark.parametrize("value", [Pipe(b"abc"), iter([b"a", b"bc"])])
def test_what_can_be_read_once_says_so(value: object) -> None:
    found = payload(binary_body(), value)
    assert not found.replayable
    assert found.length is None
    assert sent(found) == b"abc"


async def pieces() -> AsyncIterator[bytes]:
    yield b"abc"


def test_an_async_iterator() -> None:
    found = payload(binary_body(), pieces())
    assert not found.replayable
    assert callable(found.content)


@pytest.mark.parametrize("value", ["text", 5, {"a": b""}])
def test_what_holds_no_bytes(value: object) -> None:
    with pytest.raises(ArgumentError):
        sent(payload(binary_body(), value))


# --- several media types ---------------------------------------------------------


def test_what_is_handed_over_decides_the_media_type() -> None:
    body = bodies(json_body(), form_body(), text_body(), binary_body("audio/mpeg"))
    assert payload(body, {"a": 1}).media_type == "application/json"
    assert payload(body, b"x").media_type == "audio/mpeg"
    assert payload(body, "x").media_type == "application/json"
    assert payload(bodies(form_body(), text_body()), "x").media_type == "text/plain; charset=utf-8"
    assert payload(bodies(text_body(), xml_body()), b"<a/>").media_type == "text/plain"


def test_a_range_among_media_types_covers_what_the_caller_names() -> None:
    body = bodies(binary_body("image/*"), binary_body(), text_body("text/*"))
    assert payload(body, b"x").media_type == "application/octet-stream"
    assert payload(body, b"x", "image/png").media_type == "image/png"
    assert payload(body, "x").media_type == "text/plain; charset=utf-8"
    with pytest.raises(ArgumentError, match=r"Choose one of image/\*, application/octet-stream, text/\*"):
        payload(body, b"x", "audio/mpeg")


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
def test_the_value_tells_media_types_apart(body: Body, value: object, expected: str | None) -> None:
    found = payload(body, value)
    assert found.media_type == expected
    assert (found.parts is None) is (expected is not None)


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
def test_models_and_their_fields_tell_media_types_apart(value: object, expected: str) -> None:
    body = bodies(json_body(annotation="_models.StorageObject"), form_body(annotation="_models.Tag"))
    assert BodyWriter(body, SAMPLE).write(value).media_type == expected


def test_a_caller_may_name_the_media_type() -> None:
    writer = BodyWriter(bodies(JSON_PATCH, MERGE_PATCH, STRATEGIC, binary_body("image/*")), "nowhere")
    assert writer.write({"a": 1}, STRATEGIC.media_type).media_type == STRATEGIC.media_type
    assert writer.write(b"x", "image/png").media_type == "image/png"
    with pytest.raises(ArgumentError, match=r"^content_type: 'text/csv' is not among") as caught:
        writer.write({"a": 1}, "text/csv")
    assert caught.value.advice is not None
    assert "application/merge-patch+json" in caught.value.advice


def test_what_fits_nothing_is_refused() -> None:
    with pytest.raises(ArgumentError, match="was expected, not int"):
        payload(bodies(JSON_PATCH, MERGE_PATCH), 5)


# --- multipart -------------------------------------------------------------------


def test_parts(file: Path) -> None:
    source = io.BytesIO(b"..wav")
    source.seek(2)
    body = multipart_body(encoding={"meta": Encoding("application/json"), "n": Encoding("text/csv")})
    found = payload(
        body,
        {
            "audio": file,
            "more": [b"1", ("two.bin", b"2"), ("three.txt", source, "text/plain")],
            "meta": "five",
            "object": {"a": 1},
            "n": 5,
            "nothing": None,
        },
    )
    assert found.replayable
    assert found.parts is not None
    for _ in range(2):
        parts = [(name, filename, kind) for name, (filename, _, kind, _) in found.parts()]
        assert parts == [
            ("audio", "call.mp3", None),
            ("more", "more", None),
            ("more", "two.bin", None),
            ("more", "three.txt", "text/plain"),
            ("meta", None, "application/json"),
            ("object", None, "application/json"),
            ("n", None, "text/csv"),
        ]
        contents = [
            content if isinstance(content, bytes) else content.read() for _, (_, content, _, _) in found.parts()
        ]
        assert contents == [file.read_bytes(), b"1", b"2", b"wav", b'"five"', b'{"a":1}', b"5"]


def test_a_part_that_can_be_read_once_makes_the_form_so() -> None:
    found = payload(multipart_body(), {"a": b"1", "b": iter([b"x", b"yz"])})
    assert not found.replayable
    assert found.parts is not None
    source = found.parts()[1][1][1]
    assert not isinstance(source, bytes)
    assert (source.read(2), source.read()) == (b"xy", b"z")


def test_parts_have_the_length_that_libraries_ask_for(file: Path) -> None:
    found = payload(multipart_body(), {"a": file, "b": Pipe(b"x")})
    assert found.parts is not None
    known, unknown = (content for _, (_, content, _, _) in found.parts())
    assert not isinstance(known, bytes)
    assert not isinstance(unknown, bytes)
    assert known.seek(0, io.SEEK_END) == 600_000
    assert known.tell() == 600_000
    assert known.seek(-3, io.SEEK_CUR) == 599_997
    assert known.read() == b"ID3"
    with pytest.raises(io.UnsupportedOperation):
        unknown.tell()
    with pytest.raises(io.UnsupportedOperation):
        unknown.seek(0)
    assert unknown.read() == b"x"


@pytest.mark.parametrize("value", [{"a": pieces()}, "text"])
def test_what_cannot_be_a_part(value: object) -> None:
    with pytest.raises(ArgumentError):
        payload(multipart_body(), value)


# --- other kinds of multipart ------------------------------------------------------


def parsed(found: Payload) -> list[tuple[str, str | None, str, bytes]]:
    """Name, file name, type and content of each part, by the standard library's parser."""
    assert found.media_type is not None
    message = email.message_from_bytes(b"Content-Type: " + found.media_type.encode() + b"\r\n\r\n" + sent(found))
    parts: list[tuple[str, str | None, str, bytes]] = []
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            name = part.get_param("name", header="content-disposition")
            parts.append((str(name), part.get_filename(), part.get_content_type(), content))
    return parts


@pytest.mark.parametrize("subtype", ["mixed", "related", "x-mixed-replace"])
def test_other_kinds_of_multipart_are_sent_as_such(subtype: str, file: Path) -> None:
    body = multipart_body(
        f"multipart/{subtype}", encoding={"meta": Encoding("application/json"), "csv": Encoding("text/csv")}
    )
    fields = {"meta": {"a": 1}, "csv": "a,b", "note": "x", "file": ("a.bin", b"\x00\r\n"), "list": [1, 2]}
    found = payload(body, fields)
    assert found.media_type is not None
    assert found.media_type.startswith(f"multipart/{subtype}; boundary=")
    assert parsed(found) == [
        ("meta", None, "application/json", b'{"a":1}'),
        ("csv", None, "text/csv", b"a,b"),
        ("note", None, "text/plain", b"x"),
        ("file", "a.bin", "application/octet-stream", b"\x00\r\n"),
        ("list", None, "text/plain", b"1"),
        ("list", None, "text/plain", b"2"),
    ]
    large = payload(body, {"meta": {"a": 1}, "file": file})
    assert large.replayable
    assert parsed(large) == parsed(large)
    assert parsed(large)[1][3] == file.read_bytes()
    assert not payload(body, {"file": iter([b"x"])}).replayable


def test_a_part_has_one_type_of_those_that_the_spec_lists() -> None:
    body = multipart_body(encoding={"a": Encoding("image/*, image/png, image/jpeg"), "b": Encoding("image/*")})
    found = payload(body, {"a": b"x", "b": b"y"})
    assert found.parts is not None
    assert [kind for _, (_, _, kind, _) in found.parts()] == ["image/png", "application/octet-stream"]
