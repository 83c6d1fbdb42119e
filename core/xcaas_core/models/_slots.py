"""One field of a model class at run time: where its value lives, and what absent looks like.

Most fields are plain slots, read at the interpreter's own speed. Where None stands in one the
field is absent, unless the model's `Rest` has what really came. Two kinds of field need more
and stand behind a property: those whose reading is put off until somebody looks (lists and
objects), and optional ones that may also be null. Their slot is empty while they are absent
or pending; what is pending lies in a second slot.
"""

from __future__ import annotations

import threading
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from .._pointer import ABSENT, Absent
from ._codec import Codec
from ._json import JSONValue
from ._misfit import Misfit, Place, Step, inside

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["PENDING", "ExtraSlot", "GuardedSlot", "Rest", "Slot", "slot_for"]

PENDING: Final = "_raw_"
"""Before a field's name: the slot for what is pending."""

Written: TypeAlias = "JSONValue | Absent"

# Reading happens outside; inside, the first of several threads gets its result in.
_FIRST: Final = threading.Lock()


class Rest:
    """What a few models carry besides their fields."""

    __slots__ = ("sent", "unknown")

    def __init__(self) -> None:
        self.sent: dict[str, JSONValue] = {}
        """What came for plain optional fields that read as None though something did come."""
        self.unknown: dict[str, JSONValue] | None = None
        """What came beside the known fields, by wire name."""


def slot_for(name: str, wire: str, codec: Codec, *, required: bool) -> Slot:
    """The kind of slot that a field needs."""
    kind = GuardedSlot if codec.defers or (codec.nullable and not required) else Slot
    return kind(name, wire, codec, required=required)


class Slot:
    """A plain field."""

    __slots__ = ("codec", "member", "name", "required", "wire")

    blank: object = None
    """What stands in the slot of an absent field."""

    member: MemberDescriptorType

    def __init__(self, name: str, wire: str, codec: Codec, *, required: bool) -> None:
        self.name = name
        self.wire = wire
        self.codec = codec
        self.required = required

    @property
    def places(self) -> tuple[str, ...]:
        """The slots that the field takes up in an instance."""
        return (self.name,)

    def bind(self, cls: type[Model]) -> None:
        """Take hold of the slot that Python made for the class."""
        self.member = cls.__dict__[self.name]

    def store(self, model: Model, value: object) -> None:
        """Give the field a value. None makes an optional field absent, unless it may be null."""
        self.member.__set__(model, value)

    def load(self, model: Model) -> object:
        """The field's value; None where it is absent."""
        return getattr(model, self.name, None)

    def write(self, model: Model) -> Written:
        """What the field is on the wire; `ABSENT` if nothing."""
        value = self.load(model)
        if value is not None:
            return self.codec.write(value)
        rest = model.__rest__
        if rest is not None and self.name in rest.sent:
            return rest.sent[self.name]
        return None if self.required else ABSENT

    def given(self, model: Model) -> bool:
        """Whether something stands on the wire for the field, be it null."""
        rest = model.__rest__
        return self.load(model) is not None or self.required or (rest is not None and self.name in rest.sent)

    def state(self, model: Model) -> tuple[object, object]:
        """(value, ABSENT), (ABSENT, what is pending), or ABSENT twice. For copies and comparisons."""
        return self.load(model), ABSENT

    def restore(self, model: Model, state: tuple[object, object]) -> None:
        """Make `state` that of a new model."""
        self.member.__set__(model, state[0])

    def same(self, one: Model, other: Model) -> bool:
        """Whether two models agree in this field."""
        return bool(self.load(one) == self.load(other)) and self.given(one) is self.given(other)


class GuardedSlot(Slot):
    """A field behind a property."""

    __slots__ = ("pending",)

    blank = ABSENT
    pending: MemberDescriptorType | None

    @property
    def places(self) -> tuple[str, ...]:
        return (self.name, PENDING + self.name) if self.codec.defers else (self.name,)

    def bind(self, cls: type[Model]) -> None:
        super().bind(cls)
        self.pending = cls.__dict__[PENDING + self.name] if self.codec.defers else None
        get, first = self.member.__get__, self.first

        def read(model: Model) -> object:
            try:
                return get(model)
            except AttributeError:
                return first(model)

        setattr(cls, self.name, property(read, self.store, self.clear))

    def first(self, model: Model) -> object:
        """The value of a field whose slot is empty: read now, if anything is pending."""
        value, raw = self.state(model)
        if raw is ABSENT:
            return None if value is ABSENT else value
        value = self.read(model, raw)
        with _FIRST:
            earlier, raw = self.state(model)
            if raw is ABSENT:  # another thread read, or set, or removed it in the meantime
                return None if earlier is ABSENT else earlier
            self._put(model, value)
        return value

    def read(self, model: Model, raw: object) -> object:
        """Read what was pending, and say where in the whole answer it does not fit."""
        place = inside(*model.__model__.stand(model))
        return _read(self.codec, raw, place, self.wire, inside(place, self.wire))

    def state(self, model: Model) -> tuple[object, object]:
        try:
            return self.member.__get__(model), ABSENT
        except AttributeError:
            pass
        if self.pending is not None:
            try:
                return ABSENT, self.pending.__get__(model)
            except AttributeError:
                pass
        # Neither: absent, unless another thread got in between the two looks.
        try:
            return self.member.__get__(model), ABSENT
        except AttributeError:
            return ABSENT, ABSENT

    def restore(self, model: Model, state: tuple[object, object]) -> None:
        value, raw = state
        if value is not ABSENT:
            self.member.__set__(model, value)
        elif raw is not ABSENT and self.pending is not None:
            self.pending.__set__(model, raw)

    def store(self, model: Model, value: object) -> None:
        if value is None and not self.required and not self.codec.nullable:
            self.clear(model)
            return
        with _FIRST:
            self._put(model, value)

    def clear(self, model: Model) -> None:
        """Make the field absent."""
        with _FIRST:
            _empty(self.pending, model)
            _empty(self.member, model)

    def _put(self, model: Model, value: object) -> None:
        self.member.__set__(model, value)
        _empty(self.pending, model)

    def write(self, model: Model) -> Written:
        value, raw = self.state(model)
        if value is ABSENT:
            return cast("Written", raw)  # as it came
        if value is not None:
            return self.codec.write(value)
        rest = model.__rest__
        return None if rest is None else rest.sent.get(self.name)

    def given(self, model: Model) -> bool:
        return self.state(model) != (ABSENT, ABSENT)

    def same(self, one: Model, other: Model) -> bool:
        mine, yours = self.state(one), self.state(other)
        if mine[1] is not ABSENT and yours[1] is not ABSENT and mine[1] == yours[1]:
            return True
        return super().same(one, other)


class ExtraSlot(GuardedSlot):
    """The field for additional properties: always a dictionary, if need be an empty one."""

    __slots__ = ()

    def first(self, model: Model) -> object:
        value = super().first(model)
        if value is None:
            with _FIRST:
                value = self.state(model)[0]
                if value is ABSENT:
                    value = dict[str, object]()
                    self._put(model, value)
        return value

    def read(self, model: Model, raw: object) -> object:
        # Its members stand in the model itself, not one level below.
        place, step = model.__model__.stand(model)
        return _read(self.codec, raw, place, step, inside(place, step))

    def given(self, model: Model) -> bool:
        return bool(self.load(model))


def _read(codec: Codec, raw: object, place: Place, step: Step, spot: Place) -> object:
    try:
        return codec.read(raw, place, step)
    except Misfit as misfit:
        raise misfit.error(spot) from None
    except RecursionError:
        raise Misfit("the JSON is nested too deeply").error(spot) from None


def _empty(member: MemberDescriptorType | None, model: Model) -> None:
    if member is not None:
        try:
            member.__delete__(model)
        except AttributeError:
            pass
