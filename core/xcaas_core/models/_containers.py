"""Codecs of what holds other values: lists, maps and models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final, cast

from ._base import ModelBase, ObjectLayout
from ._codec import Codec, Fit, Reader, total
from ._context import Context
from ._failure import ValidationFailure, describe, located
from ._json import JSONValue

__all__ = ["ListCodec", "MapCodec", "ModelCodec", "OneOrListCodec"]

_LIST: Final[frozenset[type]] = frozenset({list})
_DICT: Final[frozenset[type]] = frozenset({dict})

_FEW: Final = 256
"""Elements whose JSON is not worth freeing one by one."""


class ListCodec(Codec):
    """A list of one type."""

    __slots__ = ("faithful", "item")

    accepts = _LIST
    sends = (Sequence, Set)

    def __init__(self, item: Codec) -> None:
        super().__init__(f"list[{item.name}]")
        self.item = item
        self.faithful = item.faithful

    def read(self, raw: object, context: Context) -> object:
        if not isinstance(raw, list):
            raise ValidationFailure(f"a list was expected, not {describe(raw)}")
        found = cast("list[object]", raw)
        exact = self.item.exact
        if not found or (exact is not None and {*map(type, found)} == {exact}):
            return found[:]
        # What is unfaithful is compared with what came, which has to be there still.
        if context.owned and self.faithful and len(found) > _FEW:
            return self._read_in_place(found, context)
        read = self.item.reader
        items: list[object] = []
        add = items.append
        try:
            for item in found:
                add(read(item, context))
        except ValidationFailure as failure:
            raise failure.within(len(items)) from None
        return items

    def _read_in_place(self, items: list[object], context: Context) -> list[object]:
        """Replace each item by what it becomes: its JSON is free at once, and the next one takes its memory."""
        read = self.item.reader
        index = 0
        try:
            for index, item in enumerate(items):
                items[index] = read(item, context)
        except ValidationFailure as failure:
            raise failure.within(index) from None
        return items

    def write(self, value: object) -> JSONValue:
        items = _items(value)
        found: list[JSONValue] = []
        try:
            found.extend(map(self.item.write, items))
        except (TypeError, ValueError) as error:
            raise located(error, len(found)) from None
        return found

    def fit(self, raw: object) -> Fit | None:
        return total(map(self.item.fit, cast("list[object]", raw))) if isinstance(raw, list) else None


class MapCodec(Codec):
    """An object whose members are all of one type."""

    __slots__ = ("faithful", "value")

    accepts = _DICT
    sends = (Mapping,)

    def __init__(self, value: Codec) -> None:
        super().__init__(f"dict[str, {value.name}]")
        self.value = value
        self.faithful = value.faithful

    def read(self, raw: object, context: Context) -> object:
        if not isinstance(raw, dict):
            raise ValidationFailure(f"an object was expected, not {describe(raw)}")
        read = self.value.reader
        found: dict[str, object] = {}
        key = ""
        try:
            for key, item in cast("dict[str, object]", raw).items():
                found[key] = read(item, context)
        except ValidationFailure as failure:
            raise failure.within(key) from None
        return found

    def write(self, value: object) -> JSONValue:
        if not isinstance(value, Mapping):
            raise TypeError(f"a mapping was expected, not {type(value).__name__}")
        write = self.value.write
        found: dict[str, JSONValue] = {}
        key: object = ""
        try:
            for key, item in cast("Mapping[object, object]", value).items():
                found[str(key)] = write(item)
        except (TypeError, ValueError) as error:
            raise located(error, str(key)) from None
        return found

    def fit(self, raw: object) -> Fit | None:
        if not isinstance(raw, dict):
            return None
        found = cast("dict[str, object]", raw)
        # A map takes any name: a model that knows its fields fits better.
        return total([(0, len(found)), *map(self.value.fit, found.values())])


class OneOrListCodec(Codec):
    """Something that a service now sends as it is, now as the only element of a list."""

    __slots__ = ("accepts", "inner", "sends")

    def __init__(self, inner: Codec) -> None:
        super().__init__(inner.name)
        self.inner = inner
        self.accepts = inner.accepts | {list}
        self.sends = inner.sends

    def read(self, raw: object, context: Context) -> object:
        if isinstance(raw, list):
            found = cast("list[object]", raw)
            if len(found) != 1:
                raise ValidationFailure(f"one element was expected, not {len(found)}")
            raw = found[0]
        return self.inner.read(raw, context)

    def write(self, value: object) -> JSONValue:
        return self.inner.write(value)

    def fit(self, raw: object) -> Fit | None:
        if isinstance(raw, list):
            found = cast("list[object]", raw)
            return self.inner.fit(found[0]) if len(found) == 1 else None
        return self.inner.fit(raw)


class ModelCodec(Codec):
    """A model. What its fields are is found out when the first value comes by."""

    __slots__ = ("model",)

    accepts = _DICT
    faithful = True
    sends = (Mapping,)

    def __init__(self, model: type[ModelBase]) -> None:
        super().__init__(model.__name__)
        self.model = model

    @property
    def layout(self) -> ObjectLayout:
        """The fields of the model."""
        return self.model.__layout__()

    @property
    def reader(self) -> Reader:
        return self.layout.reader

    def read(self, raw: object, context: Context) -> object:
        return self.layout.reader(raw, context)

    def write(self, value: object) -> JSONValue:
        if isinstance(value, ModelBase):
            return value.__layout__().write_model(value)
        return self.layout.write_mapping(value)

    def fit(self, raw: object) -> Fit | None:
        return self.layout.fit(raw)


def _items(value: object) -> Iterable[object]:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return cast("Iterable[object]", value)
    name = type(value).__name__  # type: ignore[redundant-cast,unused-ignore]
    hint = "; pass a list, also for a single value: […]" if isinstance(value, str) else ""
    raise TypeError(f"a list was expected, not {name}{hint}")
