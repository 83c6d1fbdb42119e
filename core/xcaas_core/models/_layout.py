"""What a model class is made of, found out once per class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Final, cast

from .._pointer import ABSENT
from ._codec import Codec, Reader, write_any
from ._json import JSONObject, JSONValue
from ._misfit import Place, Step, unfit
from ._slots import ExtraSlot, Slot

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["PLACE", "Layout"]

PLACE: Final = ("_place", "_step")
"""Slots of models that read some of their fields late and have to say where they stood."""

_STAND: Final = attrgetter(*PLACE)


class Layout:
    """The fields of one model class, and what follows from them."""

    __slots__ = ("_reader", "attributes", "by_name", "by_wire", "cls", "extra", "located", "slots")

    cls: type[Model]
    slots: tuple[Slot, ...]
    extra: ExtraSlot | None
    located: bool
    """Whether instances remember where they stood."""
    by_wire: dict[str, Slot]
    by_name: dict[str, Slot]
    attributes: tuple[object, ...] | None
    """What attrs knows of the class, once somebody asked."""

    def __init__(self, cls: type[Model], slots: tuple[Slot, ...], extra: ExtraSlot | None, *, located: bool) -> None:
        self.cls = cls
        self.slots = slots
        self.extra = extra
        self.located = located
        self.by_wire = {slot.wire: slot for slot in slots}
        self.by_name = {slot.name: slot for slot in self.all}
        self.attributes = None
        self._reader: Reader | None = None

    @property
    def all(self) -> Iterable[Slot]:
        return self.slots if self.extra is None else (*self.slots, self.extra)

    @property
    def reader(self) -> Reader:
        """The function that makes an instance of a JSON object; put together when first needed."""
        if self._reader is None:
            from ._assemble import assemble

            self._reader = assemble(self)
        return self._reader

    def stand(self, model: Model) -> tuple[Place, Step]:
        """Where an instance stood in the answer that it came from."""
        if not self.located:
            return None, None
        return cast("tuple[Place, Step]", _STAND(model))

    def place(self, model: Model, stand: tuple[Place, Step]) -> None:
        """Say where a new instance stood."""
        if self.located:
            for name, value in zip(PLACE, stand, strict=True):
                setattr(model, name, value)

    def write(self, value: object) -> JSONValue:
        """The JSON object of an instance, or of a mapping by wire name."""
        if isinstance(value, Mapping):
            return self._write_mapping(cast("Mapping[object, object]", value))
        layout = getattr(type(value), "__model__", None)
        if not isinstance(layout, Layout):
            raise TypeError(f"{self.cls.__name__} or a mapping was expected, not {type(value).__name__}")
        return layout.write_model(cast("Model", value))

    def write_model(self, model: Model) -> JSONObject:
        found: JSONObject = {}
        name = ""
        try:
            for slot in self.slots:
                name = slot.name
                written = slot.write(model)
                if written is not ABSENT:
                    found[slot.wire] = cast("JSONValue", written)
        except (TypeError, ValueError) as error:
            raise unfit(error, name) from None
        if self.extra is not None:
            written = self.extra.write(model)
            if isinstance(written, dict):
                found.update(written)
        rest = model.__rest__
        if rest is not None and rest.unknown:
            for key, item in rest.unknown.items():
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
            raise unfit(error, str(key)) from None
        return found

    def _codec_of(self, wire: str) -> Codec | None:
        slot = self.by_wire.get(wire)
        if slot is not None:
            return slot.codec
        return None if self.extra is None else self.extra.value

    def fits(self, raw: object) -> bool:
        """Whether a JSON value is an object of this class through and through."""
        if not isinstance(raw, dict):
            return False
        found = cast("dict[str, object]", raw)
        for slot in self.slots:
            value = found.get(slot.wire, ABSENT)
            if value is ABSENT or value is None:
                if slot.required and not (value is None and slot.codec.nullable):
                    return False
            elif not slot.codec.fits(value) and (slot.required or not slot.codec.is_blank(value)):
                return False
        if self.extra is None:
            return True
        return all(self.extra.value.fits(value) for key, value in found.items() if key not in self.by_wire)

    def distance(self, raw: Mapping[str, object]) -> tuple[int, int]:
        """How far a JSON object is from this class: (required fields that it lacks, fields unknown here)."""
        lacking = sum(slot.required and slot.wire not in raw for slot in self.slots)
        return lacking, sum(key not in self.by_wire for key in raw)

    def unknown(self, raw: Mapping[str, JSONValue]) -> dict[str, JSONValue]:
        return {key: value for key, value in raw.items() if key not in self.by_wire}
