"""Request bodies: from values to payloads.

A body is compiled once per operation. A `Payload` can be sent again on a retry, unless its source
can be read only once. JSON is written here; other kinds of bodies have a `compose` function.
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

PayloadWriter: TypeAlias = "Callable[[object], Payload]"


class Payload:
    """A body ready to be sent. `length` is set if `content` has no known length."""

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
    """A body that is already JSON and needs no codec (a pager's next request)."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class BodyWriter:
    """Turns values into payloads for one operation."""

    __slots__ = ("_choose", "_variants", "_writers")

    def __init__(self, body: Body, package: str) -> None:
        self._choose = body.choose
        self._variants = [(variant, codec_for(variant.annotation, package)) for variant in (body, *body.variants)]
        self._writers = [_payload_writer(variant, codec) for variant, codec in self._variants]

    def write(self, value: object, media_type: str | None = None) -> Payload:
        """Return the payload of a value, in the given media type or else in the one that fits best."""
        if self._choose is None:
            return self._writers[0](value)
        index = self._choose(self._variants, value, media_type)
        payload = self._writers[index](value)
        if payload.media_type is not None and "*" in payload.media_type:
            body = self._variants[index][0]
            payload.media_type = media_type or payload.media_type.replace(body.media_type, MEDIA_TYPES[body.kind])
        return payload


def _payload_writer(body: Body, codec: Codec | None) -> PayloadWriter:
    """Return the function that writes values. It turns TypeError and ValueError of codecs into ArgumentError."""
    compose = body.compose or _compose_json

    def write(value: object) -> Payload:
        try:
            return compose(value, codec, body)
        except ArgumentError:
            raise
        except (TypeError, ValueError) as error:
            raise ArgumentError(str(error)) from None

    return write


def _compose_json(value: object, codec: Codec | None, body: Body) -> Payload:
    json_value = _to_json(value, codec)
    charset = charset_of(body.media_type)
    content = dumps(json_value) if charset.lower() == "utf-8" else ascii_dumps(json_value).decode().encode(charset)
    return Payload(content, body.media_type)


def _to_json(value: object, codec: Codec | None) -> object:
    if isinstance(value, EncodedBody):
        return value.value
    return plain(value) if codec is None else codec.encode(value)
