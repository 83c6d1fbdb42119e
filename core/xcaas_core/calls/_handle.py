"""The base of pagers, pollers and downloads."""

from __future__ import annotations

from typing import NoReturn, Self, TypeAlias

from .._errors import ConfigurationError

__all__ = ["Handle"]

# The instance dictionary, or a pair of it and the slots.
_State: TypeAlias = "dict[str, object] | tuple[dict[str, object] | None, dict[str, object]] | None"


class Handle:
    """An object that makes calls through its client. It can be copied, but not pickled."""

    __slots__ = ()

    def __copy__(self) -> Self:
        copy = object.__new__(type(self))
        state: _State = getattr(object, "__getstate__")(self)  # noqa: B009 - type checkers give it no type
        for attributes in state if isinstance(state, tuple) else (state,):
            for name, value in (attributes or {}).items():
                setattr(copy, name, value)
        return copy

    def __reduce__(self) -> NoReturn:
        raise ConfigurationError(
            f"this {type(self).__name__} cannot be pickled or copied deeply: it holds its client's connections",
            advice=self._pickle_advice(),
        )

    def _pickle_advice(self) -> str:
        """Return what to pass to the other process instead."""
        return "Send the arguments of the call there, and make the call with a client of that process."
