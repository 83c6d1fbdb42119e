"""Multipart bodies. Forms are encoded by the HTTP library, other subtypes here."""

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
    check_chunk,
    file_length,
    has_files,
    is_binary,
    is_bytes,
    is_iterator,
    is_named_file,
    is_open_file,
    is_path,
    path_size,
)
from ._bodies import EncodedBody, Payload
from ._codecs import Codec
from ._form_body import form_pairs, sendable
from ._parameters import plain
from ._styles import text_of

__all__ = ["form_payload", "multipart_payload"]

_JSON: Final = "application/json"


def form_payload(value: object, codec: Codec | None, body: Body) -> Payload:
    """Return a payload whose parts are reopened for each attempt.

    A file is bytes, a path, an open file, an iterator of bytes, or a tuple of file name, one of
    these and optionally a content type. A list is one part per member. Objects are sent as JSON.
    """
    sources = _all_sources(_members(value, codec), body.encoding)
    if not sources:
        # The HTTP library would send no body and no content type.
        boundary = token_hex(16)
        return Payload(f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")
    # A body can be replayed only if all its parts can.
    replayable = all(source.replayable for source in sources)
    return Payload(None, None, parts=lambda: [source.part() for source in sources], replayable=replayable)


def multipart_payload(value: object, codec: Codec | None, body: Body) -> Payload:
    """Return a payload of another subtype than form-data (RFC 2046), encoded here."""
    boundary = os.urandom(16).hex()
    media_type = f'{body.media_type}; boundary="{boundary}"'
    # A list gives parts without names, which forms do not have.
    sources = _all_sources({"": value} if is_list(value) else _members(value, codec), body.encoding)
    if all(isinstance(source.content, bytes) for source in sources):
        return Payload(b"".join(_encoded_parts([source.part() for source in sources], boundary)), media_type)
    replayable = all(source.replayable for source in sources)
    return Payload(
        lambda: _encoded_parts([source.part() for source in sources], boundary), media_type, replayable=replayable
    )


def _encoded_parts(parts: list[Part], boundary: str) -> Iterator[bytes]:
    for name, (filename, content, media_type, headers) in parts:
        disposition = f'form-data; name="{_quoted(name)}"' if name else "attachment"
        if filename:
            disposition += f'; filename="{_quoted(filename)}"'
        content_type = media_type or ("text/plain; charset=utf-8" if filename is None else "application/octet-stream")
        disposition_line = f"Content-Disposition: {disposition}\r\n" if name or filename else ""
        header_lines = "".join([f"{header}: {value}\r\n" for header, value in headers.items()])
        yield f"--{boundary}\r\n{disposition_line}Content-Type: {content_type}\r\n{header_lines}\r\n".encode()
        if isinstance(content, bytes):
            yield content
        else:
            while chunk := content.read(CHUNK):
                yield chunk
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _quoted(text: str) -> str:
    """Escape a name for quotes, as browsers do (WHATWG, multipart/form-data)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _members(value: object, codec: Codec | None) -> Mapping[str, object]:
    """Return the fields of a form: files unchanged, others as JSON."""
    if isinstance(value, EncodedBody):
        value = value.value
    files: dict[str, object] = {}
    if isinstance(value, Model):
        fields = {field.name: (field.wire, field.value(value)) for field in value.__layout__().fields}
        files = {wire: member for wire, member in fields.values() if _is_file(member)}
        value = value.evolve(**{name: None for name, (wire, _) in fields.items() if wire in files}).to_dict()
    elif is_mapping(value):
        files = {str(name): member for name, member in value.items() if _is_file(member)}
        others = {str(name): None if str(name) in files else member for name, member in value.items()}
        value = others if codec is None else codec.encode(others)
    else:
        value = plain(value)
    if not is_mapping(value):
        raise ArgumentError("a form is made from a model or a mapping of names to values")
    return sendable({**value, **files}, codec)


def _is_file(value: object) -> bool:
    return any(is_binary(member) or is_named_file(member) for member in _as_list(value))


def _all_sources(fields: Mapping[str, object], encoding: Mapping[str, Encoding]) -> list[_Source]:
    if list(fields) == [""]:  # parts without names: encodings are by index
        default = encoding.get("")
        values = enumerate(_as_list(fields[""]))
        return [_Source("", value, encoding.get(str(index), default)) for index, value in values if value is not None]
    return [source for name, value in fields.items() for source in _sources(name, value, encoding.get(name))]


def _sources(name: str, value: object, encoding: Encoding | None) -> list[_Source]:
    """Return the sources of the parts of one property."""
    if (
        encoding is not None
        and (encoding.style is not None or encoding.explode is not None)
        and not has_files((value,))
    ):
        pairs = form_pairs(name, plain(value), encoding, str)
        return [_Source(part, text, Encoding(headers=encoding.headers)) for part, text in pairs]
    return [_Source(name, member, encoding) for member in _as_list(value) if member is not None]


def _as_list(value: object) -> Iterable[object]:
    if is_named_file(value) or not isinstance(value, list | set | frozenset | tuple):
        return (value,)
    return cast("Iterable[object]", value)


def _first_concrete(media_types: list[str]) -> str | None:
    """Return the first media type that is not a range."""
    return next((media_type for media_type in media_types if media_type and "*" not in media_type), None)


def _guessed_type(filename: str, media_types: list[str]) -> str | None:
    """Return the media type guessed from a file name, if the spec lists it."""
    guessed, _ = mimetypes.guess_type(filename)
    return guessed if guessed and any(matches(media_type, guessed) for media_type in media_types) else None


class _Source:
    """The source of one part."""

    __slots__ = ("content", "filename", "headers", "media_type", "name", "replayable")

    def __init__(self, name: str, value: object, encoding: Encoding | None) -> None:
        self.name = name
        media_types: list[str] = []
        if encoding is not None and encoding.content_type is not None:
            media_types = [item.strip() for item in encoding.content_type.split(",")]
        self.headers: Mapping[str, str] = {} if encoding is None else encoding.headers
        self.media_type = _first_concrete(media_types)
        self.filename: str | None = None
        explicit_type: str | None = None
        if is_named_file(value):
            self.filename, value, *rest = cast("tuple[str, object, str | None]", value)
            explicit_type = rest[0] if rest else None
        if encoding is not None and encoding.base64 and is_binary(value):
            content = bytes(value) if is_bytes(value) else _FileView(value).read()
            self.content: bytes | _FileView = base64.b64encode(content)
            self.media_type = explicit_type or self.media_type
        elif is_binary(value):
            self.content = self._open_file(value)
            # If the spec lists no types, the HTTP library guesses.
            guessed = _guessed_type(self.filename or "", media_types) or self.media_type if media_types else None
            self.media_type = explicit_type or guessed or ("application/octet-stream" if media_types else None)
        else:
            self.content = self._encode_field(plain(value))
        self.replayable = isinstance(self.content, bytes) or self.content.replayable

    def _open_file(self, value: object) -> bytes | _FileView:
        content = bytes(value) if is_bytes(value) else _FileView(value)
        if self.filename is None:
            # Servers treat a part without a file name as a plain field.
            self.filename = (None if isinstance(content, bytes) else content.filename) or self.name
        return content

    def _encode_field(self, value: object) -> bytes:
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


class _FileView:
    """A file-like view of a path, an open file or an iterator.

    HTTP libraries rewind files before sending; this rewinds to the file's initial position. A path
    is opened for the first read and closed at its end.
    """

    def __init__(self, source: object) -> None:
        self.filename: str | None = None
        self.replayable = True
        self._path: os.PathLike[str] | None = None
        self._file: IO[bytes] | None = None
        self._chunks: Iterator[bytes] | None = None
        self._buffer = b""
        self._start = 0
        self._length: int | None = None
        self._position = 0
        if is_path(source):
            self._path = source
            self.filename = os.path.basename(os.fspath(source))
            self._length = path_size(source)
        elif is_open_file(source):
            self._use_file(source)
        elif is_iterator(source):
            self._chunks = source
            self.replayable = False
        else:
            raise ArgumentError("an async iterator cannot be a part of a form", advice="Give a file or bytes.")

    def _use_file(self, file: IO[bytes]) -> None:
        if hasattr(file, "encoding"):
            raise ArgumentError("the file is open for text", advice="Open it with mode 'rb'.")
        name = getattr(file, "name", None)
        self.filename = os.path.basename(name) if isinstance(name, str) else None
        position = file_length(file)
        if position is None:
            self._chunks = iter(lambda: file.read(65536), b"")
            self.replayable = False
        else:
            self._file = file
            self._start, self._length = position

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes, or all if negative."""
        if self._chunks is not None:
            return self._read_chunks(size)
        if self._file is None and self._path is not None:
            self._file = open(self._path, "rb")  # noqa: SIM115 - closed below, or with this object
            self._file.seek(self._position)
        data = b"" if self._file is None else self._file.read(size)
        self._position += len(data)
        if not data:
            self.close()
        return data

    def _read_chunks(self, size: int) -> bytes:
        chunks = self._chunks or iter(())
        while size < 0 or len(self._buffer) < size:
            chunk = next(chunks, None)
            if chunk is None:
                break
            check_chunk(chunk)
            self._buffer += chunk
        size = len(self._buffer) if size < 0 else size
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Seek relative to the initial position. Raises `io.UnsupportedOperation` if the source cannot."""
        if self._length is None:
            raise io.UnsupportedOperation("this source can be read once")
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        if self._file is not None:
            self._file.seek(self._start + self._position)
        return self._position

    def tell(self) -> int:
        """Return the position relative to the initial one."""
        if self._length is None:
            raise io.UnsupportedOperation("this source can be read once")
        return self._position

    def close(self) -> None:
        """Close the file if this object opened it."""
        if self._path is not None and self._file is not None:
            self._file.close()
            self._file = None

    def __del__(self) -> None:
        self.close()
