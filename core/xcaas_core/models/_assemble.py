"""From a model's fields to the function that reads it: straight-line code, put together per class.

A loop over the fields with a call for each costs three times as much. The code is made of the
fields' names and the wire names (as literals, so no text of a spec becomes code) and of
nothing else; what is rare is called, not inlined. For a tag with a key and a value:

    def read(raw, place, step):
        if raw.__class__ is not dict: raise not_an_object(raw)
        self = new(cls)
        self.__rest__ = None
        n = 0
        if 'key' in raw:
            v = raw['key']
            if v.__class__ is str: self.key = v
            else: self.key = odd(self, s0, v)
        else: lacking(s0)
        if 'value' in raw:
            v = raw['value']
            if v.__class__ is str: self.value = v
            else: self.value = odd(self, s1, v)
        else: n += 1; self.value = None
        if len(raw) != 2 - n: unknown(self, raw)
        return self
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from .._pointer import ABSENT
from ._codec import Codec, Reader
from ._containers import Nullable
from ._dates import Moment
from ._instances import UnknownFields, rest_of
from ._json import JSONValue
from ._layout import Layout
from ._misfit import Misfit, describe
from ._slots import PENDING, RAW, VALUE, ExtraSlot, GuardedSlot, Slot

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["assemble"]


def assemble(layout: Layout) -> Reader:
    """The function that makes an instance of `layout.cls` of a JSON object."""
    lines = ["def read(raw, place, step):"]
    names: dict[str, object] = {
        "cls": layout.cls,
        "new": object.__new__,
        "ABSENT": ABSENT,
        "PENDING": PENDING,
        "UTC": UTC,
        "parse": datetime.fromisoformat,
        "not_an_object": _not_an_object,
        "odd": _odd,
        "lacking": _lacking,
        "unknown": _keep_unknown if layout.extra is None else _extra_keeper(layout.extra),
    }
    lines += [
        " if raw.__class__ is not dict: raise not_an_object(raw)",
        " self = new(cls)",
        " self.__rest__ = None",
        " n = 0",
    ]
    if layout.located:
        lines += [" self._place = place", " self._step = step"]
    for index, slot in enumerate(layout.slots):
        names[f"s{index}"] = slot
        names[f"d{index}"] = slot.codec.defers
        lines += [f" if {slot.wire!r} in raw:", f"  v = raw[{slot.wire!r}]", *_take(slot, index), _lack(slot, index)]
    if layout.extra is not None:
        lines.append(f" {_target(layout.extra)} = ABSENT")
    lines += [f" if len(raw) != {len(layout.slots)} - n: unknown(self, raw)", " return self"]
    # The text holds identifiers (Python took them for a class body) and literals made by repr.
    exec("\n".join(lines), names)  # noqa: S102
    return cast("Reader", names["read"])


def _take(slot: Slot, index: int) -> list[str]:
    """The lines for a field that came, as `v`."""
    target, codec = _target(slot), slot.codec
    odd = f"{target} = odd(self, s{index}, v)"
    if codec.defers:
        lines = [f"if {_deferred(codec, index)}: {target} = PENDING; self.{RAW}{slot.name} = v", f"else: {odd}"]
    else:
        lines = _take_now(codec.inner if isinstance(codec, Nullable) else codec, target, odd)
    if codec.nullable or (isinstance(slot, GuardedSlot) and not slot.required):
        return [f"  if v is None: {target} = None", "  else:", *(f"   {line}" for line in lines)]
    return [f"  {line}" for line in lines]


def _deferred(codec: Codec, index: int) -> str:
    """The test whether `v` is something to put off."""
    if len(codec.defers) > 1:
        return f"v.__class__ in d{index}"
    return f"v.__class__ is {next(iter(codec.defers)).__name__}"


def _take_now(codec: Codec, target: str, odd: str) -> list[str]:
    """The lines for a value that is read at once. What is not as it mostly is goes to `odd`."""
    if isinstance(codec, Moment):
        text, test = ("v + 'Z'", "t.tzinfo is UTC") if codec.utc else ("v", "True")
        return [
            "try:",
            f" t = parse({text})",
            f" if {test}: {target} = t",
            f" else: {odd}",
            f"except (TypeError, ValueError): {odd}",
        ]
    if codec.exact is None:
        return [odd]
    return [f"if v.__class__ is {codec.exact.__name__}: {target} = v", f"else: {odd}"]


def _lack(slot: Slot, index: int) -> str:
    """The line for a field that did not come."""
    if slot.required:
        return f" else: lacking(s{index})"
    blank = "ABSENT" if isinstance(slot, GuardedSlot) else "None"
    return f" else: n += 1; {_target(slot)} = {blank}"


def _target(slot: Slot) -> str:
    return f"self.{VALUE}{slot.name}" if isinstance(slot, GuardedSlot) else f"self.{slot.name}"


def _not_an_object(raw: object) -> Misfit:
    return Misfit(f"an object was expected, not {describe(raw)}")


def _lacking(slot: Slot) -> None:
    raise Misfit("this required field is missing").within(slot.wire)


def _odd(model: Model, slot: Slot, raw: object) -> object:
    """The value of a field where `raw` is not what it mostly is."""
    codec = slot.codec
    try:
        if raw is not None or codec.nullable or slot.required:
            return codec.read(raw, None, None)
    except Misfit as misfit:
        if (slot.required and not codec.nullable) or not codec.is_blank(raw):
            raise misfit.within(slot.wire) from None
    # Null where the spec has none, or what this server says for null.
    rest_of(model).sent[slot.name] = cast("JSONValue", raw)
    return None


def _keep_unknown(model: Model, raw: dict[str, JSONValue]) -> None:
    rest_of(model).unknown = UnknownFields(model, model.__model__.unknown(raw))


def _extra_keeper(extra: ExtraSlot) -> Callable[[Model, dict[str, JSONValue]], None]:
    def keep(model: Model, raw: dict[str, JSONValue]) -> None:
        extra.restore(model, (PENDING, model.__model__.unknown(raw)))

    return keep
