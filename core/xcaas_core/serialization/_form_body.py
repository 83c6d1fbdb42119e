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
    fields = value.value if isinstance(value, EncodedBody) else value if codec is None else codec.encode(value)
    if not isinstance(fields, Mapping):
        fields = plain(fields)
    if not isinstance(fields, Mapping):
        raise ArgumentError("a form is made from a model or a mapping of names to values")
    return cast("Mapping[str, object]", fields)


def sendable(fields: Mapping[str, object], codec: Codec | None) -> Mapping[str, object]:
    """Return the fields of a form. Raise for empty lists in required fields, which forms cannot express."""
    for name, value in fields.items():
        if codec is not None and is_list(value) and is_empty(value) and _requires(codec, name):
            raise ArgumentError(f"{name}: an empty list cannot be sent in a form, and a value is needed")
    return fields


def _requires(codec: Codec, name: str) -> bool:
    """Return whether a field is required."""
    from ..models._layout import ModelCodec

    field = codec.layout.by_wire.get(name) if isinstance(codec, ModelCodec) else None
    return field is not None and field.required


def _escape(text: str) -> str:
    """Encode for an HTML form: spaces become plus signs."""
    return escape(text).replace("%20", "+")


def form_pairs(name: str, value: object, encoding: Encoding | None, escaping: Escape) -> list[Pair]:
    """Return the pairs of one property of a form: lists repeat the name and objects are JSON, unless the spec's
    `encoding` has a style or JSON."""
    if encoding is not None and "json" in (encoding.content_type or "") and value is not None:
        value = dumps(value).decode()
    if encoding is None or (encoding.style is None and encoding.explode is None):
        return pairs_of(name, text_of(value) if is_object(value) else value, "form", True, escaping)
    style = encoding.style or "form"
    explode = style == "form" if encoding.explode is None else encoding.explode
    return pairs_of(name, value, style, explode, escaping)
