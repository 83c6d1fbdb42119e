"""One renewal: what it may spend, what carries it out, and what any number of threads and tasks wait for."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from ...sansio._steps import Flow
from ._errors import Failure
from ._token import AccessToken

if TYPE_CHECKING:
    import asyncio

__all__ = ["Refresh", "RefreshBudget", "Timeouts", "TokenFetcher"]

# Seconds to connect, and to read; None is no limit.
Timeouts: TypeAlias = tuple[float | None, float | None]

_log = logging.getLogger("xcaas.auth")


@dataclass(frozen=True, slots=True)
class RefreshBudget:
    """What one renewal may spend: requests, and time up to `deadline` (`callers`: the leader's own, not the policy's).

    `timeouts` are the leader's, for connecting and for reading. `early`: there is a value to go on with, so waiting makes
    no sense. `current` marks that value, `rejected` the one that the API refused last; `renewal`: there was one before.
    """

    attempts: int
    deadline: float
    callers: bool
    timeouts: Timeouts
    early: bool
    current: str
    rejected: str
    renewal: bool


class TokenFetcher(Protocol):
    """Gets a new value. Expected failures are returned, not raised, so that no traceback holds a secret."""

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]: ...


class Refresh:
    """A renewal that one caller, its leader, carries out.

    It completes once, with a token, a failure, or None when its leader gave up and somebody else
    must lead. A leader that vanishes without a word (a loop that stopped, a flow that nobody
    closes) is given up at `overdue_at`, or once its loop was closed.

    The lock is reentrant because the garbage collector may close a leader's flow, and so complete
    this one, in a thread that is inside `on_done` at that moment.
    """

    __slots__ = ("_callbacks", "_completed", "_lock", "_loop", "early", "generation", "outcome", "overdue_at")

    def __init__(self, *, early: bool, overdue_at: float, generation: int) -> None:
        self.early = early
        self.overdue_at = overdue_at
        self.generation = generation
        self._loop = _running_loop()
        self.outcome: AccessToken | Failure | None = None
        self._completed = False
        self._callbacks: list[Callable[[], None]] = []
        self._lock = threading.RLock()

    def is_given_up(self, now: float) -> bool:
        """Return whether nothing more will come of it, by its time or by what became of its leader."""
        return now >= self.overdue_at or (self._loop is not None and self._loop.is_closed())

    def on_done(self, callback: Callable[[], None]) -> None:
        """Call back once it has completed; at once if it has already."""
        with self._lock:
            self._callbacks.append(callback)
            now = self._completed and callback in self._callbacks
            if now:
                self._callbacks.remove(callback)
        if now:
            callback()

    def complete(self, outcome: AccessToken | Failure | None) -> None:
        """Settle the outcome, unless that is done, and wake everybody."""
        with self._lock:
            if self._completed:
                return
            self.outcome = outcome
            self._completed = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback()
            except Exception as error:  # one event loop that is gone must not keep the others waiting
                _log.debug("a waiting call could not be woken: %s", type(error).__name__)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the running loop of asyncio, which nothing here imports: most leaders are threads."""
    library = sys.modules.get("asyncio")
    if library is not None:
        with suppress(RuntimeError):
            loop: asyncio.AbstractEventLoop = library.get_running_loop()
            return loop
    return None
