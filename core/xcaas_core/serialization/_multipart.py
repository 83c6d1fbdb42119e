"""Multipart bodies: which parts a form has. The boundary is the HTTP library's own."""

from __future__ import annotations

import base64
import io
import mimetypes
import os
from collections.abc import Iterable, Iterator, Mapping
from secrets import token_hex
from typing import IO, Final, cast

from .._checks import is_list, is_mapping, is_object
from .._errors import ArgumentError
from .._json import dumps
from ..http._media_types import holds_no_objects, matches
from ..models._model import Model
from ..operations._parameter import Body, Encoding
from ..sansio._messages import Part
from ._binary_body import (
    CHUNK,
    check_piece,
    file_length,
    has_files,
    is_binary,
    is_bytes,
    is_iterator,
    is_named_file,
    is_open_file,
    is_path,
    size_of_path,
)
from ._bodies import EncodedBody, Payload
from ._codecs import Codec
from ._form_body import form_pairs, sendable
from ._parameters import plain
from ._styles import text_of

__all__ = ["form_payload", "parted_payload"]

_JSON: Final = "application/json"


def form_payload(value: object, codec: Codec | None, body: Body) -> Payload:
    """Return a payload whose parts are opened afresh for each attempt.

    Files are bytes, a path, an open file, an iterator of bytes, or a tuple of file name and one of
    these, and perhaps a content type. A list makes one part per member. Objects travel as JSON.
    """
    sources = _all_sources(_members(value, codec), body.encoding)
    if not sources:
        # The HTTP library sends no body at all then, and so no content type.
        boundary = token_hex(16)
        return Payload(f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")
    # Every part must be able to start over, or none of the body can.
    replayable = all(source.replayable for source in sources)
    return Payload(None, None, parts=lambda: [source.part() for source in sources], replayable=replayable)


def parted_payload(value: object, codec: Codec | None, body: Body) -> Payload:
    """Return a payload of another kind than form-data (RFC 2046): the same parts, written here with a boundary."""
    boundary = os.urandom(16).hex()
    whole = f'{body.media_type}; boundary="{boundary}"'
    # A list is parts without names, which a form does not have.
    sources = _all_sources({"": value} if is_list(value) else _members(value, codec), body.encoding)
    if all(isinstance(source.content, bytes) for source in sources):
        return Payload(b"".join(_written([source.part() for source in sources], boundary)), whole)
    replayable = all(source.replayable for source in sources)
    return Payload(lambda: _written([source.part() for source in sources], boundary), whole, replayable=replayable)


def _written(parts: list[Part], boundary: str) -> Iterator[bytes]:
    for name, (filename, content, media_type, headers) in parts:
        disposition = f'form-data; name="{_quoted(name)}"' if name else "attachment"
        if filename:
            disposition += f'; filename="{_quoted(filename)}"'
        kind = media_type or ("text/plain; charset=utf-8" if filename is None else "application/octet-stream")
        told = f"Content-Disposition: {disposition}\r\n" if name or filename else ""
        own = "".join([f"{header}: {value}\r\n" for header, value in headers.items()])
        yield f"--{boundary}\r\n{told}Content-Type: {kind}\r\n{own}\r\n".encode()
        if isinstance(content, bytes):
            yield content
        else:
            while data := content.read(CHUNK):
                yield data
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _quoted(text: str) -> str:
    """Return a name within quotes, as browsers write it (WHATWG, multipart/form-data)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _members(value: object, codec: Codec | None) -> Mapping[str, object]:
    """Return the members of a form: files as they are, and the others as in JSON."""
    if isinstance(value, EncodedBody):
        value = value.value
    files: dict[str, object] = {}
    if isinstance(value, Model):
        held = {field.name: (field.wire, field.value(value)) for field in value.__layout__().fields}
        files = {wire: member for wire, member in held.values() if _is_file(member)}
        value = value.evolve(**{name: None for name, (wire, _) in held.items() if wire in files}).to_dict()
    elif is_mapping(value):
        files = {str(name): member for name, member in value.items() if _is_file(member)}
        rest = {str(name): None if str(name) in files else member for name, member in value.items()}
        value = rest if codec is None else codec.encode(rest)
    else:
        value = plain(value)
    if not is_mapping(value):
        raise ArgumentError("a form is made from a model or a mapping of names to values")
    return sendable({**value, **files}, codec)


def _is_file(value: object) -> bool:
    return any(is_binary(member) or is_named_file(member) for member in _repeated(value))


def _all_sources(fields: Mapping[str, object], encoding: Mapping[str, Encoding]) -> list[_Source]:
    if list(fields) == [""]:  # parts without names, whose encodings go by number
        rest = encoding.get("")
        listed = enumerate(_repeated(fields[""]))
        return [_Source("", value, encoding.get(str(at), rest)) for at, value in listed if value is not None]
    return [source for name, value in fields.items() for source in _sources(name, value, encoding.get(name))]


def _sources(name: str, value: object, encoding: Encoding | None) -> list[_Source]:
    """Return where the parts of one property come from."""
    if (
        encoding is not None
        and (encoding.style is not None or encoding.explode is not None)
        and not has_files((value,))
    ):
        pairs = form_pairs(name, plain(value), encoding, str)
        return [_Source(part, text, Encoding(headers=encoding.headers)) for part, text in pairs]
    return [_Source(name, member, encoding) for member in _repeated(value) if member is not None]


def _repeated(value: object) -> Iterable[object]:
    if is_named_file(value) or not isinstance(value, list | set | frozenset | tuple):
        return (value,)
    return cast("Iterable[object]", value)


def _concrete(listed: list[str]) -> str | None:
    """Return the first of several types that can be sent, which ranges cannot."""
    return next((each for each in listed if each and "*" not in each), None)


def _type_of_file(filename: str, listed: list[str]) -> str | None:
    """Return the type that a file's name stands for, if it is among those that the spec lists."""
    guessed, _ = mimetypes.guess_type(filename)
    return guessed if guessed and any(matches(each, guessed) for each in listed) else None


class _Source:
    """Where the content of one part comes from."""

    __slots__ = ("content", "filename", "headers", "media_type", "name", "replayable")

    def __init__(self, name: str, value: object, encoding: Encoding | None) -> None:
        self.name = name
        listed: list[str] = []
        if encoding is not None and encoding.content_type is not None:
            listed = [each.strip() for each in encoding.content_type.split(",")]
        self.headers: Mapping[str, str] = {} if encoding is None else encoding.headers
        self.media_type = _concrete(listed)
        self.filename: str | None = None
        told: str | None = None
        if is_named_file(value):
            self.filename, value, *rest = cast("tuple[str, object, str | None]", value)
            told = rest[0] if rest else None
        if encoding is not None and encoding.base64 and is_binary(value):
            content = bytes(value) if is_bytes(value) else _Window(value).read()
            self.content: bytes | _Window = base64.b64encode(content)
            self.media_type = told or self.media_type
        elif is_binary(value):
            self.content = self._open(value)
            # Without a word of the spec it is the HTTP library that guesses.
            guessed = _type_of_file(self.filename or "", listed) or self.media_type if listed else None
            self.media_type = told or guessed or ("application/octet-stream" if listed else None)
        else:
            self.content = self._field(plain(value))
        self.replayable = isinstance(self.content, bytes) or self.content.replayable

    def _open(self, value: object) -> bytes | _Window:
        opened = bytes(value) if is_bytes(value) else _Window(value)
        if self.filename is None:
            # Without a file name servers take a part for a plain field.
            self.filename = (None if isinstance(opened, bytes) else opened.filename) or self.name
        return opened

    def _field(self, value: object) -> bytes:
        if is_object(value) or is_list(value) or (self.media_type is not None and "json" in self.media_type):
            self.media_type = self.media_type or _JSON
            if holds_no_objects(self.media_type):
                raise ArgumentError(f"{self.name}: text of {self.media_type} is needed, not an object or a list")
            return dumps(value)
        return text_of(value).encode()

    def part(self) -> Part:
        if isinstance(self.content, bytes):
            return (self.name, (self.filename, self.content, self.media_type, dict(self.headers)))
        if self.replayable:
            self.content.seek(0)
        return (self.name, (self.filename, cast("IO[bytes]", self.content), self.media_type, dict(self.headers)))


class _Window:
    """A file-like view of a path, an open file or an iterator that begins where the source stands.

    HTTP libraries rewind what they send; this rewinds to where the caller's file stood. A path is
    opened for the first read, and closed at its end.
    """

    def __init__(self, source: object) -> None:
        self.filename: str | None = None
        self.replayable = True
        self._path: os.PathLike[str] | None = None
        self._file: IO[bytes] | None = None
        self._chunks: Iterator[bytes] | None = None
        self._rest = b""
        self._start = 0
        self._length: int | None = None
        self._at = 0
        if is_path(source):
            self._path = source
            self.filename = os.path.basename(os.fspath(source))
            self._length = size_of_path(source)
        elif is_open_file(source):
            self._read_file(source)
        elif is_iterator(source):
            self._chunks = source
            self.replayable = False
        else:
            raise ArgumentError("an async iterator cannot be a part of a form", advice="Give a file or bytes.")

    def _read_file(self, file: IO[bytes]) -> None:
        if hasattr(file, "encoding"):
            raise ArgumentError("the file is open for text", advice="Open it with mode 'rb'.")
        name = getattr(file, "name", None)
        self.filename = os.path.basename(name) if isinstance(name, str) else None
        place = file_length(file)
        if place is None:
            self._chunks = iter(lambda: file.read(65536), b"")
            self.replayable = False
        else:
            self._file = file
            self._start, self._length = place

    def read(self, size: int = -1) -> bytes:
        """Read as from any file."""
        if self._chunks is not None:
            return self._read_chunks(size)
        if self._file is None and self._path is not None:
            self._file = open(self._path, "rb")  # noqa: SIM115 - closed below, or with this object
            self._file.seek(self._at)
        data = b"" if self._file is None else self._file.read(size)
        self._at += len(data)
        if not data:
            self.close()
        return data

    def _read_chunks(self, size: int) -> bytes:
        chunks = self._chunks or iter(())
        while size < 0 or len(self._rest) < size:
            chunk = next(chunks, None)
            if chunk is None:
                break
            check_piece(chunk)
            self._rest += chunk
        size = len(self._rest) if size < 0 else size
        data, self._rest = self._rest[:size], self._rest[size:]
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Seek in a file that begins where the source stood. `io.UnsupportedOperation` where there is no going back."""
        if self._length is None:
            raise io.UnsupportedOperation("this source can be read once")
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if self._file is not None:
            self._file.seek(self._start + self._at)
        return self._at

    def tell(self) -> int:
        """Return the place in a file that begins where the source stood."""
        if self._length is None:
            raise io.UnsupportedOperation("this source can be read once")
        return self._at

    def close(self) -> None:
        """Close what this object opened."""
        if self._path is not None and self._file is not None:
            self._file.close()
            self._file = None

    def __del__(self) -> None:
        self.close()
