"""From Python annotations to the codecs that read and write what they say."""

from __future__ import annotations

import copy
import datetime as dt
import types
import typing
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, cast

from ._base import ModelBase
from ._codec import Codec, NullableCodec
from ._containers import ListCodec, MapCodec, ModelCodec, OneOrListCodec
from ._dates import DATE_TIME, DATES, DAY
from ._marks import Constant, Discriminator, Format, OneOrList
from ._scalars import JSON, NULL, SCALARS, ConstCodec
from ._unions import DiscriminatedCodec, UnionCodec

if TYPE_CHECKING:
    from typing_extensions import TypeIs

__all__ = ["codec_of"]

_PLAIN: Final[dict[object, Codec]] = {
    **{kind: codec for (kind, form), codec in SCALARS.items() if not form},
    dt.datetime: DATE_TIME,
    dt.date: DAY,
    Any: JSON,
    object: JSON,
    type(None): NULL,
    None: NULL,
}


def codec_of(annotation: object) -> Codec:
    """Return the codec for a resolved annotation.

    Raises:
        TypeError: Values of that type have no form in JSON.
    """
    plain = _PLAIN.get(annotation)
    if plain is not None:
        return plain
    if _is_model(annotation):
        return ModelCodec(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _marked(arguments[0], arguments[1:])
    if origin is Union or origin is types.UnionType:
        return _union(arguments)
    if origin is Literal:
        return _literal(arguments)
    if origin is list and len(arguments) == 1:
        return ListCodec(codec_of(arguments[0]))
    if origin is dict and len(arguments) == 2:
        return MapCodec(codec_of(arguments[1]))
    raise TypeError(f"{annotation} has no form in JSON")


def _is_model(annotation: object) -> TypeIs[type[ModelBase]]:
    return isinstance(annotation, type) and issubclass(annotation, ModelBase)


def _marked(annotation: object, marks: tuple[object, ...]) -> Codec:
    """Return the codec for `Annotated[…]`."""
    for mark in marks:
        if isinstance(mark, Discriminator):
            return _union(typing.get_args(annotation) or (annotation,), mark)
        if isinstance(mark, Constant):
            return ConstCodec(mark.value)
        if mark is OneOrList or isinstance(mark, OneOrList):
            return OneOrListCodec(codec_of(annotation))
        if isinstance(mark, Format):
            found = DATES.get(mark.name) if annotation is dt.datetime else SCALARS.get((annotation, mark.name))
            if found is None:
                raise TypeError(f"{annotation} has no format {mark.name!r}")
            return found
    return codec_of(annotation)


def _union(members: tuple[object, ...], discriminator: Discriminator | None = None) -> Codec:
    members = tuple(_flat(members))
    rest = [member for member in members if member not in (None, type(None))]
    if discriminator is not None:
        # The last one is for what nobody knows.
        *variants, unknown = map(codec_of, rest)
        codec: Codec = DiscriminatedCodec(tuple(variants), discriminator, unknown)
    else:
        open_ended = _without_known_values(rest)
        codecs = [codec_of(member) for member in open_ended]
        if JSON in codecs or not codecs:
            codec = JSON
        elif len(codecs) > 1:
            codec = UnionCodec(tuple(codecs))
        else:
            codec = codecs[0] if open_ended == rest else _knowing(codecs[0], rest)
    nullable = any(member in (None, type(None)) for member in members)
    return NullableCodec(codec) if nullable and codec is not JSON else codec


def _flat(members: tuple[object, ...]) -> Iterator[object]:
    for member in members:
        if typing.get_origin(member) in (Union, types.UnionType):
            yield from _flat(typing.get_args(member))
        else:
            yield member


def _without_known_values(members: list[object]) -> list[object]:
    """Leave out `Literal[…]` beside its own type: an open enum is read like any value of the type."""
    plain = {member for member in members if isinstance(member, type)}
    found: list[object] = []
    for member in members:
        if typing.get_origin(member) is Literal:
            values = [value for value in typing.get_args(member) if type(value) not in plain]
            if values:
                found.append(Literal[tuple(values)])
        else:
            found.append(member)
    return found


def _knowing(codec: Codec, members: list[object]) -> Codec:
    """Return a codec that knows the values of `Literal[…]` beside its type."""
    found = copy.copy(codec)
    found.constants = tuple(
        value for member in members if typing.get_origin(member) is Literal for value in typing.get_args(member)
    )
    return found


def _literal(values: tuple[object, ...]) -> Codec:
    constants = tuple(ConstCodec(cast("str | int | bool | None", value)) for value in values)
    return constants[0] if len(constants) == 1 else UnionCodec(constants)
