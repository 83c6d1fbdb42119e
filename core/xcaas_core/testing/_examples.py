"""Example data of a type: what a fake answers when nobody told it better."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Final

from ..models._codec import Codec
from ..models._containers import ListOf, MapOf, ModelRef, Nullable
from ..models._scalars import Const
from ..models._unions import OneOf, Tagged

if TYPE_CHECKING:
    from .._pointer import JSON

__all__ = ["example"]

_DEEPEST: Final = 6
_TOO_DEEP: Final = 3 * _DEEPEST
_MOST: Final = 400  # values per example
_VALUES: Final[dict[str, object]] = {
    "str": "text",
    "bool": True,
    "int": 1,
    "float": 1.5,
    "int:text": 1,
    "float:text": 1.5,
    "none": None,
    "bytes": b"example",
    "uuid": uuid.UUID("0ca4c747-6256-4023-a335-53a46449871a"),
    "date": dt.date(2026, 3, 14),
}
_MOMENT: Final = dt.datetime(2026, 3, 14, 9, 26, 53, tzinfo=dt.UTC)


def example(codec: Codec) -> JSON:
    """JSON that a codec reads. Types that contain themselves end in empty lists and absent fields."""
    return _Maker().value(codec, 0)


class _Maker:
    """Makes one example, of a bounded size: in large specs everything hangs together."""

    def __init__(self) -> None:
        self._made = 0

    def value(self, codec: Codec, depth: int) -> JSON:
        self._made += 1
        enough = depth >= _DEEPEST or self._made >= _MOST
        match codec:
            case ListOf():
                return [] if enough else [self.value(codec.item, depth + 1)]
            case MapOf():
                return {} if enough else {"key": self.value(codec.value, depth + 1)}
            case Nullable():
                return None if enough else self.value(codec.inner, depth)
            case ModelRef():
                return self.model(codec, depth, enough)
            case Tagged():
                tag, member = next(iter(codec.by_tag.items()))
                return {**self.model(member, depth, enough), codec.tag: tag}
            case OneOf():
                return self.value(codec.members[0], depth)
            case Const():
                return codec.value
            case _:
                return _scalar(codec)

    def model(self, ref: ModelRef, depth: int, enough: bool) -> dict[str, JSON]:
        if depth > _TOO_DEEP:
            return {}  # a model that requires itself has no example
        slots = ref.model.__model__.slots
        return {slot.wire: self.value(slot.codec, depth + 1) for slot in slots if slot.required or not enough}


def _scalar(codec: Codec) -> JSON:
    if codec.expression.startswith("datetime"):
        return codec.encode(_MOMENT)
    return codec.encode(_VALUES.get(codec.expression, {}))
