"""Lists of keys and values as mappings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from ._checks import argument_error

__all__ = ["by_key"]

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)


class Pair(Protocol[V_co]):
    """A key and its value: a tag of a stored object, a metric of a queue."""

    @property
    def key(self) -> str | None: ...
    @property
    def value(self) -> V_co: ...


def by_key(pairs: Iterable[Pair[V]] | None) -> dict[str, V]:
    """Return the values of tags or metrics by their keys: `by_key(found.tags)["callId"]`.

    The last value of a key counts. None gives an empty dictionary.
    """
    try:
        return {pair.key: pair.value for pair in pairs or () if pair.key is not None}
    except (TypeError, AttributeError):
        kind = type(pairs).__name__
        raise argument_error("pairs", f"a list of objects with key and value was expected, not {kind}") from None
