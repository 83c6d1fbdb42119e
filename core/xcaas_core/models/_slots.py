"""One field of a model class at run time: where its value lives, and what absent looks like.

Most fields are plain slots, read at the interpreter's own speed. Where None stands in one the
field is absent, unless the model's `Rest` has what really came. Two kinds of field need more
and stand behind a property: those whose reading is put off until somebody looks (lists and
objects), and optional ones that may also be null.
"""

from __future__ import annotations

import threading
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from .._fork import resets_after_fork
from .._pointer import ABSENT, Absent
from ._codec import Codec
from ._containers import MapOf
from ._json import JSONValue, own_copy
from ._misfit import Misfit, Place, Step, inside

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["PENDING", "RAW", "VALUE", "ExtraSlot", "GuardedSlot", "Rest", "Slot", "lock_of", "slot_for"]

VALUE: Final = "_value_"
"""Before the name of a field behind a property: the slot for its value, `ABSENT` or `PENDING`."""

RAW: Final = "_raw_"
"""Before its name: the slot for what came, while the value is `PENDING`."""


class Pending(Absent):
    """The type of `PENDING`."""

    __slots__ = ()


PENDING: Final = Pending()
"""There is something, and nobody has looked at it yet."""

Written: TypeAlias = "JSONValue | Absent"


class _Locks:
    """For first looks and assignments, one at a time. Many locks, so that threads seldom meet;
    reading a field never looks at another one, so that no thread waits for two of them."""

    def __init__(self) -> None:
        self.reset()
        resets_after_fork(self)

    def reset(self) -> None:
        self.all = [threading.RLock() for _ in range(32)]


_LOCKS: Final = _Locks()


def lock_of(model: Model) -> threading.RLock:
    """The lock for first looks at the fields of one model."""
    return _LOCKS.all[id(model) // 16 % 32]


class Rest:
    """What a few models carry besides their fields."""

    __slots__ = ("sent", "unknown")

    def __init__(self) -> None:
        self.sent: dict[str, JSONValue] = {}
        """What came for fields that read as None though something else than nothing came."""
        self.unknown: dict[str, JSONValue] | None = None
        """What came beside the known fields, by wire name."""


def slot_for(name: str, wire: str, codec: Codec, *, required: bool) -> Slot:
    """The kind of slot that a field needs."""
    kind = GuardedSlot if codec.defers or (codec.nullable and not required) else Slot
    return kind(name, wire, codec, required=required)


class Slot:
    """A plain field."""

    __slots__ = ("codec", "member", "name", "required", "wire")

    name: str
    wire: str
    codec: Codec
    required: bool

    member: MemberDescriptorType
    """The slot of the value, as Python made it for the class."""

    blank: object = None
    """What stands there while the field is absent."""

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
        """Take hold of the slots that Python made."""
        self.member = cls.__dict__[self.name]

    def store(self, model: Model, value: object) -> None:
        """Give the field a value. None makes an optional field absent, unless it may be null."""
        self.member.__set__(model, value)

    def clear(self, model: Model) -> None:
        """Make the field absent, whatever came for it."""
        self.member.__set__(model, None)
        if model.__rest__ is not None:
            model.__rest__.sent.pop(self.name, None)

    def load(self, model: Model) -> object:
        """The field's value; None where it is absent."""
        return getattr(model, self.name, None)

    def state(self, model: Model) -> tuple[object, object]:
        """(what stands for the value, what is pending). For copies and comparisons."""
        return self.load(model), None

    def snapshot(self, model: Model) -> tuple[object, object]:
        """Like `state`, with a copy of what is pending."""
        return self.load(model), None

    def restore(self, model: Model, state: tuple[object, object]) -> None:
        """Make `state` that of a new model."""
        self.member.__set__(model, state[0])

    def write(self, model: Model) -> Written:
        """What the field is on the wire; `ABSENT` if nothing."""
        value, raw = self.snapshot(model)
        if value is not None and not isinstance(value, Absent):
            return self.codec.write(value)
        if value is PENDING:
            return cast("JSONValue", raw)  # as it came
        rest = model.__rest__
        if rest is not None and self.name in rest.sent:
            return rest.sent[self.name]
        return ABSENT if value is self.blank and not self.required else None

    def given(self, model: Model) -> bool:
        """Whether something stands on the wire for the field, be it null."""
        rest = model.__rest__
        value = self.state(model)[0]
        return self.required or value is not self.blank or (rest is not None and self.name in rest.sent)

    def same(self, one: Model, other: Model) -> bool:
        """Whether two models agree in this field."""
        mine, yours = self.state(one), self.state(other)
        if mine[0] is PENDING and yours[0] is PENDING and mine[1] == yours[1]:
            return True
        return bool(self.load(one) == self.load(other)) and self.given(one) is self.given(other)


class GuardedSlot(Slot):
    """A field behind a property."""

    __slots__ = ("raw",)

    blank: object = ABSENT

    raw: MemberDescriptorType | None
    """The slot for what is pending, in fields whose reading can be put off."""

    @property
    def places(self) -> tuple[str, ...]:
        return (VALUE + self.name, RAW + self.name) if self.codec.defers else (VALUE + self.name,)

    def bind(self, cls: type[Model]) -> None:
        self.member = cls.__dict__[VALUE + self.name]
        self.raw = cls.__dict__[RAW + self.name] if self.codec.defers else None
        get, first = self.member.__get__, self.first

        def read(model: Model) -> object:
            value: object = get(model)
            return first(model) if isinstance(value, Absent) else value

        setattr(cls, self.name, property(read, self.store, self.clear))

    def first(self, model: Model) -> object:
        """The value of a field at which nobody has looked before; None if it is absent."""
        with lock_of(model):
            value: object = self.member.__get__(model)
            if value is PENDING and self.raw is not None:
                value = self.read(model, self.raw.__get__(model))
                self._put(model, value)
            return self.nothing(model) if value is ABSENT else value

    def nothing(self, model: Model) -> object:
        """What the field reads as while it is absent."""
        return None

    def read(self, model: Model, raw: object) -> object:
        """Read what was pending, and say where in the whole answer it does not fit."""
        place = inside(*model.__model__.stand(model))
        return _read(self.codec, raw, place, self.wire, inside(place, self.wire))

    def state(self, model: Model) -> tuple[object, object]:
        value: object = self.member.__get__(model)
        if value is not PENDING or self.raw is None:
            return value, None
        with lock_of(model):  # both at the same moment
            return self.member.__get__(model), self.raw.__get__(model)

    def snapshot(self, model: Model) -> tuple[object, object]:
        value: object = self.member.__get__(model)
        if value is not PENDING or self.raw is None:
            return value, None
        with lock_of(model):  # so that nobody reads it in place in the meantime
            return self.member.__get__(model), own_copy(self.raw.__get__(model))

    def restore(self, model: Model, state: tuple[object, object]) -> None:
        self.member.__set__(model, state[0])
        if self.raw is not None:
            self.raw.__set__(model, state[1])

    def store(self, model: Model, value: object) -> None:
        absent = value is None and not self.required and not self.codec.nullable
        with lock_of(model):
            self._put(model, ABSENT if absent else value)

    def clear(self, model: Model) -> None:
        """Make the field absent."""
        with lock_of(model):
            self._put(model, ABSENT)

    def _put(self, model: Model, value: object) -> None:
        self.member.__set__(model, value)
        if model.__rest__ is not None:
            model.__rest__.sent.pop(self.name, None)
        if self.raw is not None:
            self.raw.__set__(model, None)


class ExtraSlot(GuardedSlot):
    """The field for additional properties: always a dictionary, if need be an empty one."""

    __slots__ = ("value",)

    value: Codec
    """The codec of one additional property."""

    def __init__(self, name: str, codec: MapOf) -> None:
        super().__init__(name, "", codec, required=False)
        self.value = codec.value

    def nothing(self, model: Model) -> object:
        value: dict[str, object] = {}
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
