"""The fields of a model class: what attrs knows of them, with the codecs of their annotations."""

from __future__ import annotations

import copy
import typing
from collections.abc import Callable, Mapping
from types import MemberDescriptorType
from typing import cast

import attrs

from ._annotations import codec_of
from ._base import ModelBase
from ._codec import Codec, Reader, write_any
from ._containers import MapCodec
from ._failure import located
from ._fields import EXTRA, NULLABLE, WIRE
from ._json import JSONObject, JSONValue
from ._marks import ABSENT

__all__ = ["FieldLayout", "Layout", "unknown_of"]


class FieldLayout:
    """One field. Its slot is empty while the field is absent, where None would mean null."""

    __slots__ = ("codec", "name", "nullable", "required", "slot", "wire")

    def __init__(self, attribute: attrs.Attribute[object], codec: Codec, slot: MemberDescriptorType) -> None:
        self.name: str = attribute.name
        self.wire: str = attribute.metadata[WIRE]
        self.codec = codec
        self.slot = slot
        self.required = attribute.default is not None and attribute.default is not ABSENT
        self.nullable: bool = codec.nullable if self.required else bool(attribute.metadata[NULLABLE])
        """Whether None stands for null, and not for an absent field."""

    def is_set(self, model: ModelBase) -> bool:
        """Whether something stands in JSON for the field, be it null."""
        try:
            value: object = self.slot.__get__(model)
        except AttributeError:
            return self.name in model._fallbacks
        return value is not None or self.required or self.nullable

    def value(self, model: ModelBase) -> object:
        """Return the value, None where the field is absent."""
        return getattr(model, self.name)


class Layout:
    """The fields of one model class, and what follows from them."""

    __slots__ = ("_compile", "_reader", "by_name", "by_wire", "cls", "extra", "fields")

    def __init__(self, cls: type[ModelBase], compile_reader: Callable[[Layout], Reader]) -> None:
        self.cls = cls
        self._compile = compile_reader
        hints = typing.get_type_hints(cls, include_extras=True)
        fields: list[FieldLayout] = []
        self.extra: tuple[str, MapCodec] | None = None
        for attribute in attrs.fields(cls):
            if WIRE in attribute.metadata:
                slot = cast("MemberDescriptorType", getattr(cls, attribute.name))
                fields.append(FieldLayout(attribute, codec_of(hints[attribute.name]), slot))
            elif EXTRA in attribute.metadata:
                self.extra = (attribute.name, cast("MapCodec", codec_of(hints[attribute.name])))
        self.fields = tuple(fields)
        self.by_name = {field.name: field for field in fields}
        self.by_wire = {field.wire: field for field in fields}
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        """The function that makes an instance of a JSON object; compiled when it is first needed."""
        if self._reader is None:
            self._reader = self._compile(self)
        return self._reader

    def write(self, value: object) -> JSONValue:
        """Return the JSON object of an instance, or of a mapping by the names in JSON."""
        if isinstance(value, Mapping):
            return self._write_mapping(cast("Mapping[object, object]", value))
        if not isinstance(value, ModelBase):
            raise TypeError(f"{self.cls.__name__} or a mapping was expected, not {type(value).__name__}")
        return value.to_dict()

    def write_model(self, model: ModelBase) -> JSONObject:
        """Return the JSON object of an instance."""
        found: JSONObject = {}
        fallbacks = model._fallbacks
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
                if name in fallbacks and _is_same(fallbacks[name][0], value):
                    found[field.wire] = copy.deepcopy(fallbacks[name][1])
                elif value is not None:
                    found[field.wire] = field.codec.write(value)
                elif field.required or field.nullable:
                    found[field.wire] = None
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
            found.update(cast("JSONObject", codec.write(getattr(model, name))))
        for key, item in unknown_of(model).items():
            found.setdefault(key, write_any(item))
        return found

    def _write_mapping(self, mapping: Mapping[object, object]) -> JSONValue:
        found: dict[str, JSONValue] = {}
        key: object = ""
        try:
            for key, value in mapping.items():
                codec = self._codec_of(str(key))
                found[str(key)] = None if value is None else write_any(value) if codec is None else codec.write(value)
        except (TypeError, ValueError) as error:
            raise located(error, str(key)) from None
        return found

    def _codec_of(self, wire: str) -> Codec | None:
        field = self.by_wire.get(wire)
        if field is not None:
            return field.codec
        return None if self.extra is None else self.extra[1].value

    def fits(self, raw: object) -> bool:
        """Whether a JSON value is an object of this class through and through."""
        if not isinstance(raw, dict):
            return False
        found = cast("dict[str, object]", raw)
        for field in self.fields:
            value = found.get(field.wire, ABSENT)
            if value is ABSENT or value is None:
                if field.required and not (value is None and field.codec.nullable):
                    return False
            elif not field.codec.fits(value) and (field.required or not field.codec.is_blank(value)):
                return False
        if self.extra is None:
            return True
        value_codec = self.extra[1].value
        return all(value_codec.fits(value) for key, value in found.items() if key not in self.by_wire)

    def distance(self, raw: Mapping[str, object]) -> tuple[int, int]:
        """Return how far a JSON object is from this class: (required fields that it lacks, fields unknown here)."""
        missing = sum(field.required and field.wire not in raw for field in self.fields)
        return missing, sum(key not in self.by_wire for key in raw)


def unknown_of(model: ModelBase) -> Mapping[str, JSONValue]:
    """Return the unknown fields, without making a dictionary where there are none."""
    slot = cast("MemberDescriptorType", type(model).unknown_fields)
    try:
        found: Mapping[str, JSONValue] = slot.__get__(model)
    except AttributeError:
        return {}
    return found


def _is_same(kept: object, value: object) -> bool:
    return kept is value or (type(kept) is type(value) and kept == value)
