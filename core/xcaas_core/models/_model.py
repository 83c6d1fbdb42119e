"""The base class of all models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar, cast, dataclass_transform

from . import _instances
from ._fields import extra, field
from ._instances import State, restored, state_of, unknown_of
from ._json import Buffer, JSONObject, JSONValue, decode_json, encode_json
from ._layout import Layout
from ._meta import ModelType
from ._misfit import GIVEN, GIVEN_TEXT, Misfit
from ._repr import one_line
from ._slots import Rest

if TYPE_CHECKING:
    import attrs

__all__ = ["Model", "UnknownModel", "model"]

M = TypeVar("M", bound="Model")


@dataclass_transform(kw_only_default=True, eq_default=True, field_specifiers=(field, extra))
def model(cls: type[M]) -> type[M]:
    """Mark a class as a model: its fields become keyword arguments of the constructor.

    The class is an attrs class (`attrs.fields`, `attrs.evolve`, `attrs.asdict`) with slots,
    equality, copies, pickles, and a `repr` of one line.
    """
    return cls


class _Base(metaclass=ModelType):
    """What type checkers must not take for fields."""

    __slots__ = ("__rest__", "__weakref__")

    __model__: ClassVar[Layout]
    __rest__: Rest | None

    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[tuple[attrs.Attribute[object], ...]]


@model
class Model(_Base):
    """An object of an API: named, typed fields, and everything else that came with them.

    A field that is absent reads as None, like one that is null; `is_set` tells them apart.
    Fields that no spec knows are kept in `unknown_fields`. Everything is written back as it came.
    None given to an optional field leaves it out, or sends null where the field may be null.
    """

    if TYPE_CHECKING:
        unknown_fields: dict[str, JSONValue] = extra("json", factory=dict, init=False)
        """Fields that came and no spec knows, by their names on the wire."""
    else:

        def __init__(self, **values: object) -> None:
            self.__rest__ = None
            _instances.fill(self, values)

        @property
        def unknown_fields(self) -> dict[str, JSONValue]:
            """Fields that came and no spec knows, by their names on the wire."""
            return _instances.unknown_fields(self)

        @unknown_fields.setter
        def unknown_fields(self, value: Mapping[str, JSONValue]) -> None:
            _instances.replace_unknown(self, value)

        def __replace__(self, /, **changes: object) -> Self:  # `copy.replace` of Python 3.13
            return self.evolve(**changes)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """An instance for a JSON object, as `json.loads` gives it.

        Raises `DecodeError`, with a JSON pointer to what does not fit. Nested lists and objects
        are read on first touch, and may raise then; `validate` reads them all. They are taken
        over, not copied: don't change them afterwards.
        """
        try:
            return cast("Self", cls.__model__.reader(_plain(data), GIVEN, None))
        except Misfit as misfit:
            raise misfit.error(GIVEN) from None

    @classmethod
    def from_json(cls, data: Buffer) -> Self:
        """An instance for the JSON text or bytes of an object. Raises as `from_dict` does."""
        try:
            return cast("Self", cls.__model__.reader(decode_json(data), GIVEN_TEXT, None))
        except Misfit as misfit:
            raise misfit.error(GIVEN) from None

    def to_dict(self) -> JSONObject:
        """The JSON object, by the names on the wire. It shares nothing with the model."""
        return self.__model__.write_model(self)

    def to_json(self) -> str:
        """The JSON object as compact text."""
        return encode_json(self.__model__.write_model(self)).decode()

    def is_set(self, name: str) -> bool:
        """Whether something stands on the wire for a field, be it null. `name` is the Python name."""
        slot = self.__model__.by_name.get(name)
        if slot is None:
            raise _instances.no_field(self, name)
        return slot.given(self)

    def evolve(self, /, **changes: object) -> Self:
        """A copy with other values for some fields, as `attrs.evolve` makes it.

        Type checkers check the names and values where `copy.replace` is used (Python 3.13).
        """
        import attrs

        return attrs.evolve(self, **changes)  # type: ignore[misc]  # mypy knows attrs classes by their decorator

    def validate(self) -> Self:
        """Read everything that is put off until first touch. Raises `DecodeError` for what does not fit."""
        waiting: list[object] = [self]
        while waiting:
            value = waiting.pop()
            if isinstance(value, Model):
                waiting.extend(slot.load(value) for slot in value.__model__.all if slot.codec.defers)
            elif isinstance(value, list):
                waiting.extend(cast("list[object]", value))
            elif isinstance(value, dict):
                waiting.extend(cast("dict[str, object]", value).values())
        return self

    def __delattr__(self, name: str) -> None:
        slot = self.__model__.by_name.get(name)
        if slot is None:
            super().__delattr__(name)
        else:
            slot.clear(self)

    def __repr__(self) -> str:
        return one_line(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or other.__class__ is not self.__class__:
            return NotImplemented
        if not all(slot.same(self, other) for slot in self.__model__.all):
            return False
        return (unknown_of(self) or {}) == (unknown_of(other) or {})

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __copy__(self) -> Self:
        # What is pending is read first, so that both have the same lists, whoever looks first.
        for slot in self.__model__.all:
            slot.load(self)
        return cast("Self", restored(type(self), state_of(self)))

    def __reduce__(self) -> tuple[Callable[[type[Model], State], Model], tuple[type[Model], State]]:
        return restored, (type(self), state_of(self))


def _plain(data: object) -> object:
    """A mapping as the dictionary that readers know; anything else is for them to refuse."""
    if data.__class__ is dict:
        return data
    return dict(cast("Mapping[str, object]", data)) if isinstance(data, Mapping) else data


@model
class UnknownModel(Model):
    """An object of a kind that the spec does not know, all of it in `unknown_fields`."""
