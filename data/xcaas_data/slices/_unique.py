"""Rows that several slices gave, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import TypeVar

__all__ = ["unique"]

T = TypeVar("T")


def unique(items: Iterable[T], key: str | None) -> Iterator[T]:
    """Yield items, and those with the same key only once: `unique(chain.from_iterable(…), piece.key)`.

    Items without the key, and all where there is no key, come as they are. The keys are kept in memory.
    """
    if key is None:
        yield from items
        return
    key_of, seen = attrgetter(key), set[object]()
    for item in items:
        found: object = key_of(item)
        if found is None or found not in seen:
            seen.add(found)
            yield item
