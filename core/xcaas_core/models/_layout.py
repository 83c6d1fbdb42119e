"""The layout of models: their base class, their fields, and the codec that reads and writes them."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Mapping
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast

from .._checks import is_mapping
from ._codec import Codec, NullableCodec, Reader, write_any
from ._containers import MapCodec
from ._context import Context, located
from ._json import JSONObject, JSONValue

if TYPE_CHECKING:
    import attrs

__all__ = ["FieldLayout", "Layout", "ModelBase", "ModelCodec", "UnknownFields", "keep_raw", "unknown_of"]


class FieldLayout:
    """One field. If None means null, the slot is empty while the field is absent."""

    __slots__ = ("codec", "name", "nullable", "required", "slot", "wire", "write")

    def __init__(
        self, name: str, wire: str, codec: Codec, slot: MemberDescriptorType, *, required: bool, nullable: bool
    ) -> None:
        self.name: str = name
        self.wire: str = wire
        # None in the annotation of an optional field means that it may be absent.
        self.codec: Codec = codec.inner if isinstance(codec, NullableCodec) and not required and not nullable else codec
        self.write: Callable[[object], JSONValue] = (
            codec.inner.write if isinstance(codec, NullableCodec) else codec.write
        )
        """Write a value other than None."""
        self.slot: MemberDescriptorType = slot
        self.required: bool = required
        self.nullable: bool = codec.nullable if required else nullable
        """Whether None means null rather than absent."""

    def is_empty(self, model: ModelBase) -> bool:
        """Return whether the slot is empty."""
        try:
            self.slot.__get__(model)
        except AttributeError:
            return True
        return False

    def is_set(self, model: ModelBase) -> bool:
        """Return whether the field is present in JSON, even if null."""
        if self.is_empty(model):
            return self.name in model.__fallbacks__
        return self.value(model) is not None or self.required or self.nullable

    def value(self, model: ModelBase) -> object:
        """Return the value, or None if the field is absent."""
        return getattr(model, self.name)


class ModelBase:
    """The base of `Model`, for checks whether a class is a model."""

    __slots__ = ("__fallbacks__", "unknown_fields")

    unknown_fields: dict[str, JSONValue]
    """Received fields that are not in the spec, by their names in JSON."""

    __fallbacks__: dict[str, tuple[object, JSONValue]]
    """By field, the value and the raw JSON, where writing the value would give other JSON."""

    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[tuple[attrs.Attribute[Any], ...]]

    @classmethod
    def __layout__(cls) -> Layout:
        """Return the layout of the class, built on first use."""
        raise NotImplementedError

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Return an instance for a JSON object."""
        raise NotImplementedError

    def to_dict(self) -> JSONObject:
        """Return the JSON object."""
        raise NotImplementedError


def keep_raw(model: ModelBase, name: str, value: object, raw: object) -> None:
    """Keep the raw JSON of a field, to write it back while the field has the value that was read from it."""
    if not model.__fallbacks__:
        model.__fallbacks__ = {}
    model.__fallbacks__[name] = (value, cast("JSONValue", raw))


_UNKNOWN_FIELDS: Final[MemberDescriptorType] = vars(ModelBase)["unknown_fields"]


class Layout:
    """The fields of one model class, by position, name and wire name, and their reader and writer."""

    __slots__ = ("_compile", "_reader", "by_name", "by_wire", "cls", "extra", "fields")

    def __init__(
        self,
        cls: type[ModelBase],
        fields: tuple[FieldLayout, ...],
        extra: tuple[str, Codec] | None,
        compile_reader: Callable[[Layout], Reader],
    ) -> None:
        self.cls: type[ModelBase] = cls
        self.fields: tuple[FieldLayout, ...] = fields
        self.extra: tuple[str, Codec] | None = extra
        """The field for additional properties, and the codec of their values."""
        self._compile = compile_reader
        self.by_name: dict[str, FieldLayout] = {field.name: field for field in fields}
        self.by_wire: dict[str, FieldLayout] = {field.wire: field for field in fields}
        self._reader: Reader | None = None

    @property
    def reader(self) -> Reader:
        """The function that reads an instance from a JSON object; compiled on first use."""
        if self._reader is None:
            self._reader = self._compile(self)
        return self._reader

    def write_model(self, model: ModelBase) -> JSONObject:
        """Return the JSON object of an instance."""
        result: JSONObject = {}
        fallbacks = model.__fallbacks__
        name = ""
        try:
            for field in self.fields:
                name = field.name
                try:
                    value: object = field.slot.__get__(model)
                except AttributeError:
                    if name in fallbacks:
                        result[field.wire] = copy.deepcopy(fallbacks[name][1])
                    continue
                if value is None:
                    if field.required or field.nullable:
                        result[field.wire] = None
                elif name in fallbacks and _is_same(fallbacks[name][0], value):
                    result[field.wire] = copy.deepcopy(fallbacks[name][1])
                else:
                    result[field.wire] = field.write(value)
        except (TypeError, ValueError) as error:
            raise located(error, name) from None
        for key, item in self._undeclared_fields(model).items():
            result.setdefault(key, item)
        return result

    def _undeclared_fields(self, model: ModelBase) -> JSONObject:
        """Return the additional properties and unknown fields."""
        result: JSONObject = {}
        if self.extra is not None:
            name, codec = self.extra
            result.update(MapCodec(codec).write(getattr(model, name)))
        for key, item in unknown_of(model).items():
            result.setdefault(key, write_any(item))
        return result

    def write_mapping(self, value: object) -> JSONObject:
        """Return the JSON object for a mapping by JSON names."""
        if not is_mapping(value):
            raise TypeError(f"{self.cls.__name__} or a mapping was expected, not {type(value).__name__}")
        result: JSONObject = {}
        key = ""
        try:
            for key, item in value.items():
                codec = self._codec_of(str(key))
                result[str(key)] = None if item is None else write_any(item) if codec is None else codec.write(item)
        except (TypeError, ValueError) as error:
            raise located(error, str(key)) from None
        return result

    def _codec_of(self, wire: str) -> Codec | None:
        field = self.by_wire.get(wire)
        if field is not None:
            return field.codec
        return None if self.extra is None else self.extra[1]


def unknown_of(model: ModelBase) -> Mapping[str, JSONValue]:
    """Return the unknown fields, without creating a dictionary if there are none."""
    try:
        fields: Mapping[str, JSONValue] = _UNKNOWN_FIELDS.__get__(model)
    except AttributeError:
        return {}
    return fields


def _is_same(saved: object, value: object) -> bool:
    return saved is value or (type(saved) is type(value) and saved == value)


class UnknownFields(dict[str, JSONValue]):
    """Received fields that are not in the spec. They refer to their model, so that fields absent there stay absent
    after `attrs.evolve`, which passes them on; copies are plain dictionaries."""

    __slots__ = ("_owner",)

    def __init__(self, owner: ModelBase, values: Mapping[str, JSONValue]) -> None:
        super().__init__(values)
        self._owner = weakref.ref(owner)

    @property
    def owner(self) -> ModelBase | None:
        return self._owner()

    def __reduce__(self) -> tuple[type[dict[str, JSONValue]], tuple[dict[str, JSONValue]]]:
        return dict, (dict(self),)


class ModelCodec(Codec):
    """A model. Its layout is built for the first value."""

    __slots__ = ("model",)

    accepts = frozenset({dict})
    faithful = True
    sends = (Mapping,)

    def __init__(self, model: type[ModelBase]) -> None:
        super().__init__(model.__name__)
        self.model = model

    @property
    def layout(self) -> Layout:
        """The fields of the model."""
        return self.model.__layout__()

    @property
    def reader(self) -> Reader:
        return self.layout.reader

    def read(self, raw: object, context: Context) -> object:
        return self.layout.reader(raw, context)

    def write(self, value: object) -> JSONValue:
        if isinstance(value, ModelBase):
            return value.__layout__().write_model(value)
        return self.layout.write_mapping(value)
