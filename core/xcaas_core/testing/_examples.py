"""Example values of a type, for the default responses of a fake server."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import TYPE_CHECKING, Final

from ..models._codec import Codec, NullableCodec
from ..models._containers import ListCodec, MapCodec, OneOrListCodec
from ..models._dates import DateCodec, DateTimeCodec, EpochCodec
from ..models._layout import ModelCodec
from ..models._scalars import ConstCodec
from ..models._unions import DiscriminatedCodec, UnionCodec

if TYPE_CHECKING:
    from .._json import JSONValue

__all__ = ["example"]

_MAX_DEPTH: Final = 6
_HARD_MAX_DEPTH: Final = 3 * _MAX_DEPTH
_MAX_VALUES: Final = 400  # values per example
_VALUES: Final[dict[type, object]] = {
    str: "text",
    bool: True,
    int: 1,
    float: 1.5,
    bytes: b"example",
    decimal.Decimal: decimal.Decimal("1.50"),
    uuid.UUID: uuid.UUID("0ca4c747-6256-4023-a335-53a46449871a"),
    type(None): None,
}
_MOMENT: Final = dt.datetime(2026, 3, 14, 9, 26, 53, tzinfo=dt.UTC)


def example(codec: Codec) -> JSONValue:
    """Return JSON that a codec can decode. Recursive types end in empty lists and absent fields."""
    return _ExampleBuilder().value(codec, 0)


class _ExampleBuilder:
    """Builds one example of limited size: in large specs, many models are connected."""

    def __init__(self) -> None:
        self._count = 0

    def value(self, codec: Codec, depth: int) -> JSONValue:
        self._count += 1
        is_limited = depth >= _MAX_DEPTH or self._count >= _MAX_VALUES
        match codec:
            case ListCodec():
                return [] if is_limited else [self.value(codec.item, depth + 1)]
            case MapCodec():
                return {} if is_limited else {"key": self.value(codec.value, depth + 1)}
            case NullableCodec():
                return None if is_limited else self.value(codec.inner, depth)
            case OneOrListCodec():
                return self.value(codec.inner, depth)
            case ModelCodec():
                return self.model(codec, depth, is_limited)
            case DiscriminatedCodec():
                tag, model = codec.variants[0]
                return {**self.model(ModelCodec(model), depth, is_limited), codec.property_name: tag}
            case UnionCodec():
                return self.value(codec.members[0], depth)
            case ConstCodec():
                return codec.value
            case _:
                return _scalar(codec)

    def model(self, codec: ModelCodec, depth: int, is_limited: bool) -> dict[str, JSONValue]:
        if depth > _HARD_MAX_DEPTH:
            return {}  # a model that requires itself has no example
        fields = [field for field in codec.layout.fields if field.required or not is_limited]
        return {field.wire: self.value(field.codec, depth + 1) for field in fields}


def _scalar(codec: Codec) -> JSONValue:
    if isinstance(codec, DateTimeCodec):
        return codec.encode(_MOMENT.replace(tzinfo=None) if codec.local else _MOMENT)
    if isinstance(codec, EpochCodec):
        return codec.encode(_MOMENT)
    if isinstance(codec, DateCodec):
        return codec.encode(_MOMENT.date())
    return codec.encode(_VALUES.get(codec.sends[0], {}))
