"""Codecs of what holds other values: lists, maps, models, and null or something."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final, cast

from ._codec import Codec, Reader
from ._json import JSONValue
from ._misfit import Misfit, Place, Step, describe, inside, is_owned, unfit

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["ListOf", "MapOf", "ModelRef", "Nullable", "Single"]

_LIST: Final[frozenset[type]] = frozenset({list})
_DICT: Final[frozenset[type]] = frozenset({dict})

_MANY: Final = 256
"""Items in a list that is worth reading in place."""


class ListOf(Codec):
    """A list of one type."""

    __slots__ = ("item",)

    accepts = _LIST
    defers = _LIST
    sends = (Sequence, Set)

    def __init__(self, item: Codec) -> None:
        super().__init__(f"[{item.expression}]")
        self.item = item

    def read(self, raw: object, place: Place, step: Step) -> object:
        if not isinstance(raw, list):
            raise Misfit(f"a list was expected, not {describe(raw)}")
        items = cast("list[object]", raw)
        exact = self.item.exact
        if not items or (exact is not None and {*map(type, items)} == {exact}):
            return items[:]
        here = inside(place, step)
        read = self.item.reader
        if len(items) > _MANY and is_owned(here):
            return self._read_in_place(items, here)
        try:
            return [read(item, here, index) for index, item in enumerate(items)]
        except Misfit:
            # Once more, slowly, for the place: counting along would cost every good answer.
            return [_read_at(read, item, here, index) for index, item in enumerate(items)]

    def _read_in_place(self, items: list[object], here: Place) -> list[object]:
        """Replace each item by what it becomes. Its JSON is free at once, for the next one to
        take its memory, and the garbage collector has nothing to walk."""
        read = self.item.reader
        index = 0
        try:
            for index, item in enumerate(items):
                items[index] = read(item, here, index)
        except BaseException as error:
            # The next look must find JSON again.
            items[:index] = map(self.item.write, items[:index])
            if isinstance(error, Misfit):
                raise error.within(index) from None
            raise
        return items

    def write(self, value: object) -> JSONValue:
        items = _items(value)
        found: list[JSONValue] = []
        try:
            found.extend(map(self.item.write, items))
        except (TypeError, ValueError) as error:
            raise unfit(error, len(found)) from None
        return found

    def fits(self, raw: object) -> bool:
        return isinstance(raw, list) and all(map(self.item.fits, cast("list[object]", raw)))


class MapOf(Codec):
    """An object whose members are all of one type."""

    __slots__ = ("value",)

    value: Codec
    accepts: frozenset[type] = _DICT
    defers: frozenset[type] = _DICT
    sends: tuple[type, ...] = (Mapping,)

    def __init__(self, value: Codec) -> None:
        super().__init__(f"{{{value.expression}}}")
        self.value = value

    def read(self, raw: object, place: Place, step: Step) -> object:
        if not isinstance(raw, dict):
            raise Misfit(f"an object was expected, not {describe(raw)}")
        here = inside(place, step)
        read = self.value.reader
        return {key: _read_at(read, item, here, key) for key, item in cast("dict[str, object]", raw).items()}

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
            raise unfit(error, str(key)) from None
        return found

    def fits(self, raw: object) -> bool:
        return isinstance(raw, dict) and all(map(self.value.fits, cast("dict[str, object]", raw).values()))


class Nullable(Codec):
    """Null, or something."""

    __slots__ = ("accepts", "blanks", "defers", "inner", "sends")

    nullable = True

    def __init__(self, inner: Codec) -> None:
        super().__init__(f"{inner.expression}?")
        self.inner = inner
        self.accepts = inner.accepts | {type(None)}
        self.defers = inner.defers
        self.blanks = inner.blanks
        self.sends = (*inner.sends, type(None))

    def read(self, raw: object, place: Place, step: Step) -> object:
        return None if raw is None else self.inner.read(raw, place, step)

    def write(self, value: object) -> JSONValue:
        return None if value is None else self.inner.write(value)

    def fits(self, raw: object) -> bool:
        return raw is None or self.inner.fits(raw)


class Single(Codec):
    """Something that a service now sends as it is, now as the only element of a list."""

    __slots__ = ("accepts", "inner", "sends")

    def __init__(self, inner: Codec) -> None:
        super().__init__(f"{inner.expression}!")
        self.inner = inner
        self.accepts = inner.accepts | {list}
        self.sends = inner.sends

    def read(self, raw: object, place: Place, step: Step) -> object:
        if isinstance(raw, list):
            found = cast("list[object]", raw)
            if len(found) != 1:
                raise Misfit(f"one element was expected, not {len(found)}")
            raw = found[0]
        return self.inner.read(raw, place, step)

    def write(self, value: object) -> JSONValue:
        return self.inner.write(value)

    def fits(self, raw: object) -> bool:
        if isinstance(raw, list):
            found = cast("list[object]", raw)
            return len(found) == 1 and self.inner.fits(found[0])
        return self.inner.fits(raw)


class ModelRef(Codec):
    """A model, by name: it is imported when the first value of it comes by."""

    __slots__ = ("_find", "_found", "name")

    accepts = _DICT
    defers = _DICT
    sends = (Mapping,)

    def __init__(self, name: str, find: Callable[[], type[Model]]) -> None:
        super().__init__(name)
        self.name = name
        self._find = find
        self._found: type[Model] | None = None

    @property
    def model(self) -> type[Model]:
        if self._found is None:
            self._found = self._find()
        return self._found

    @property
    def reader(self) -> Reader:
        return self.model.__model__.reader

    def read(self, raw: object, place: Place, step: Step) -> object:
        return self.reader(raw, place, step)

    def write(self, value: object) -> JSONValue:
        return self.model.__model__.write(value)

    def fits(self, raw: object) -> bool:
        return self.model.__model__.fits(raw)


def _items(value: object) -> Iterable[object]:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return cast("Iterable[object]", value)
    name = type(value).__name__  # type: ignore[redundant-cast,unused-ignore]
    hint = "; pass a list, also for a single value: […]" if isinstance(value, str) else ""
    raise TypeError(f"a list was expected, not {name}{hint}")


def _read_at(read: Reader, raw: object, place: Place, step: Step) -> object:
    try:
        return read(raw, place, step)
    except Misfit as misfit:
        raise misfit.within(step) from None
