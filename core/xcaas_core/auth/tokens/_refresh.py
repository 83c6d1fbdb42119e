"""One renewal: its budget, what carries it out, and what other callers wait for."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ...sansio._steps import Flow
from ._errors import Failure
from ._token import AccessToken

__all__ = ["Refresh", "RefreshBudget", "Timeouts", "TokenFetcher"]

# Connect and read timeout in seconds; None is no limit.
Timeouts: TypeAlias = tuple[float | None, float | None]

_log = logging.getLogger("xcaas.auth")


@dataclass(frozen=True, slots=True)
class RefreshBudget:
    """Limits of one renewal: requests, and a `deadline` (the caller's own, or that of the policy).

    `timeouts` are the leader's. `early`: the current value is still valid, so don't wait. `current` and
    `rejected` are fingerprints: of that value, and of the last refused one. `renewal`: not the first token.
    """

    attempts: int
    deadline: float
    is_callers_deadline: bool
    timeouts: Timeouts
    early: bool
    current: str
    rejected: str
    renewal: bool


class TokenFetcher(Protocol):
    """Fetches a new value. Expected failures are returned, not raised, so that no traceback holds a secret."""

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]: ...


class Refresh:
    """A renewal in progress, carried out by one caller, its leader.

    It completes once: with a token, a failure, or None if the leader gave up and another caller must
    lead. At `overdue_at`, or when its event loop is closed, a leader counts as lost.

    The lock is reentrant because the garbage collector may close a leader's flow, which completes
    this refresh, in a thread that is inside `on_done`.
    """

    __slots__ = ("_callbacks", "_completed", "_lock", "_loop", "early", "generation", "outcome", "overdue_at")

    def __init__(self, *, early: bool, overdue_at: float, generation: int) -> None:
        self.early = early
        self.overdue_at = overdue_at
        self.generation = generation
        self._loop = _current_loop()
        self.outcome: AccessToken | Failure | None = None
        self._completed = False
        self._callbacks: list[Callable[[], None]] = []
        self._lock = threading.RLock()

    def is_lost(self, now: float) -> bool:
        """Return whether the leader is lost."""
        if now >= self.overdue_at:
            return True
        if self._loop is None:
            return False
        from ...sansio._event_loops import has_ended

        return has_ended(self._loop)

    def on_done(self, callback: Callable[[], None]) -> None:
        """Call `callback` on completion; at once if already completed."""
        with self._lock:
            self._callbacks.append(callback)
            is_due = self._completed and callback in self._callbacks
            if is_due:
                self._callbacks.remove(callback)
        if is_due:
            callback()

    def complete(self, outcome: AccessToken | Failure | None) -> None:
        """Store the outcome, if there is none yet, and wake all waiting callers."""
        with self._lock:
            if self._completed:
                return
            self.outcome = outcome
            self._completed = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback()
            except Exception as error:  # a closed event loop must not keep the others waiting
                _log.debug("a waiting call could not be woken: %s", type(error).__name__)


def _current_loop() -> object:
    """Return the running event loop; None if there is none. Blocking clients don't import asyncio."""
    if "asyncio" not in sys.modules:
        return None
    from ...sansio._event_loops import running_loop

    with suppress(RuntimeError):
        return running_loop()
    return None
