"""The base class of all models."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, Self, TypeVar, cast, dataclass_transform

import attrs

from .._checks import is_mapping
from .._json import ABSENT, uncollected
from ._compiler import layout_of, slot_of
from ._context import FROM_CALLER, FROM_CALLER_OWNED, Context
from ._fields import extra, field
from ._json import Buffer, JSONObject, JSONValue, decode_json, encode_json
from ._layout import FieldLayout, Layout, ModelBase, ModelCodec, UnknownFields, keep_raw, unknown_of
from ._repr import one_line

__all__ = ["RESERVED_NAMES", "Model", "UnknownModel", "model"]

M = TypeVar("M", bound="Model")

RESERVED_NAMES: Final = frozenset(
    {"evolve", "from_dict", "from_json", "is_set", "to_dict", "to_json", "unknown_fields", "unset", "validate"}
)
"""Names that fields cannot have: attributes of `Model`."""

_LAYOUT: Final = "__xcaas_layout__"
_NO_FALLBACKS: Final[Mapping[str, tuple[object, JSONValue]]] = MappingProxyType({})


@dataclass_transform(kw_only_default=True, eq_default=True, field_specifiers=(field, extra))
def model(cls: type[M]) -> type[M]:
    """Turn a model into an attrs class with slots and keyword-only arguments.

    Equality, copies and `repr` are those of `Model`, which distinguish absent from null.
    """
    for name in RESERVED_NAMES & inspect.get_annotations(cls).keys():
        if cls.__module__ != __name__:
            raise TypeError(f"{cls.__name__}.{name}: models have something of that name already")
    return attrs.define(kw_only=True, eq=False, order=False, repr=False, getstate_setstate=False)(cls)


@model
class Model(ModelBase):
    """An object of an API, with typed fields.

    An absent field reads as None, like a null one; `is_set` tells them apart. Fields that are
    not in the spec are kept in `unknown_fields`. Everything is written back as it was received.
    None for an optional field leaves it out, or sends null if the field is nullable.
    """

    if TYPE_CHECKING:
        unknown_fields: dict[str, JSONValue] = extra(factory=dict, init=False)
        """Received fields that are not in the spec, by their names in JSON."""
    else:
        unknown_fields: dict[str, JSONValue] = attrs.field(factory=dict)

    @classmethod
    def __layout__(cls) -> Layout:
        layout: Layout | None = cls.__dict__.get(_LAYOUT)
        if layout is None:
            layout = layout_of(cls)
            setattr(cls, _LAYOUT, layout)
        return layout

    def __attrs_post_init__(self) -> None:
        owner = self.unknown_fields.owner if isinstance(self.unknown_fields, UnknownFields) else None
        for attribute in self.__attrs_attrs__:
            if getattr(self, attribute.name) is ABSENT:
                slot_of(type(self), attribute.name).__delete__(self)
        if owner is not None:
            self.unknown_fields = UnknownFields(self, self.unknown_fields)
            if type(owner) is type(self):
                self._copy_absence(owner)

    def _copy_absence(self, owner: Model) -> None:
        """Make fields absent that are absent in `owner`: `attrs.evolve` passes None for them."""
        for layout_field in owner.__layout__().fields:
            if (
                getattr(self, layout_field.name) is None
                and layout_field.is_empty(owner)
                and not layout_field.is_empty(self)
            ):
                layout_field.slot.__delete__(self)
        for name, (value, raw) in owner.__fallbacks__.items():
            keep_raw(self, name, value, raw)

    @classmethod
    def from_dict(cls: type[M], data: Mapping[str, object]) -> M:
        """Return an instance for a JSON object, as `json.loads` returns it.

        Raises `DecodeError` with a JSON pointer if it does not match the spec. Values that are not in
        the spec are shared with the model, not copied.
        """
        return cls._read(_as_dict(data), FROM_CALLER)

    @classmethod
    def from_json(cls: type[M], data: Buffer) -> M:
        """Return an instance for the JSON text or bytes of an object. Raises as `from_dict` does."""
        with uncollected(len(data)):
            return cls._read(decode_json(data), FROM_CALLER_OWNED)

    @classmethod
    def _read(cls, data: object, context: Context) -> Self:
        return cast("Self", ModelCodec(cls).decode_in(data, context))

    def to_dict(self) -> JSONObject:
        """Return the JSON object, under the names in JSON. It shares nothing with the model."""
        return self.__layout__().write_model(self)

    def to_json(self) -> str:
        """Return the JSON object as compact text."""
        return encode_json(self.to_dict()).decode()

    def is_set(self, name: str) -> bool:
        """Return whether a field is present in JSON, even if null. `name` is its name in Python."""
        extra = self.__layout__().extra
        return bool(getattr(self, name)) if extra and extra[0] == name else self._field(name).is_set(self)

    def unset(self, *names: str) -> None:
        """Make fields absent. `names` are their names in Python."""
        for name in names:
            layout_field = self._field(name)
            if not layout_field.is_empty(self):
                layout_field.slot.__delete__(self)
            if name in self.__fallbacks__:
                del self.__fallbacks__[name]
            if not layout_field.nullable:
                layout_field.slot.__set__(self, None)

    def evolve(self: M, /, **changes: object) -> M:
        """Return a copy with other values for some fields.

        Type checkers check names and values with `copy.replace` (Python 3.13).
        """
        new = attrs.evolve(self, **changes)  # type: ignore[misc]  # mypy knows attrs classes by their decorator
        if not isinstance(self.unknown_fields, UnknownFields):  # a dictionary set by the user
            new._copy_absence(self)
        for name, value in changes.items():
            if value is None and name != "unknown_fields":
                new.unset(name)
                setattr(new, name, None)
        return new

    def __replace__(self, /, **changes: object) -> Self:  # `copy.replace` of Python 3.13
        return self.evolve(**changes)

    def validate(self: M) -> M:
        """Check all fields against the spec, including those set by hand or read leniently.

        Raises `DecodeError` with a JSON pointer; `TypeError` or `ValueError` for a value that cannot be written.
        """
        self._read(self.to_dict(), FROM_CALLER)
        return self

    def _field(self, name: str) -> FieldLayout:
        layout = self.__layout__()
        if name not in layout.by_name:
            raise AttributeError(_unknown_field_message(layout, name), name=name, obj=self)
        return layout.by_name[name]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            # Called if a slot is empty.
            if name == "__fallbacks__":
                return _NO_FALLBACKS
            if name == "unknown_fields":
                self.unknown_fields = fields = UnknownFields(self, {})
                return fields
            layout = self.__layout__()
            if name not in layout.by_name:
                raise AttributeError(_unknown_field_message(layout, name), name=name, obj=self)
            return None

    def __repr__(self) -> str:
        return one_line(self)

    def _repr_html_(self) -> str:
        from ._html import fields_table

        return fields_table(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or other.__class__ is not self.__class__:
            return NotImplemented
        layout = self.__layout__()
        return (
            all(f.value(self) == f.value(other) and f.is_set(self) is f.is_set(other) for f in layout.fields)
            and (layout.extra is None or getattr(self, layout.extra[0]) == getattr(other, layout.extra[0]))
            and unknown_of(self) == unknown_of(other)
        )

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __copy__(self) -> Self:
        new = _new_instance(type(self))
        new.__setstate__(self._state())
        return new

    def __reduce__(self) -> tuple[Callable[[type[Self]], Self], tuple[type[Self]], dict[str, object]]:
        return _new_instance, (type(self),), self._state()

    def _state(self) -> dict[str, object]:
        """Return the contents of the slots, for copies and pickles."""
        state: dict[str, object] = dict(getattr(self, "__dict__", {}))
        for attribute in self.__attrs_attrs__:
            slot = slot_of(type(self), attribute.name)
            try:
                state[attribute.name] = slot.__get__(self)
            except AttributeError:
                continue
        if unknown := dict(unknown_of(self)):
            state["unknown_fields"] = unknown
        else:
            state.pop("unknown_fields", None)
        if self.__fallbacks__:
            state["__fallbacks__"] = dict(self.__fallbacks__)
        return state

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():
            if name == "unknown_fields":
                value = UnknownFields(self, cast("dict[str, JSONValue]", value))
            if hasattr(type(self), name) or hasattr(self, "__dict__"):  # drops fields that the class no longer has
                setattr(self, name, value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> dict[str, object]:
        """Return how pydantic reads and writes a field of this type."""
        from ._pydantic import core_schema

        return core_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, object]:
        """Return the JSON Schema, for pydantic and FastAPI."""
        from ._pydantic import json_schema

        return json_schema(cls.__layout__())


def _as_dict(data: object) -> object:
    """Return a mapping as a dictionary; readers reject anything else."""
    return dict(data) if is_mapping(data) else data


def _new_instance(cls: type[M]) -> M:
    return object.__new__(cls)


def _unknown_field_message(layout: Layout, name: str) -> str:
    """Return the message for an unknown name, with a hint if it is a name in JSON."""
    layout_field = layout.by_wire.get(name)
    hint = "" if layout_field is None else f"; in Python it is {layout_field.name!r}"
    return f"{layout.cls.__name__} has no field {name!r}{hint}"


@model
class UnknownModel(Model):
    """An object of a type that is not in the spec. All its fields are in `unknown_fields`."""
