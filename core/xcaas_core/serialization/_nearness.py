"""The distance of a value from a codec, to choose among several media types of a body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from .._checks import is_list, is_mapping, is_tuple
from ..models._codec import Codec, NullableCodec
from ..models._containers import ListCodec, OneOrListCodec
from ..models._layout import ModelBase, ModelCodec
from ..models._unions import DiscriminatedCodec, UnionCodec
from ..models._unions._fit import distance as layout_distance

__all__ = ["distance", "field_values"]

_JSON: Final = frozenset({str, int, float, bool, list, dict})


def distance(codec: object, value: object) -> tuple[int, int, int]:
    """Return how far a value is from a codec: (1 for another type, unknown fields, missing required fields).

    For lists, the first element counts.
    """
    if is_list(value) or is_tuple(value):
        first = next(iter(value), None)
        return min((_element_distance(item, first) for item in _item_codecs(codec)), default=(0, 0, 0))
    models = list(_model_codecs(codec))
    if not models:
        return 0, 0, 0
    if isinstance(value, ModelBase):
        return int(not any(isinstance(value, member.model) for member in models)), 0, 0
    if not isinstance(value, Mapping):
        return 0, 0, 0
    raw = cast("Mapping[str, object]", value)
    return min(_model_distance(member, raw) for member in models)


def field_values(value: object) -> Iterator[object]:
    """Yield the values of a mapping or a model."""
    if isinstance(value, Mapping):
        yield from cast("Mapping[object, object]", value).values()
    elif isinstance(value, ModelBase):
        for field in value.__layout__().fields:
            yield getattr(value, field.name, None)


def _element_distance(codec: Codec, value: object) -> tuple[int, int, int]:
    kind: type = type(value)
    if is_mapping(value) or isinstance(value, ModelBase):
        kind = dict
    elif is_tuple(value):
        kind = list
    return (1, 0, 0) if kind in _JSON and kind not in codec.accepts else distance(codec, value)


def _item_codecs(codec: object) -> Iterator[Codec]:
    """Yield the codecs of list elements."""
    match codec:
        case ListCodec():
            yield codec.item
        case NullableCodec() | OneOrListCodec():
            yield from _item_codecs(codec.inner)
        case UnionCodec():
            for member in codec.members:
                yield from _item_codecs(member)
        case _:
            return


def _model_codecs(codec: object) -> Iterator[ModelCodec]:
    match codec:
        case ModelCodec():
            yield codec
        case NullableCodec() | OneOrListCodec():
            yield from _model_codecs(codec.inner)
        case UnionCodec() | DiscriminatedCodec():
            members: tuple[Codec, ...] = codec.members
            for member in members:
                yield from _model_codecs(member)
        case _:
            return


def _model_distance(codec: ModelCodec, raw: Mapping[str, object]) -> tuple[int, int, int]:
    wrong, missing, unknown = layout_distance(codec.layout, raw)
    return wrong, unknown, missing
