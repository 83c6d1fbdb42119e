"""Models as attrs and `inspect` see them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, cast

import attrs

from ._layout import Layout
from ._slots import ExtraSlot, Slot

if TYPE_CHECKING:
    from ._meta import ModelType

__all__ = ["attributes", "signature"]


def attributes(layout: Layout) -> tuple[object, ...]:
    """The attrs attributes of a model class.

    attrs makes them, for a class that exists for nothing else: what attrs would add to the
    model itself, models have already.
    """
    # Unknown fields come first: `Model.__init__` tells by that what `attrs.evolve` was given
    # from what it copies.
    fields: dict[str, object] = {
        "unknown_fields": attrs.field(factory=dict, eq=False, repr=False, metadata={"wire": None})
    }
    for slot in layout.all:
        fields[slot.name] = _attribute(slot)
    # attrs' own stub says "a dictionary of Any" without saying so.
    described: type = type(layout.cls.__name__, (), {"__annotations__": _annotations(layout)})
    made = attrs.define(
        described, these=fields, init=False, repr=False, eq=False, order=False, slots=False, kw_only=True
    )
    return cast("tuple[object, ...]", attrs.fields(made))


def _attribute(slot: Slot) -> object:
    extra = isinstance(slot, ExtraSlot)
    metadata = {"wire": None if extra else slot.wire, "codec": slot.codec.expression}
    if slot.required:
        return attrs.field(metadata=metadata)
    default: object = attrs.Factory(_no_properties) if extra else None
    return attrs.field(default=default, metadata=metadata)


def _no_properties() -> dict[str, object]:
    return {}


def signature(layout: Layout) -> inspect.Signature:
    """The constructor's signature."""
    annotations = _annotations(layout)
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter(
            slot.name,
            kind,
            default=inspect.Parameter.empty if slot.required else None,
            annotation=annotations.get(slot.name, inspect.Parameter.empty),
        )
        for slot in layout.all
    ]
    return inspect.Signature(parameters)


def _annotations(layout: Layout) -> dict[str, object]:
    found: dict[str, object] = {"unknown_fields": "dict[str, JSONValue]"}
    for cls in reversed(layout.cls.__mro__):
        if isinstance(getattr(cls, "__model__", None), Layout):
            found.update(inspect.get_annotations(cast("ModelType", cls)))
    return found
