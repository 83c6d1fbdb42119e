"""The fields of a model class: what attrs knows of them, with the codecs of their annotations."""

from __future__ import annotations

import copy
import typing
from collections.abc import Callable, Iterator, Mapping
from types import MemberDescriptorType
from typing import Final, cast

import attrs

from ._annotations import codec_of
from ._base import FieldLayout, ModelBase
from ._codec import Codec, Fit, Reader, total, write_any
from ._containers import MapCodec
from ._failure import located
from ._fields import EXTRA, NULLABLE, WIRE
from ._json import JSONObject, JSONValue
from ._marks import ABSENT

__all__ = ["Layout", "unknown_of"]

_UNKNOWN_FIELDS: Final[MemberDescriptorType] = vars(ModelBase)["unknown_fields"]


class Layout:
    """The fields of one model class, and what follows from them."""

    __slots__ = ("_compile", "_reader", "by_name", "by_wire", "cls", "extra", "fields")

    def __init__(self, cls: type[ModelBase], compile_reader: Callable[[Layout], Reader]) -> None:
        self.cls: type[ModelBase] = cls
        self._compile = compile_reader
        hints = typing.get_type_hints(cls, include_extras=True)
        fields: list[FieldLayout] = []
        self.extra: tuple[str, Codec] | None = None
        """The field for additional properties, and the codec of one of them."""
        for attribute in attrs.fields(cls):
            if WIRE in attribute.metadata:
                slot = cast("MemberDescriptorType", getattr(cls, attribute.name))
                fields.append(
                    FieldLayout(
                        attribute.name,
                        attribute.metadata[WIRE],
                        codec_of(hints[attribute.name]),
                        slot,
                        required=attribute.default is not None and attribute.default is not ABSENT,
                        nullable=attribute.metadata[NULLABLE],
                    )
                )
            elif EXTRA in attribute.metadata:
                codec = codec_of(hints[attribute.name])
                assert isinstance(codec, MapCodec), f"{cls.__name__}.{attribute.name} has to be a dictionary"
                self.extra = (attribute.name, codec.value)
        self.fields: tuple[FieldLayout, ...] = tuple(fields)
        self.by_name: dict[str, FieldLayout] = {field.name: field for field in fields}
        self.by_wire: dict[str, FieldLayout] = {field.wire: field for field in fields}
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        """The function that makes an instance of a JSON object; compiled when it is first needed."""
        if self._reader is None:
            self._reader = self._compile(self)
        return self._reader

    def write_model(self, model: ModelBase) -> JSONObject:
        """Return the JSON object of an instance."""
        found: JSONObject = {}
        fallbacks = model.__fallbacks__
        name = ""
        try:
            for field in self.fields:
                name = field.name
                try:
                    value: object = field.slot.__get__(model)
                except AttributeError:
                    if name in fallbacks:
                        found[field.wire] = copy.deepcopy(fallbacks[name][1])
                    continue
                if value is None:
                    if field.required or field.nullable:
                        found[field.wire] = None
                elif name in fallbacks and _is_same(fallbacks[name][0], value):
                    found[field.wire] = copy.deepcopy(fallbacks[name][1])
                else:
                    found[field.wire] = field.write(value)
        except (TypeError, ValueError) as error:
            raise located(error, name) from None
        for key, item in self._beside(model).items():
            found.setdefault(key, item)
        return found

    def _beside(self, model: ModelBase) -> JSONObject:
        """Return what stands beside the known fields."""
        found: JSONObject = {}
        if self.extra is not None:
            name, codec = self.extra
            found.update(cast("JSONObject", MapCodec(codec).write(getattr(model, name))))
        for key, item in unknown_of(model).items():
            found.setdefault(key, write_any(item))
        return found

    def write_mapping(self, value: object) -> JSONObject:
        """Return the JSON object of a mapping by the names in JSON."""
        if not isinstance(value, Mapping):
            raise TypeError(f"{self.cls.__name__} or a mapping was expected, not {type(value).__name__}")
        found: JSONObject = {}
        key: object = ""
        try:
            for key, item in cast("Mapping[object, object]", value).items():
                codec = self._codec_of(str(key))
                found[str(key)] = None if item is None else write_any(item) if codec is None else codec.write(item)
        except (TypeError, ValueError) as error:
            raise located(error, str(key)) from None
        return found

    def _codec_of(self, wire: str) -> Codec | None:
        field = self.by_wire.get(wire)
        if field is not None:
            return field.codec
        return None if self.extra is None else self.extra[1]

    def fit(self, raw: object) -> Fit | None:
        """Return how well a JSON value fits; None where it is no object of this class through and through."""
        return total(self._fits(cast("dict[str, object]", raw))) if isinstance(raw, dict) else None

    def _fits(self, raw: Mapping[str, object]) -> Iterator[Fit | None]:
        # What has constants comes first: where those are wrong, nothing else has to be looked at.
        for field in sorted(self.fields, key=lambda field: not field.codec.constants):
            value = raw.get(field.wire, ABSENT)
            if value is ABSENT or value is None:
                if field.required and (value is ABSENT or not field.codec.nullable):
                    yield None
            elif field.required or not field.codec.is_blank(value):
                yield field.codec.fit(value)
        for key in raw.keys() - self.by_wire.keys():
            yield 0, 1
            if self.extra is not None:
                yield self.extra[1].fit(raw[key])

    def distance(self, raw: Mapping[str, object]) -> tuple[int, int, int]:
        """Return how far an object is from this class at first sight: (tags of others, required fields that it lacks,
        fields unknown here)."""
        wrong = missing = 0
        for field in self.fields:
            if field.wire not in raw:
                missing += field.required
            elif len(field.codec.constants) == 1:
                wrong += not field.codec.knows(raw[field.wire])
        return wrong, missing, sum(key not in self.by_wire for key in raw)


def unknown_of(model: ModelBase) -> Mapping[str, JSONValue]:
    """Return the unknown fields, without making a dictionary where there are none."""
    try:
        found: Mapping[str, JSONValue] = _UNKNOWN_FIELDS.__get__(model)
    except AttributeError:
        return {}
    return found


def _is_same(kept: object, value: object) -> bool:
    return kept is value or (type(kept) is type(value) and kept == value)
