"""Build codecs from Python annotations."""

from __future__ import annotations

import copy
import datetime as dt
import types
import typing
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union

from ._codec import Codec, NullableCodec
from ._containers import ListCodec, MapCodec, OneOrListCodec
from ._dates import DATE, DATE_TIME, DATES
from ._fields import Constant, Format, OneOrList
from ._layout import ModelBase, ModelCodec
from ._scalars import JSON, NULL, SCALARS, ConstCodec, TypedOrJSON
from ._unions import DiscriminatedCodec, Discriminator, UnionCodec

if TYPE_CHECKING:
    from typing_extensions import TypeIs

__all__ = ["codec_of"]

_BY_TYPE: Final[dict[object, Codec]] = {
    **{kind: codec for (kind, form), codec in SCALARS.items() if not form},
    dt.datetime: DATE_TIME,
    dt.date: DATE,
    Any: JSON,
    object: JSON,
    type(None): NULL,
    None: NULL,
}


def codec_of(annotation: object) -> Codec:
    """Return the codec for a resolved annotation.

    Raises:
        TypeError: The type has no JSON form.
    """
    codec = _BY_TYPE.get(annotation)
    if codec is not None:
        return codec
    if _is_model(annotation):
        return ModelCodec(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _annotated_codec(arguments[0], arguments[1:])
    if origin is Union or origin is types.UnionType:
        return _union_codec(arguments)
    if origin is Literal:
        return _one_of([annotation])
    if origin is list and len(arguments) == 1:
        return ListCodec(codec_of(arguments[0]))
    if origin is dict and len(arguments) == 2:
        return MapCodec(codec_of(arguments[1]))
    raise TypeError(f"{annotation} has no form in JSON")


def _is_model(annotation: object) -> TypeIs[type[ModelBase]]:
    return isinstance(annotation, type) and issubclass(annotation, ModelBase)


def _annotated_codec(annotation: object, marks: tuple[object, ...]) -> Codec:
    """Return the codec for `Annotated[…]`."""
    if marks and (marks[-1] is OneOrList or isinstance(marks[-1], OneOrList)):  # Python flattens: the outermost is last
        return OneOrListCodec(_annotated_codec(annotation, marks[:-1]))
    for mark in marks:
        if isinstance(mark, Discriminator):
            return _union_codec(typing.get_args(annotation) or (annotation,), mark)
        if isinstance(mark, Constant):
            return ConstCodec(mark.value)
        if isinstance(mark, Format):
            codec = DATES.get(mark.name) if annotation is dt.datetime else SCALARS.get((annotation, mark.name))
            if codec is None:
                raise TypeError(f"{annotation} has no format {mark.name!r}")
            return codec
    return codec_of(annotation)


def _union_codec(members: tuple[object, ...], discriminator: Discriminator | None = None) -> Codec:
    flat = tuple(_flatten(members))
    non_null = [member for member in flat if member not in (None, type(None))]
    if discriminator is None:
        codec = _one_of(non_null)
    else:
        # The last member reads unknown variants.
        *variants, unknown = map(codec_of, non_null)
        codec = DiscriminatedCodec(tuple(variants), discriminator, unknown)
    return codec if len(non_null) == len(flat) or codec is JSON else NullableCodec(codec)


def _flatten(members: tuple[object, ...]) -> Iterator[object]:
    for member in members:
        if typing.get_origin(member) in (Union, types.UnionType):
            yield from _flatten(typing.get_args(member))
        else:
            yield member


def _one_of(members: list[object]) -> Codec:
    """Return the codec for a union of types and `Literal[…]` values."""
    plain_types = [member for member in members if typing.get_origin(member) is not Literal]
    literals = [
        value for member in members if typing.get_origin(member) is Literal for value in typing.get_args(member)
    ]
    # `Literal["a"] | str` is an open enum: `str` reads its values.
    constants = [ConstCodec(value) for value in literals if type(value) not in plain_types]
    codecs: list[Codec] = [*constants, *map(codec_of, plain_types)]
    if JSON in codecs or not codecs:
        typed = [codec for codec in codecs if codec is not JSON]
        return TypedOrJSON(typed[0]) if len(typed) == 1 else JSON
    if len(codecs) > 1:
        return UnionCodec(tuple(codecs))
    if plain_types and literals:
        codec = copy.copy(codecs[0])
        codec.constants = tuple(literals)
        return codec
    return codecs[0]
