"""Bodies of text, including XML."""

from __future__ import annotations

from functools import partial
from typing import Final

from .._checks import is_list
from .._errors import ArgumentError
from .._json import dumps
from ..http._media_types import charset_of
from ..operations._parameter import Body
from ._binary_body import binary_payload, is_binary
from ._bodies import Payload
from ._codecs import Codec
from ._parameters import plain
from ._styles import text_of

__all__ = ["text_body", "xml_body"]


def _compose(value: object, codec: Codec | None, body: Body) -> Payload:
    media_type = body.media_type
    if is_binary(value):
        return binary_payload(value, media_type)
    if "charset" not in media_type and not media_type.startswith("multipart/"):
        media_type = f"{media_type}; charset=utf-8"
    text = plain(value) if codec is None or isinstance(value, str) else codec.encode(value)
    if is_list(text) and "json" in media_type:  # one line per item
        separator = "\x1e" if "json-seq" in media_type else ""
        text = "".join([f"{separator}{dumps(item).decode()}\n" for item in text])
    if isinstance(text, list | dict) and "yaml" not in media_type:  # JSON is valid YAML
        raise ArgumentError(f"text of {media_type.partition(';')[0]} is needed, not {type(value).__name__}")
    try:
        return Payload(text_of(text).encode(charset_of(media_type)), media_type)
    except UnicodeEncodeError as error:
        raise ArgumentError(f"the text holds what {error.encoding} lacks") from None


text_body: Final = partial(Body, "text", compose=_compose)
xml_body: Final = partial(Body, "xml", compose=_compose)
