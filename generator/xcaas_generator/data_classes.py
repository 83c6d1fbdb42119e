"""Frozen data classes that cost little to define.

The standard decorator compiles half a dozen methods for each class. The generator has some seventy such
classes, and spent a tenth of its time on that when the document was small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["data_class"]

if TYPE_CHECKING:
    # To type checkers it is the decorator, which they know: they see to it that nothing is assigned to.
    from dataclasses import dataclass as data_class
else:

    def data_class(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """Make a data class with slots, equality, hash and repr. Only type checkers keep it from being changed."""
        if not (frozen and slots):
            raise TypeError("for other data classes there is the standard decorator")
        return _made


def _made(cls: Any) -> Any:
    made: Any = dataclass(slots=True, eq=False, repr=False)(cls)
    # With one name it gives the value, else a tuple: both compare and hash as the fields do.
    made._values = attrgetter(*made.__match_args__)
    made.__eq__, made.__hash__, made.__repr__ = _equal, _hash, _represent
    return made


def _equal(self: Any, other: Any) -> Any:
    return self._values(self) == self._values(other) if self.__class__ is other.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(self._values(self))


def _represent(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({shown})"
