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
            self.key = v if v.__class__ is str else odd(self, s0, v)
        else: lacking(s0)
        if 'value' in raw:
            v = raw['value']
            self.value = v if v.__class__ is str else odd(self, s1, v)
        else: n += 1; self.value = None
        if len(raw) != 2 - n: unknown(self, raw)
        return self
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from .._pointer import ABSENT
from ._codec import Reader
from ._dates import Moment
from ._instances import UnknownFields, rest_of
from ._json import JSONValue
from ._layout import Layout
from ._misfit import Misfit, describe
from ._slots import PENDING, RAW, VALUE, GuardedSlot, Slot

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
        "late": _late,
        "lacking": _lacking,
        "unknown": _keep_unknown if layout.extra is None else _keep_extra,
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
    target = _target(slot)
    if isinstance(slot, GuardedSlot):
        if slot.codec.defers:
            kinds = slot.codec.defers
            test = f"v.__class__ is {next(iter(kinds)).__name__}" if len(kinds) == 1 else f"v.__class__ in d{index}"
            return [
                f"  if {test}: {target} = PENDING; self.{RAW}{slot.name} = v",
                f"  else: late(self, s{index}, v)",
            ]
        return [f"  late(self, s{index}, v)"]
    if isinstance(slot.codec, Moment):
        text, test = ("v + 'Z'", "t.tzinfo is UTC") if slot.codec.utc else ("v", "True")
        return [
            "  try:",
            f"   t = parse({text})",
            f"   {target} = t if {test} else odd(self, s{index}, v)",
            f"  except (TypeError, ValueError): {target} = odd(self, s{index}, v)",
        ]
    exact = slot.codec.exact
    if exact is None:
        return [f"  {target} = odd(self, s{index}, v)"]
    return [f"  {target} = v if v.__class__ is {exact.__name__} else odd(self, s{index}, v)"]


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
    """The value of a plain field where `raw` is not what it mostly is."""
    codec = slot.codec
    try:
        if raw is not None or codec.nullable or slot.required:
            return codec.read(raw, None, None)
    except Misfit as misfit:
        if (slot.required and not codec.nullable) or not isinstance(raw, str) or raw not in codec.blanks:
            raise misfit.within(slot.wire) from None
    # Null where the spec has none, or what this server says for null.
    rest_of(model).sent[slot.name] = cast("JSONValue", raw)
    return None


def _late(model: Model, slot: GuardedSlot, raw: object) -> None:
    """Fill a guarded field whose value is not one to put off."""
    null = raw is None and (slot.codec.nullable or not slot.required)
    slot.restore(model, (None if null else _odd(model, slot, raw), None))


def _keep_unknown(model: Model, raw: dict[str, JSONValue]) -> None:
    rest_of(model).unknown = UnknownFields(model, model.__model__.unknown(raw))


def _keep_extra(model: Model, raw: dict[str, JSONValue]) -> None:
    layout = model.__model__
    if layout.extra is not None:
        layout.extra.restore(model, (PENDING, layout.unknown(raw)))
