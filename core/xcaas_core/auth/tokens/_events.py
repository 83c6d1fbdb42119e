"""Events of credentials: counters, debug logs, and an optional observer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from ..._lazy import public

__all__ = ["AuthCounters", "AuthEvent", "EventKind", "Events", "Observer"]

_log = logging.getLogger("xcaas.auth")

EventKind: TypeAlias = Literal["acquired", "shared", "reused", "refreshed_early", "failed", "rejected", "replayed"]


@public
@dataclass(frozen=True, slots=True)
class AuthEvent:
    """Something that happened to a credential. It never holds a secret.

    | kind | meaning |
    |---|---|
    | `acquired` | a token was fetched because there was no usable one |
    | `refreshed_early` | a token was fetched in the advisory window |
    | `shared` | a token was taken from a shared cache |
    | `reused` | a call used the current token |
    | `failed` | no token was obtained; `error` is the name of the error class |
    | `rejected` | the API refused a token, which was dropped |
    | `replayed` | a call was sent again with another token |
    """

    kind: EventKind
    credential: str
    """The credential, as its `repr` shows it."""
    seconds: float = 0.0
    """How long it took."""
    error: str | None = None
    code: str | None = None


Observer: TypeAlias = Callable[[AuthEvent], None]


@public
@dataclass(slots=True)
class AuthCounters:
    """How often each kind of event happened to one credential."""

    acquired: int = 0
    shared: int = 0
    reused: int = 0
    refreshed_early: int = 0
    failed: int = 0
    rejected: int = 0
    replayed: int = 0


@dataclass(slots=True)
class Events:
    """Counts events and notifies the observer, whose exceptions are logged.

    Counting takes no lock: `reused` is counted at every call.
    """

    label: Callable[[], str]
    observer: Observer | None = None
    counters: AuthCounters = field(default_factory=AuthCounters, init=False)

    def reused(self) -> None:
        self.counters.reused += 1
        if self.observer is not None:
            self._notify(AuthEvent("reused", self.label()))

    def emit(self, kind: EventKind, *, seconds: float = 0.0, error: str | None = None, code: str | None = None) -> None:
        setattr(self.counters, kind, getattr(self.counters, kind) + 1)
        _log.debug("%s: %s%s", self.label(), kind, f" ({code or error})" if error else "")
        if self.observer is not None:
            self._notify(AuthEvent(kind, self.label(), seconds, error, code))

    def snapshot(self) -> AuthCounters:
        return replace(self.counters)

    def _notify(self, event: AuthEvent) -> None:
        assert self.observer is not None
        try:
            self.observer(event)
        except Exception as error:
            _log.warning("an observer of credential events raised %s", type(error).__name__)
