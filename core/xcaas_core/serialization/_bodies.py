"""Request bodies: what values become before they are sent.

A body is compiled once per operation. What comes out is a `Payload`: content that can be
sent again on a retry, or, for sources that can be read only once, content that says so. JSON is
written here; operations with other bodies bring what writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from .._errors import ArgumentError
from .._json import ascii_dumps, dumps
from ..http._media_types import charset_of
from ..operations._parameter import MEDIA_TYPES, Body
from ..sansio._messages import Content, Part
from ._codecs import Codec, codec_for
from ._parameters import plain

__all__ = ["BodyWriter", "EncodedBody", "Payload"]

Maker: TypeAlias = "Callable[[object], Payload]"


class Payload:
    """A body ready to be sent. `length` is set where `content` cannot tell it."""

    __slots__ = ("content", "length", "media_type", "parts", "replayable")

    def __init__(
        self,
        content: Content,
        media_type: str | None,
        *,
        parts: Callable[[], list[Part]] | None = None,
        replayable: bool = True,
        length: int | None = None,
    ) -> None:
        self.content: Content = content
        self.media_type: str | None = media_type
        self.parts: Callable[[], list[Part]] | None = parts
        self.replayable: bool = replayable
        self.length: int | None = length


class EncodedBody:
    """A body that is JSON already and skips the operation's codec (a pager's next request)."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


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
        place = self._choose(self._variants, value, media_type)
        payload = self._makers[place](value)
        if payload.media_type is not None and "*" in payload.media_type:
            body = self._variants[place][0]
            payload.media_type = media_type or payload.media_type.replace(body.media_type, MEDIA_TYPES[body.kind])
        return payload


def _maker(body: Body, codec: Codec | None) -> Maker:
    """Return the function that writes values: where codecs raise TypeError and ValueError, callers get the error
    about their argument."""
    compose = body.compose or _compose_json

    def make(value: object) -> Payload:
        try:
            return compose(value, codec, body)
        except ArgumentError:
            raise
        except (TypeError, ValueError) as error:
            raise ArgumentError(str(error)) from None

    return make


def _compose_json(value: object, codec: Codec | None, body: Body) -> Payload:
    found = _json(value, codec)
    charset = charset_of(body.media_type)
    content = dumps(found) if charset.lower() == "utf-8" else ascii_dumps(found).decode().encode(charset)
    return Payload(content, body.media_type)


def _json(value: object, codec: Codec | None) -> object:
    if isinstance(value, EncodedBody):
        return value.value
    return plain(value) if codec is None else codec.encode(value)
