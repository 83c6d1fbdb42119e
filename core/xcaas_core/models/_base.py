"""What the parts of this package know of a model before there is the class of that name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, cast

from ._codec import Codec, Fit, NullableCodec, Reader
from ._json import JSONObject, JSONValue

if TYPE_CHECKING:
    import attrs

__all__ = ["FieldLayout", "ModelBase", "ObjectLayout", "keep"]


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

    def is_set(self, model: ModelBase) -> bool:
        """Whether something stands in JSON for the field, be it null."""
        try:
            value: object = self.slot.__get__(model)
        except AttributeError:
            return self.name in model.__fallbacks__
        return value is not None or self.required or self.nullable

    def value(self, model: ModelBase) -> object:
        """Return the value, None where the field is absent."""
        return getattr(model, self.name)


class ObjectLayout(Protocol):
    """How the objects of one class are read and written."""

    @property
    def cls(self) -> type[ModelBase]:
        """The class."""
        ...

    @property
    def fields(self) -> tuple[FieldLayout, ...]:
        """The fields that have a name of their own."""
        ...

    @property
    def by_wire(self) -> Mapping[str, FieldLayout]:
        """The fields by their names in JSON."""
        ...

    @property
    def extra(self) -> tuple[str, Codec] | None:
        """The field for additional properties, and the codec of one of them."""
        ...

    @property
    def reader(self) -> Reader:
        """The function that makes an instance of a JSON object."""
        ...

    def write_model(self, model: ModelBase) -> JSONObject:
        """Return the JSON object of an instance."""
        ...

    def write_mapping(self, value: object) -> JSONObject:
        """Return the JSON object of a mapping by the names in JSON. `TypeError` for anything else."""
        ...

    def fit(self, raw: object) -> Fit | None:
        """Return how well a JSON value fits; None where it is no object of this class through and through."""
        ...

    def distance(self, raw: Mapping[str, object]) -> tuple[int, int, int]:
        """Return how far an object is from this class at first sight: (tags of others, required fields that it lacks,
        fields unknown here)."""
        ...


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
    def __layout__(cls) -> ObjectLayout:
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
