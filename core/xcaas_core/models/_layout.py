"""Models as codecs know them: the base of their classes, and how the objects of a class are read and written."""

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

__all__ = ["FieldLayout", "Layout", "ModelBase", "ModelCodec", "UnknownFields", "keep", "unknown_of"]


class FieldLayout:
    """One field. Its slot is empty while the field is absent, where None would mean null."""

    __slots__ = ("codec", "name", "nullable", "required", "slot", "wire", "write")

    def __init__(
        self, name: str, wire: str, codec: Codec, slot: MemberDescriptorType, *, required: bool, nullable: bool
    ) -> None:
        self.name: str = name
        self.wire: str = wire
        # None in the annotation of an optional field says that it may be absent.
        self.codec: Codec = codec.inner if isinstance(codec, NullableCodec) and not required and not nullable else codec
        self.write: Callable[[object], JSONValue] = (
            codec.inner.write if isinstance(codec, NullableCodec) else codec.write
        )
        """Of a value that is there."""
        self.slot: MemberDescriptorType = slot
        self.required: bool = required
        self.nullable: bool = codec.nullable if required else nullable
        """Whether None stands for null, and not for an absent field."""

    def is_empty(self, model: ModelBase) -> bool:
        """Return whether nothing stands in the slot."""
        try:
            self.slot.__get__(model)
        except AttributeError:
            return True
        return False

    def is_set(self, model: ModelBase) -> bool:
        """Return whether something stands in JSON for the field, be it null."""
        if self.is_empty(model):
            return self.name in model.__fallbacks__
        return self.value(model) is not None or self.required or self.nullable

    def value(self, model: ModelBase) -> object:
        """Return the value, None where the field is absent."""
        return getattr(model, self.name)


class ModelBase:
    """The base of `Model`, for what has to tell models from other classes."""

    __slots__ = ("__fallbacks__", "unknown_fields")

    unknown_fields: dict[str, JSONValue]
    """Fields that came and no spec knows, by their names in JSON."""

    __fallbacks__: dict[str, tuple[object, JSONValue]]
    """Per field what was read and what had come, where the one is not written as the other."""

    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[tuple[attrs.Attribute[Any], ...]]

    @classmethod
    def __layout__(cls) -> Layout:
        """Return the fields of the class, found out when they are first needed."""
        raise NotImplementedError

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Return an instance for a JSON object."""
        raise NotImplementedError

    def to_dict(self) -> JSONObject:
        """Return the JSON object."""
        raise NotImplementedError


def keep(model: ModelBase, name: str, value: object, raw: object) -> None:
    """Remember what came for a field, to be written back while the field has the value that was read of it."""
    if not model.__fallbacks__:
        model.__fallbacks__ = {}
    model.__fallbacks__[name] = (value, cast("JSONValue", raw))


_UNKNOWN_FIELDS: Final[MemberDescriptorType] = vars(ModelBase)["unknown_fields"]


class Layout:
    """The fields of one model class, and what follows from them."""

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
        """The field for additional properties, and the codec of one of them."""
        self._compile = compile_reader
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
            found.update(MapCodec(codec).write(getattr(model, name)))
        for key, item in unknown_of(model).items():
            found.setdefault(key, write_any(item))
        return found

    def write_mapping(self, value: object) -> JSONObject:
        """Return the JSON object of a mapping by the names in JSON."""
        if not is_mapping(value):
            raise TypeError(f"{self.cls.__name__} or a mapping was expected, not {type(value).__name__}")
        found: JSONObject = {}
        key = ""
        try:
            for key, item in value.items():
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


def unknown_of(model: ModelBase) -> Mapping[str, JSONValue]:
    """Return the unknown fields, without making a dictionary where there are none."""
    try:
        found: Mapping[str, JSONValue] = _UNKNOWN_FIELDS.__get__(model)
    except AttributeError:
        return {}
    return found


def _is_same(kept: object, value: object) -> bool:
    return kept is value or (type(kept) is type(value) and kept == value)


class UnknownFields(dict[str, JSONValue]):
    """Fields that came and no spec knows. They know whose they are, so that `attrs.evolve`, which gives them
    to the new model, leaves absent what was absent; copies forget it."""

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
    """A model. What its fields are is found out when the first value comes by."""

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
