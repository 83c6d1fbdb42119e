"""Codecs of lists and maps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final, cast

from .._checks import is_list, is_mapping, is_object
from ._codec import Codec
from ._context import Context, ValidationFailure, describe, located
from ._json import JSONObject, JSONValue

__all__ = ["ListCodec", "MapCodec", "OneOrListCodec"]

_LIST: Final[frozenset[type]] = frozenset({list})
_DICT: Final[frozenset[type]] = frozenset({dict})

_IN_PLACE_ABOVE: Final = 256
"""Longer lists are read in place, which frees each element's JSON at once."""


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
        if not is_list(raw):
            raise ValidationFailure(f"a list was expected, not {describe(raw)}")
        exact = self.item.exact
        if not raw or (exact is not None and {*map(type, raw)} == {exact}):
            return raw[:]
        # Unfaithful codecs compare values with the raw ones, which must not be replaced.
        if context.owned and self.faithful and len(raw) > _IN_PLACE_ABOVE:
            return self._read_in_place(raw, context)
        read = self.item.reader
        items: list[object] = []
        add = items.append
        try:
            for item in raw:
                add(read(item, context))
        except ValidationFailure as failure:
            raise failure.within(len(items)) from None
        return items

    def _read_in_place(self, items: list[object], context: Context) -> list[object]:
        """Replace each item by its value, so that its JSON is freed and its memory reused."""
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
        result: list[JSONValue] = []
        try:
            result.extend(map(self.item.write, items))
        except (TypeError, ValueError) as error:
            raise located(error, len(result)) from None
        return result


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
        if not is_object(raw):
            raise ValidationFailure(f"an object was expected, not {describe(raw)}")
        read = self.value.reader
        result: dict[str, object] = {}
        key = ""
        try:
            for key, item in raw.items():
                result[key] = read(item, context)
        except ValidationFailure as failure:
            raise failure.within(key) from None
        return result

    def write(self, value: object) -> JSONObject:
        if not is_mapping(value):
            raise TypeError(f"a mapping was expected, not {type(value).__name__}")
        write = self.value.write
        result: JSONObject = {}
        key = ""
        try:
            for key, item in value.items():
                result[str(key)] = write(item)
        except (TypeError, ValueError) as error:
            raise located(error, str(key)) from None
        return result


class OneOrListCodec(Codec):
    """A value that a service sends either bare or as the only element of a list."""

    __slots__ = ("accepts", "inner", "sends")

    def __init__(self, inner: Codec) -> None:
        super().__init__(inner.name)
        self.inner = inner
        self.accepts = inner.accepts | {list}
        self.sends = inner.sends

    def read(self, raw: object, context: Context) -> object:
        if is_list(raw):
            if len(raw) != 1:
                raise ValidationFailure(f"one element was expected, not {len(raw)}")
            raw = raw[0]
        return self.inner.read(raw, context)

    def write(self, value: object) -> JSONValue:
        return self.inner.write(value)


def _items(value: object) -> Iterable[object]:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return cast("Iterable[object]", value)
    name = type(value).__name__  # type: ignore[redundant-cast,unused-ignore]
    hint = "; pass a list, also for a single value: […]" if isinstance(value, str) else ""
    raise TypeError(f"a list was expected, not {name}{hint}")
