"""Request bodies: JSON, forms, multipart, text, XML and bytes from wherever they are.

A body is compiled once per operation. What comes out is a `Payload`: content that can be
sent again on a retry, or, for sources that can be read only once, content that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from .._checks import is_list
from .._errors import ArgumentError
from .._json import ascii_dumps, dumps
from ..http._media_types import charset_of
from ..operations._parameter import Body, Encoding
from ._codecs import Codec, codec_for
from ._parameters import plain
from ._payload import EncodedBody, Payload, binary_payload, is_binary
from ._styles import escape_form, form_pairs, is_empty, text_of

__all__ = ["BodyWriter", "sendable"]

Maker: TypeAlias = Callable[[object], Payload]


class BodyWriter:
    """Makes payloads of the bodies that one operation takes."""

    __slots__ = ("_choose", "_makers", "_variants")

    def __init__(self, body: Body, package: str) -> None:
        self._choose = body.choose
        self._variants = [(each, codec_for(each.annotation, package)) for each in (body, *body.variants)]
        self._makers = [_maker(variant, codec) for variant, codec in self._variants]

    def write(self, value: object, media_type: str | None = None) -> Payload:
        """Return the payload of a value, in the media type asked for, or else in the one that it fits best."""
        if self._choose is None:
            return self._makers[0](value)
        payload = self._makers[self._choose(self._variants, value, media_type)](value)
        if media_type is not None and payload.media_type is not None and "*" in payload.media_type:
            payload.media_type = media_type
        return payload


def _maker(body: Body, codec: Codec | None) -> Maker:
    match body.kind:
        case "json" | "form" | "multipart":
            return _guarded(_structured(body, codec))
        case "binary":
            return lambda value: binary_payload(value, body.media_type)
        case _:
            return _guarded(lambda value: _text(value, codec, body.media_type))


def _structured(body: Body, codec: Codec | None) -> Maker:
    compose = body.compose
    if compose is not None:
        return lambda value: compose(value, codec, body.encoding)
    if body.kind == "form":
        return lambda value: Payload(_form(sendable(_fields(value, codec), codec), body.encoding), body.media_type)
    charset = charset_of(body.media_type)
    if charset.lower() != "utf-8":
        return lambda value: Payload(ascii_dumps(_json(value, codec)).decode().encode(charset), body.media_type)
    return lambda value: Payload(dumps(_json(value, codec)), body.media_type)


def _guarded(maker: Maker) -> Maker:
    """Wrap a maker: where codecs raise TypeError and ValueError, callers get the error about their argument."""

    def make(value: object) -> Payload:
        try:
            return maker(value)
        except ArgumentError:
            raise
        except (TypeError, ValueError) as error:
            raise ArgumentError(str(error)) from None

    return make


def _json(value: object, codec: Codec | None) -> object:
    if isinstance(value, EncodedBody):
        return value.value
    return plain(value) if codec is None else codec.encode(value)


def _text(value: object, codec: Codec | None, media_type: str) -> Payload:
    if is_binary(value):
        return binary_payload(value, media_type)
    if "charset" not in media_type and not media_type.startswith("multipart/"):
        media_type = f"{media_type}; charset=utf-8"
    found = plain(value) if codec is None or isinstance(value, str) else codec.encode(value)
    if is_list(found) and "json" in media_type:  # a line for each
        mark = "\x1e" if "json-seq" in media_type else ""
        found = "".join([f"{mark}{dumps(one).decode()}\n" for one in found])
    if isinstance(found, list | dict) and "yaml" not in media_type:  # which holds JSON
        raise ArgumentError(f"text of {media_type.partition(';')[0]} is needed, not {type(value).__name__}")
    try:
        return Payload(text_of(found).encode(charset_of(media_type)), media_type)
    except UnicodeEncodeError as error:
        raise ArgumentError(f"the text holds what {error.encoding} lacks") from None


def _fields(value: object, codec: Codec | None) -> Mapping[str, object]:
    found = value.value if isinstance(value, EncodedBody) else value if codec is None else codec.encode(value)
    if not isinstance(found, Mapping):
        found = plain(found)
    if not isinstance(found, Mapping):
        raise ArgumentError("a form is made from a model or a mapping of names to values")
    return cast("Mapping[str, object]", found)


def sendable(fields: Mapping[str, object], codec: Codec | None) -> Mapping[str, object]:
    """Return the members of a form. Refuse lists without members where the service cannot do without: a form has no way to say them."""
    for name, value in fields.items():
        if codec is not None and is_list(value) and is_empty(value) and codec.requires(name):
            raise ArgumentError(f"{name}: an empty list cannot be sent in a form, and a value is needed")
    return fields


def _form(fields: Mapping[str, object], encoding: Mapping[str, Encoding]) -> bytes:
    pairs = [
        pair for name, value in fields.items() for pair in form_pairs(name, value, encoding.get(name), escape_form)
    ]
    return "&".join([f"{escape_form(name)}={text}" for name, text in pairs]).encode()
