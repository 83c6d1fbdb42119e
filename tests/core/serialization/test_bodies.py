"""Request bodies: encoding, media types, and whether they can be replayed."""

from __future__ import annotations

import email
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.support.payloads import content_of, payload
from xcaas_core import ArgumentError
from xcaas_core.sdk import (
    Encoding,
    binary_body,
    form_body,
    json_body,
    multipart_body,
    text_body,
    xml_body,
)
from xcaas_core.serialization._bodies import EncodedBody, Payload

# --- JSON, text, XML ---------------------------------------------------------


def test_json_bodies_are_encoded() -> None:
    result = payload(json_body("application/vnd.users.v1+json"), {"ä": [1, None]})
    assert json.loads(content_of(result)) == {"ä": [1, None]}
    assert result.media_type == "application/vnd.users.v1+json"
    assert result.replayable


def test_json_uses_the_codec_unless_already_encoded() -> None:
    assert content_of(payload(json_body(annotation="list[int]"), (1, 2))) == b"[1,2]"
    assert content_of(payload(json_body(annotation="list[int]"), EncodedBody({"page": 2}))) == b'{"page":2}'


def test_values_without_json_raise() -> None:
    with pytest.raises(ArgumentError, match=r"^object cannot be sent"):
        payload(json_body(), {"a": object()})


def test_text_is_encoded_as_utf8() -> None:
    result = payload(text_body(), "grün")
    assert (content_of(result), result.media_type) == ("grün".encode(), "text/plain; charset=utf-8")
    assert payload(text_body("text/plain;charset=UTF-8"), "x").media_type == "text/plain;charset=UTF-8"
    assert content_of(payload(text_body(), 5)) == b"5"


def test_xml_accepts_text_and_bytes() -> None:
    assert content_of(payload(xml_body(), "<a/>")) == b"<a/>"
    result = payload(xml_body(), b"<a/>")
    assert (content_of(result), result.media_type) == (b"<a/>", "application/xml")


# --- forms -------------------------------------------------------------------


def form(value: object, **encoding: Encoding) -> list[tuple[str, str]]:
    encoded = payload(form_body(encoding=encoding), value)
    return parse_qsl(content_of(encoded).decode(), keep_blank_values=True)


def test_form_values_are_percent_encoded() -> None:
    assert form({"a": "x y&z=+", "b": 5, "c": True, "d": None, "e": ""}) == [
        ("a", "x y&z=+"),
        ("b", "5"),
        ("c", "true"),
        ("e", ""),
    ]


def test_forms_encode_lists_and_objects_by_style() -> None:
    assert form({"l": [1, 2]}) == [("l", "1"), ("l", "2")]
    assert form({"l": [1, 2]}, l=Encoding(explode=False)) == [("l", "1,2")]
    assert form({"l": ["a", "b"]}, l=Encoding(style="pipeDelimited", explode=False)) == [("l", "a|b")]
    assert form({"o": {"k": 1}}) == [("o", '{"k":1}')]
    assert form({"o": {"k": 1}}, o=Encoding(style="form")) == [("k", "1")]
    assert form({"o": {"k": 1, "l": 2}}, o=Encoding(style="form", explode=False)) == [("o", "k,1,l,2")]
    assert form({"o": {"k": {"l": 2}}}, o=Encoding(style="deepObject")) == [("o[k][l]", "2")]


def test_forms_reject_lists() -> None:
    with pytest.raises(ArgumentError, match="names to values"):
        form([1, 2])


# --- bytes ---------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "call.mp3"
    path.write_bytes(b"ID3" * 200_000)
    return path


@pytest.mark.parametrize("value", [b"abc", bytearray(b"abc"), memoryview(b"abc")])
def test_bytes_are_sent_unchanged(value: bytes) -> None:
    result = payload(binary_body("audio/mpeg"), value)
    assert (result.content, result.media_type, result.replayable) == (b"abc", "audio/mpeg", True)


def test_paths_are_opened_for_each_attempt(file: Path) -> None:
    result = payload(binary_body(), file)
    assert result.replayable
    assert result.length == 600_000
    assert content_of(result) == content_of(result) == file.read_bytes()


def test_missing_files_raise(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="cannot be read: No such file"):
        payload(binary_body(), tmp_path / "nothing")


def test_open_files_are_sent_from_their_position() -> None:
    source = io.BytesIO(b"headbody")
    source.seek(4)
    result = payload(binary_body(), source)
    assert (result.length, result.replayable) == (4, True)
    assert content_of(result) == content_of(result) == b"body"


def test_files_open_for_text_are_rejected(file: Path) -> None:
    with file.open() as source, pytest.raises(ArgumentError, match="open for text"):
        payload(binary_body(), source)


class NonSeekable(io.RawIOBase):
    """A file that can be read only once."""

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


@pytest.mark.parametrize("value", [NonSeekable(b"abc"), iter([b"a", b"bc"])])
def test_sources_that_can_be_read_once_are_not_replayable(value: object) -> None:
    result = payload(binary_body(), value)
    assert not result.replayable
    assert result.length is None
    assert content_of(result) == b"abc"


async def async_chunks() -> AsyncIterator[bytes]:
    yield b"abc"


def test_async_iterators_are_not_replayable() -> None:
    result = payload(binary_body(), async_chunks())
    assert not result.replayable
    assert callable(result.content)


@pytest.mark.parametrize("value", ["text", 5, {"a": b""}])
def test_values_other_than_bytes_are_rejected(value: object) -> None:
    with pytest.raises(ArgumentError):
        content_of(payload(binary_body(), value))


# --- multipart -------------------------------------------------------------------


def test_parts_have_file_names_types_and_content(file: Path) -> None:
    source = io.BytesIO(b"..wav")
    source.seek(2)
    body = multipart_body(encoding={"meta": Encoding("application/json"), "n": Encoding("text/csv")})
    result = payload(
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
    assert result.replayable
    assert result.parts is not None
    for _ in range(2):
        parts = [(name, filename, kind) for name, (filename, _, kind, _) in result.parts()]
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
            content if isinstance(content, bytes) else content.read() for _, (_, content, _, _) in result.parts()
        ]
        assert contents == [file.read_bytes(), b"1", b"2", b"wav", b'"five"', b'{"a":1}', b"5"]


def test_forms_with_a_part_read_once_are_not_replayable() -> None:
    result = payload(multipart_body(), {"a": b"1", "b": iter([b"x", b"yz"])})
    assert not result.replayable
    assert result.parts is not None
    source = result.parts()[1][1][1]
    assert not isinstance(source, bytes)
    assert (source.read(2), source.read()) == (b"xy", b"z")


def test_parts_are_seekable_if_their_source_is(file: Path) -> None:
    result = payload(multipart_body(), {"a": file, "b": NonSeekable(b"x")})
    assert result.parts is not None
    known, unknown = (content for _, (_, content, _, _) in result.parts())
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


@pytest.mark.parametrize("value", [{"a": async_chunks()}, "text"])
def test_unsupported_parts_are_rejected(value: object) -> None:
    with pytest.raises(ArgumentError):
        payload(multipart_body(), value)


# --- other kinds of multipart ------------------------------------------------------


def parsed_parts(payload: Payload) -> list[tuple[str, str | None, str, bytes]]:
    """Parse a payload with the standard library: name, file name, type and content of each part."""
    assert payload.media_type is not None
    message = email.message_from_bytes(
        b"Content-Type: " + payload.media_type.encode() + b"\r\n\r\n" + content_of(payload)
    )
    parts: list[tuple[str, str | None, str, bytes]] = []
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            name = part.get_param("name", header="content-disposition")
            parts.append((str(name), part.get_filename(), part.get_content_type(), content))
    return parts


@pytest.mark.parametrize("subtype", ["mixed", "related", "x-mixed-replace"])
def test_other_multipart_subtypes_are_encoded(subtype: str, file: Path) -> None:
    body = multipart_body(
        f"multipart/{subtype}", encoding={"meta": Encoding("application/json"), "csv": Encoding("text/csv")}
    )
    fields = {"meta": {"a": 1}, "csv": "a,b", "note": "x", "file": ("a.bin", b"\x00\r\n"), "list": [1, 2]}
    encoded = payload(body, fields)
    assert encoded.media_type is not None
    assert encoded.media_type.startswith(f"multipart/{subtype}; boundary=")
    assert parsed_parts(encoded) == [
        ("meta", None, "application/json", b'{"a":1}'),
        ("csv", None, "text/csv", b"a,b"),
        ("note", None, "text/plain", b"x"),
        ("file", "a.bin", "application/octet-stream", b"\x00\r\n"),
        ("list", None, "text/plain", b"1"),
        ("list", None, "text/plain", b"2"),
    ]
    large = payload(body, {"meta": {"a": 1}, "file": file})
    assert large.replayable
    assert parsed_parts(large) == parsed_parts(large)
    assert parsed_parts(large)[1][3] == file.read_bytes()
    assert not payload(body, {"file": iter([b"x"])}).replayable


def test_parts_get_a_concrete_type_of_the_spec() -> None:
    body = multipart_body(encoding={"a": Encoding("image/*, image/png, image/jpeg"), "b": Encoding("image/*")})
    result = payload(body, {"a": b"x", "b": b"y"})
    assert result.parts is not None
    assert [kind for _, (_, _, kind, _) in result.parts()] == ["image/png", "application/octet-stream"]
