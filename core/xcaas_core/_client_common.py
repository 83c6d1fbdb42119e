"""What blocking and async clients have in common: their options, and how copies are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self, TypeVar, cast

from ._options import Options, Unchanged
from ._setup import Setup, options_of

if TYPE_CHECKING:
    from ._engine import Engine

__all__ = ["Client"]


class Client:
    """What both kinds of client have in common."""

    __slots__ = ("_engine", "_owner", "_setup")

    _engine: Engine
    _setup: Setup
    _owner: bool

    @property
    def options(self) -> Options:
        """How this client calls. Change it with `with_options`."""
        return self._engine.options

    def _changed(self, changes: Mapping[str, object]) -> Self:
        """A client that shares connections, tokens and limits with this one, and differs in its options."""
        given = {name: value for name, value in changes.items() if not isinstance(value, Unchanged)}
        if "headers" in given:
            given["headers"] = {**(self._setup["headers"] or {}), **cast("dict[str, str]", given["headers"] or {})}
        twin = type(self).__new__(type(self))
        twin._setup = cast("Setup", {**self._setup, **given})
        twin._engine = self._engine.with_options(options_of(twin._setup))
        twin._owner = False
        return twin

    def __reduce__(self) -> tuple[Callable[[type[Self], Setup], Self], tuple[type[Self], Setup]]:
        if self._setup["http_client"] is not None:
            raise TypeError("a client with an http_client of its own cannot be copied or pickled")
        return _rebuilt, (type(self), self._setup)

    def __repr__(self) -> str:
        facts = [f"{name}={self._setup[name]!r}" for name in ("region", "base_url") if self._setup[name] is not None]
        return f"{type(self).__name__}({', '.join(facts)})"


AnyClient = TypeVar("AnyClient", bound=Client)


def _rebuilt(cls: type[AnyClient], setup: Setup) -> AnyClient:
    return cast("Callable[..., AnyClient]", cls)(**setup)
