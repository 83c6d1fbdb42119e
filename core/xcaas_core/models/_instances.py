"""What happens to instances of models: made by hand, copied, pickled, given unknown fields."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from ._json import JSONValue
from ._misfit import Place, Step
from ._slots import PENDING, Rest, lock_of

if TYPE_CHECKING:
    from ._model import Model

__all__ = [
    "State",
    "UnknownFields",
    "fill",
    "no_field",
    "rest_of",
    "restored",
    "state_of",
    "unknown_fields",
    "unknown_of",
]


class UnknownFields(dict[str, JSONValue]):
    """The unknown fields of one model. Knows whose they are, for `attrs.evolve`; copies forget it."""

    __slots__ = ("_owner",)

    def __init__(self, owner: Model, values: Mapping[str, JSONValue]) -> None:
        super().__init__(values)
        self._owner = weakref.ref(owner)

    @property
    def owner(self) -> Model | None:
        return self._owner()

    def __reduce__(self) -> tuple[type[dict[str, JSONValue]], tuple[dict[str, JSONValue]]]:
        return dict, (dict(self),)


def rest_of(model: Model) -> Rest:
    """The model's `Rest`, made if there is none."""
    rest = model.__rest__
    if rest is None:
        rest = model.__rest__ = Rest()
    return rest


def unknown_of(model: Model) -> dict[str, JSONValue] | None:
    """The unknown fields, if anybody ever cared."""
    rest = model.__rest__
    return None if rest is None else rest.unknown


def unknown_fields(model: Model) -> dict[str, JSONValue]:
    """The unknown fields, to read and to change."""
    found = unknown_of(model)
    if found is None:
        with lock_of(model):
            rest = rest_of(model)
            if rest.unknown is None:
                rest.unknown = UnknownFields(model, {})
            return rest.unknown
    return found


def replace_unknown(model: Model, values: Mapping[str, JSONValue]) -> None:
    """Give the model other unknown fields."""
    rest_of(model).unknown = UnknownFields(model, values)


def fill(model: Model, values: Mapping[str, object]) -> None:
    """What the constructor does with its keyword arguments.

    `attrs.evolve` passes the changes first, then `unknown_fields`, then the values of all other
    fields. From there on a None is no more than what an absent field reads as, so those
    fields are taken over as they are in the model that evolves.
    """
    layout = model.__model__
    layout.place(model, (None, None))
    source: Model | None = None
    for name, value in values.items():
        if name == "unknown_fields":
            source = _take_unknown(model, cast("Mapping[str, JSONValue]", value))
            continue
        slot = layout.by_name.get(name)
        if slot is None:
            hint = _hint(model, name)
            raise TypeError(f"{type(model).__name__}() got an unexpected keyword argument {name!r}{hint}")
        if value is None and source is not None:
            slot.restore(model, slot.state(source))
            _take_sent(model, source, name)
        else:
            slot.store(model, value)
    missing = [slot.name for slot in layout.slots if slot.required and slot.name not in values]
    if missing:
        names = ", ".join(map(repr, missing))
        raise TypeError(f"{type(model).__name__}() is missing {names} (keyword arguments)")
    for slot in layout.all:
        if slot.name not in values:
            slot.restore(model, (slot.blank, None))


def _hint(model: Model, name: str) -> str:
    """A slip that is easily made: the name on the wire."""
    slot = model.__model__.by_wire.get(name)
    return "" if slot is None else f"; in Python it is {slot.name!r}"


def no_field(model: Model, name: str) -> AttributeError:
    """The error for the name of a field that a model does not have."""
    return AttributeError(f"{type(model).__name__} has no field {name!r}{_hint(model, name)}")


def _take_unknown(model: Model, values: Mapping[str, JSONValue]) -> Model | None:
    if values:
        replace_unknown(model, values)
    owner = values.owner if isinstance(values, UnknownFields) else None
    return owner if type(owner) is type(model) else None


def _take_sent(model: Model, source: Model, name: str) -> None:
    rest = source.__rest__
    if rest is not None and name in rest.sent:
        rest_of(model).sent[name] = rest.sent[name]


class State(NamedTuple):
    """All of a model, for pickles and copies."""

    values: dict[str, object]
    pending: dict[str, object]
    sent: dict[str, JSONValue]
    unknown: dict[str, JSONValue]
    stand: tuple[Place, Step]


def state_of(model: Model) -> State:
    values: dict[str, object] = {}
    pending: dict[str, object] = {}
    for slot in model.__model__.all:
        value, raw = slot.snapshot(model)
        if value is PENDING:
            pending[slot.name] = raw
        elif value is not slot.blank:
            values[slot.name] = value
    rest = model.__rest__ or Rest()
    return State(values, pending, dict(rest.sent), dict(rest.unknown or {}), model.__model__.stand(model))


def restored(cls: type[Model], state: State) -> Model:
    """A model with that state. Fields that the class has lost since are dropped, new ones are absent."""
    model = object.__new__(cls)
    model.__rest__ = None
    layout = cls.__model__
    for slot in layout.all:
        if slot.name in state.pending:
            slot.restore(model, (PENDING, state.pending[slot.name]))
        else:
            slot.restore(model, (state.values.get(slot.name, slot.blank), None))
    if state.sent:
        rest_of(model).sent = state.sent
    if state.unknown:
        replace_unknown(model, state.unknown)
    layout.place(model, state.stand)
    return model
