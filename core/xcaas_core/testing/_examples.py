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


def example(codec: Codec, depth: int = 0) -> JSON:
    """JSON that a codec reads. Types that contain themselves end in empty lists and absent fields."""
    match codec:
        case ListOf():
            return [] if depth >= _DEEPEST else [example(codec.item, depth + 1)]
        case MapOf():
            return {} if depth >= _DEEPEST else {"key": example(codec.value, depth + 1)}
        case Nullable():
            return None if depth >= _DEEPEST else example(codec.inner, depth)
        case ModelRef():
            return _model(codec, depth)
        case Tagged():
            tag, member = next(iter(codec.by_tag.items()))
            found = _model(member, depth)
            found[codec.tag] = tag
            return found
        case OneOf():
            return example(codec.members[0], depth)
        case Const():
            return codec.value
        case _:
            return _scalar(codec)


def _model(ref: ModelRef, depth: int) -> dict[str, JSON]:
    return {
        slot.wire: example(slot.codec, depth + 1)
        for slot in ref.model.__model__.slots
        if slot.required or depth < _DEEPEST
    }


def _scalar(codec: Codec) -> JSON:
    if codec.expression.startswith("datetime"):
        return codec.encode(_MOMENT)
    return codec.encode(_VALUES.get(codec.expression, {}))
