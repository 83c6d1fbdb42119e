"""Request bodies: what goes out, and whether it could go out again."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

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
from xcaas_core.serialization._bodies import compile_body
from xcaas_core.serialization._payload import EncodedBody, Payload


def payload(body: Body, value: object) -> Payload:
    return compile_body(body, "nowhere")(value)


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


@pytest.mark.parametrize("value", [Pipe(b"abc"), iter([b"a", b"bc"])])
def test_what_can_be_read_once_says_so(value: object) -> None:
    found = payload(binary_body(), value)
    assert not found.replayable
    assert found.length is None
    assert sent(found) == b"abc"


def test_an_iterable_starts_over() -> None:
    pieces: Iterable[bytes] = [b"a", b"bc"]
    found = payload(binary_body(), pieces)
    assert found.replayable
    assert sent(found) == sent(found) == b"abc"


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
        parts = [(name, filename, kind) for name, (filename, _, kind) in found.parts()]
        assert parts == [
            ("audio", "call.mp3", None),
            ("more", "more", None),
            ("more", "two.bin", None),
            ("more", "three.txt", "text/plain"),
            ("meta", None, "application/json"),
            ("object", None, "application/json"),
            ("n", None, "text/csv"),
        ]
        contents = [content if isinstance(content, bytes) else content.read() for _, (_, content, _) in found.parts()]
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
    known, unknown = (content for _, (_, content, _) in found.parts())
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
