"""How well JSON values fit the types that a union has."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from ..._checks import is_list, is_object
from ..._json import ABSENT
from .._codec import Codec, NullableCodec
from .._containers import ListCodec, MapCodec, OneOrListCodec
from .._context import FROM_SERVER, ValidationFailure
from .._dates import Day, Moment
from .._layout import Layout, ModelCodec

__all__ = ["FITS", "Alternatives", "Fit", "can_read", "distance", "fit", "knows"]

Fit: TypeAlias = tuple[int, int]
"""How well a JSON value fits: the known values that it misses, and its unknown fields. The smallest fits best."""

FITS: Final[Fit] = (0, 0)


class Alternatives(Codec):
    """A codec of several types, which knows by itself how well a value fits."""

    __slots__ = ()

    @abstractmethod
    def fit(self, raw: object) -> Fit | None:
        """Return how well a JSON value fits."""


def fit(codec: Codec, raw: object) -> Fit | None:
    """Return how well a JSON value fits; None where it is not of this type through and through."""
    match codec:
        case ModelCodec():
            return _total(_fits(codec.layout, raw)) if is_object(raw) else None
        case NullableCodec():
            return FITS if raw is None else fit(codec.inner, raw)
        case Alternatives():
            return codec.fit(raw)
        case ListCodec():
            return _total(fit(codec.item, item) for item in raw) if is_list(raw) else None
        case MapCodec():
            # A map takes any name: a model that knows its fields fits better.
            values = [fit(codec.value, item) for item in raw.values()] if is_object(raw) else [None]
            return _total([(0, len(values)), *values])
        case OneOrListCodec():
            if is_list(raw):
                return fit(codec.inner, raw[0]) if len(raw) == 1 else None
            return fit(codec.inner, raw)
        case _:
            return _single(codec, raw)


def _total(fits: Iterable[Fit | None]) -> Fit | None:
    """Return how well something fits whose parts fit like that."""
    wrong = unknown = 0
    for part in fits:
        if part is None:
            return None
        wrong += part[0]
        unknown += part[1]
    return wrong, unknown


def _fits(layout: Layout, raw: Mapping[str, object]) -> Iterator[Fit | None]:
    # What has constants comes first: where those are wrong, nothing else has to be looked at.
    for field in sorted(layout.fields, key=lambda field: not field.codec.constants):
        value = raw.get(field.wire, ABSENT)
        if value is ABSENT or value is None:
            if field.required and (value is ABSENT or not field.codec.nullable):
                yield None
        elif field.required or not field.codec.is_blank(value):
            yield fit(field.codec, value)
    for key in raw.keys() - layout.by_wire.keys():
        yield 0, 1
        if layout.extra is not None:
            yield fit(layout.extra[1], raw[key])


def _single(codec: Codec, raw: object) -> Fit | None:
    if not can_read(codec, raw):
        return None
    if not codec.constants or knows(codec, raw):
        return FITS if _is_spelled(codec, raw) else (1, 0)
    # The only value of a type is a tag, which another value does not fit.
    return None if len(codec.constants) == 1 else (1, 0)


def _is_spelled(codec: Codec, raw: object) -> bool:
    """Return whether text is a date where a date is meant: one is read as a moment, too, and midnight as a date, where
    nothing fits better."""
    if not isinstance(codec, Day | Moment):
        return True
    is_day = isinstance(raw, str) and len(raw.strip()) <= len("2024-02-29")
    return is_day is isinstance(codec, Day)


def can_read(codec: Codec, raw: object) -> bool:
    """Return whether a codec takes a JSON value."""
    try:
        codec.read(raw, FROM_SERVER)
    except ValidationFailure:
        return False
    return True


def knows(codec: Codec, raw: object) -> bool:
    """Return whether a JSON value is among those that a spec lists."""
    return any(_is_same(constant, raw) for constant in codec.constants)


def _is_same(one: object, other: object) -> bool:
    """Return whether two constants are the same in JSON, which has one kind of numbers: 1 is 1.0, and not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    return one.__class__ is other.__class__ and one == other


def distance(layout: Layout, raw: Mapping[str, object]) -> tuple[int, int, int]:
    """Return how far an object is from a model at first sight: (tags of others, required fields that it lacks,
    fields unknown there)."""
    wrong = missing = 0
    for field in layout.fields:
        if field.wire not in raw:
            missing += field.required
        elif len(field.codec.constants) == 1:
            wrong += not knows(field.codec, raw[field.wire])
    return wrong, missing, sum(key not in layout.by_wire for key in raw)
