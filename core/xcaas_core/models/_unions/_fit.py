"""How well JSON values fit the members of a union."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from ..._checks import is_list, is_object
from ..._json import ABSENT
from .._codec import Codec, NullableCodec
from .._containers import ListCodec, MapCodec, OneOrListCodec
from .._context import FROM_SERVER, ValidationFailure
from .._dates import DateCodec, DateTimeCodec
from .._layout import Layout, ModelCodec

__all__ = ["FITS", "Alternatives", "Fit", "can_read", "distance", "fit", "is_constant"]

Fit: TypeAlias = tuple[int, int]
"""How well a JSON value fits: mismatched constants and unknown fields. The smallest fits best."""

FITS: Final[Fit] = (0, 0)


class Alternatives(Codec):
    """A codec of several types."""

    __slots__ = ()

    @abstractmethod
    def fit(self, raw: object) -> Fit | None:
        """Return how well a JSON value fits, None if it does not."""


def fit(codec: Codec, raw: object) -> Fit | None:
    """Return how well a JSON value fits; None if any part is invalid."""
    match codec:
        case ModelCodec():
            return _total(_field_fits(codec.layout, raw)) if is_object(raw) else None
        case NullableCodec():
            return FITS if raw is None else fit(codec.inner, raw)
        case Alternatives():
            return codec.fit(raw)
        case ListCodec():
            return _total(fit(codec.item, item) for item in raw) if is_list(raw) else None
        case MapCodec():
            # A map accepts any name: a model with these fields fits better.
            values = [fit(codec.value, item) for item in raw.values()] if is_object(raw) else [None]
            return _total([(0, len(values)), *values])
        case OneOrListCodec():
            if is_list(raw):
                return fit(codec.inner, raw[0]) if len(raw) == 1 else None
            return fit(codec.inner, raw)
        case _:
            return _scalar_fit(codec, raw)


def _total(fits: Iterable[Fit | None]) -> Fit | None:
    """Return the sum of the fits of all parts."""
    wrong = unknown = 0
    for part in fits:
        if part is None:
            return None
        wrong += part[0]
        unknown += part[1]
    return wrong, unknown


def _field_fits(layout: Layout, raw: Mapping[str, object]) -> Iterator[Fit | None]:
    # Fields with constants first: if those do not match, the others need not be read.
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


def _scalar_fit(codec: Codec, raw: object) -> Fit | None:
    if not can_read(codec, raw):
        return None
    if not codec.constants or is_constant(codec, raw):
        return FITS if _has_expected_form(codec, raw) else (1, 0)
    # A single constant is a tag, which has to match.
    return None if len(codec.constants) == 1 else (1, 0)


def _has_expected_form(codec: Codec, raw: object) -> bool:
    """Return whether text for a date or datetime codec has that form: each also reads the other form, if nothing
    fits better."""
    if not isinstance(codec, DateCodec | DateTimeCodec):
        return True
    is_day = isinstance(raw, str) and len(raw.strip()) <= len("2024-02-29")
    return is_day is isinstance(codec, DateCodec)


def can_read(codec: Codec, raw: object) -> bool:
    """Return whether a codec can read a JSON value."""
    try:
        codec.read(raw, FROM_SERVER)
    except ValidationFailure:
        return False
    return True


def is_constant(codec: Codec, raw: object) -> bool:
    """Return whether a JSON value is one of the codec's constants."""
    return any(_is_same(constant, raw) for constant in codec.constants)


def _is_same(left: object, right: object) -> bool:
    """Return whether two constants are equal in JSON, where 1 is 1.0 but not true."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return left.__class__ is right.__class__ and left == right


def distance(layout: Layout, raw: Mapping[str, object]) -> tuple[int, int, int]:
    """Return a quick estimate of how far an object is from a model: (mismatched tags, missing required fields,
    unknown fields)."""
    wrong = missing = 0
    for field in layout.fields:
        if field.wire not in raw:
            missing += field.required
        elif len(field.codec.constants) == 1:
            wrong += not is_constant(field.codec, raw[field.wire])
    return wrong, missing, sum(key not in layout.by_wire for key in raw)
