"""Bodies that are HTML forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, cast

from .._checks import is_list, is_object
from .._errors import ArgumentError
from .._json import dumps
from ..operations._parameter import Body, Encoding
from ._bodies import EncodedBody, Payload
from ._codecs import Codec
from ._parameters import plain
from ._styles import Escape, Pair, escape, is_empty, pairs_of, text_of

__all__ = ["form_body", "form_pairs", "sendable"]


def _compose(value: object, codec: Codec | None, body: Body) -> Payload:
    pairs = [
        pair
        for name, member in sendable(_fields(value, codec), codec).items()
        for pair in form_pairs(name, member, body.encoding.get(name), _escape)
    ]
    return Payload("&".join([f"{_escape(name)}={text}" for name, text in pairs]).encode(), body.media_type)


form_body: Final = partial(Body, "form", compose=_compose)


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
        if codec is not None and is_list(value) and is_empty(value) and _requires(codec, name):
            raise ArgumentError(f"{name}: an empty list cannot be sent in a form, and a value is needed")
    return fields


def _requires(codec: Codec, name: str) -> bool:
    """Return whether every value has a member of that name in JSON."""
    from ..models._layout import ModelCodec

    field = codec.layout.by_wire.get(name) if isinstance(codec, ModelCodec) else None
    return field is not None and field.required


def _escape(text: str) -> str:
    """Encode for an HTML form: blanks become plus signs."""
    return escape(text).replace("%20", "+")


def form_pairs(name: str, value: object, encoding: Encoding | None, escaping: Escape) -> list[Pair]:
    """Return what one property of a form is: lists repeat their name and objects are JSON, unless the spec's
    `encoding` asks for a style, or for JSON."""
    if encoding is not None and "json" in (encoding.content_type or "") and value is not None:
        value = dumps(value).decode()
    if encoding is None or (encoding.style is None and encoding.explode is None):
        return pairs_of(name, text_of(value) if is_object(value) else value, "form", True, escaping)
    style = encoding.style or "form"
    explode = style == "form" if encoding.explode is None else encoding.explode
    return pairs_of(name, value, style, explode, escaping)
