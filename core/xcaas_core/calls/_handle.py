"""What pagers, pollers and downloads have in common: they live with their client."""

from __future__ import annotations

from typing import NoReturn, Self, TypeAlias

from .._errors import ConfigurationError

__all__ = ["Handle"]

# The instance dictionary, and beside it, where there are any, the slots.
_State: TypeAlias = "dict[str, object] | tuple[dict[str, object] | None, dict[str, object]] | None"


class Handle:
    """Something that makes calls through its client: it may be copied, but not sent to another process."""

    __slots__ = ()

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))
        state: _State = getattr(object, "__getstate__")(self)  # noqa: B009 - type checkers give it no type
        for part in state if isinstance(state, tuple) else (state,):
            for name, value in (part or {}).items():
                setattr(twin, name, value)
        return twin

    def __reduce__(self) -> NoReturn:
        raise ConfigurationError(
            f"this {type(self).__name__} cannot be pickled or copied deeply: it holds its client's connections",
            advice=self._instead(),
        )

    def _instead(self) -> str:
        """Return what to send there instead."""
        return "Send the arguments of the call there, and make the call with a client of that process."
