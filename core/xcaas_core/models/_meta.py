"""How a class body with fields becomes a class with slots."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final, cast

from ._containers import MapOf
from ._expression import codec_in
from ._fields import Extra, Field
from ._layout import PLACE, Layout
from ._slots import ExtraSlot, Slot, slot_for

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["RESERVED_NAMES", "ModelType"]

RESERVED_NAMES: Final = frozenset(
    {"evolve", "from_dict", "from_json", "is_set", "to_dict", "to_json", "unknown_fields", "validate"}
)
"""Names that a field cannot have, because models have them already."""


class ModelType(type):
    """The class of model classes.

    It makes slots of fields while the class is made, so that it has to be made only once, and
    describes the fields to attrs and to `inspect` when they ask.
    """

    __model__: Layout

    def __new__(mcls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> ModelType:
        modules = _modules(str(body["__module__"]))
        own: list[Slot] = []
        extra: ExtraSlot | None = None
        for key, value in list(body.items()):
            if isinstance(value, Field):
                codec = codec_in(value.expression, modules)
                own.append(slot_for(key, value.wire, codec, required=value.required))
            elif isinstance(value, Extra):
                extra = ExtraSlot(key, MapOf(codec_in(value.expression, modules)))
            else:
                continue
            if key in RESERVED_NAMES:
                raise TypeError(f"{name}.{key}: models have something of that name already")
            del body[key]
        return _finish(mcls, name, bases, body, own, extra)

    @property
    def __attrs_attrs__(cls) -> tuple[object, ...]:
        """What `attrs.fields` shows. attrs is loaded when somebody asks for the first time."""
        layout = cls.__model__
        if layout.attributes is None:
            from ._attributes import attributes

            layout.attributes = attributes(layout)
        return layout.attributes

    @property
    def __signature__(cls) -> inspect.Signature:
        """The constructor, for `help`, notebooks and other tools that ask at run time."""
        from ._attributes import signature

        return signature(cls.__model__)


def _finish(
    mcls: type[ModelType],
    name: str,
    bases: tuple[type, ...],
    body: dict[str, object],
    own: list[Slot],
    extra: ExtraSlot | None,
) -> ModelType:
    inherited = next((base.__model__ for base in bases if isinstance(base, ModelType)), None)
    located = inherited is not None and inherited.located
    added = [*own, *([] if extra is None else [extra])]
    places = [place for slot in added for place in slot.places]
    if not located and any(slot.codec.defers for slot in added):
        located = True
        places += PLACE
    body.setdefault("__slots__", tuple(places))
    cls = type.__new__(mcls, name, bases, body)
    model = cast("type[Model]", cls)
    for slot in added:
        slot.bind(model)
    slots = () if inherited is None else tuple(slot for slot in inherited.slots if slot.name not in body)
    if extra is None and inherited is not None:
        extra = inherited.extra
    cls.__model__ = Layout(model, (*slots, *own), extra, located=located)
    return cls


def _modules(module: str) -> tuple[str, ...]:
    """Where a class's type expressions find other models: in the package's `models`, in its own module."""
    head, found, _ = f"{module}.".rpartition(".models.")
    return (f"{head}.models", module) if found else (module,)
