"""How near a value to be sent is to a codec, for bodies that may go out in one of several types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from ..models._codec import Codec, NullableCodec
from ..models._containers import OneOrListCodec
from ..models._layout import ModelBase, ModelCodec
from ..models._unions import DiscriminatedCodec, UnionCodec

__all__ = ["distance", "field_values"]


def distance(codec: object, value: object) -> tuple[int, int, int]:
    """Return how far a value is from a codec: whether it is another, fields unknown there, required ones missing."""
    models = list(_models(codec))
    if not models:
        return 0, 0, 0
    if isinstance(value, ModelBase):
        return int(not any(isinstance(value, member.model) for member in models)), 0, 0
    if not isinstance(value, Mapping):
        return 0, 0, 0
    raw = cast("Mapping[str, object]", value)
    return min(_from_model(member, raw) for member in models)


def field_values(value: object) -> Iterator[object]:
    """Yield what a mapping or a model holds."""
    if isinstance(value, Mapping):
        yield from cast("Mapping[object, object]", value).values()
    elif isinstance(value, ModelBase):
        for field in value.__layout__().fields:
            yield getattr(value, field.name, None)


def _models(codec: object) -> Iterator[ModelCodec]:
    match codec:
        case ModelCodec():
            yield codec
        case NullableCodec() | OneOrListCodec():
            yield from _models(codec.inner)
        case UnionCodec() | DiscriminatedCodec():
            members: tuple[Codec, ...] = codec.members
            for member in members:
                yield from _models(member)
        case _:
            return


def _from_model(codec: ModelCodec, raw: Mapping[str, object]) -> tuple[int, int, int]:
    wrong, missing, unknown = codec.layout.distance(raw)
    return wrong, unknown, missing
