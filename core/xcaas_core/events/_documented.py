"""Converts event values to their documented types.

The service sends each string that looks like a number or boolean without quotes (`"0123"` stays a string, `"123"`
becomes `123`), so only the models' codecs know the type. Values that cannot be converted stay as received.
"""

from __future__ import annotations

from .._checks import is_list, is_object
from ..models._codec import Codec, NullableCodec
from ..models._containers import ListCodec, MapCodec
from ..models._layout import ModelCodec
from ..models._unions import DiscriminatedCodec
from ._frames import Numeral

__all__ = ["as_documented"]

_BOOLEANS = {"true": True, "false": False}


def as_documented(raw: object, codec: Codec | None) -> object:
    """Return decoded JSON with scalars converted for their codecs, and without any `Numeral`."""
    if isinstance(codec, NullableCodec):
        codec = codec.inner
    if is_object(raw):
        codec = _variant(raw, codec)
        if isinstance(codec, ModelCodec):
            fields = codec.layout.by_wire
            return {
                name: as_documented(value, fields[name].codec if name in fields else None)
                for name, value in raw.items()
            }
        value_codec = codec.value if isinstance(codec, MapCodec) else None
        return {name: as_documented(value, value_codec) for name, value in raw.items()}
    if is_list(raw):
        item = codec.item if isinstance(codec, ListCodec) else None
        return [as_documented(value, item) for value in raw]
    return _scalar(raw, None if codec is None else codec.exact)


def _variant(raw: dict[str, object], codec: Codec | None) -> Codec | None:
    """Return the codec of an object's variant."""
    if not isinstance(codec, DiscriminatedCodec):
        return codec
    tag = raw.get(codec.property_name)
    return next((ModelCodec(model) for value, model in codec.variants if value == tag), None)


def _scalar(raw: object, kind: type | None) -> object:
    if kind is str:
        if isinstance(raw, bool):
            return "true" if raw else "false"
        return str(raw) if isinstance(raw, Numeral) else raw
    if kind is bool and isinstance(raw, str):
        return _BOOLEANS.get(raw.lower(), raw)
    if isinstance(raw, Numeral) or (kind in (int, float) and isinstance(raw, str)):
        return _to_number(raw)
    return raw


def _to_number(value: str) -> object:
    """Return a string as a number, or unchanged if it is none."""
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            pass
    return value
