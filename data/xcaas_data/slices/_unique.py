"""Removing duplicates from the rows of several slices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import TypeVar

__all__ = ["unique"]

T = TypeVar("T")


def unique(items: Iterable[T], key: str | None) -> Iterator[T]:
    """Yield items, but only one of those with the same key: `unique(chain.from_iterable(…), piece.key)`.

    Items without a key, and all items if `key` is None, are yielded unchanged. The keys are kept in memory.
    """
    if key is None:
        yield from items
        return
    key_of, seen = attrgetter(key), set[object]()
    for item in items:
        value: object = key_of(item)
        if value is None or value not in seen:
            seen.add(value)
            yield item
