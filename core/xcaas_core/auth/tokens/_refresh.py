"""One renewal under way, which any number of threads and tasks may wait for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ._failure import Failure
from ._token import AccessToken

__all__ = ["Refresh"]

_log = logging.getLogger("xcaas.auth")


class Refresh:
    """A renewal that one caller, its leader, carries out.

    It completes once, with a token, a failure, or None when its leader gave up and somebody else
    must lead. A leader that vanishes without a word (a loop that stopped, a flow that nobody
    closes) is given up at `overdue_at`.

    The lock is reentrant because the garbage collector may close a leader's flow, and so complete
    this one, in a thread that is inside `on_done` at that moment.
    """

    __slots__ = ("_callbacks", "_completed", "_lock", "early", "generation", "outcome", "overdue_at")

    def __init__(self, *, early: bool, overdue_at: float, generation: int) -> None:
        self.early = early
        self.overdue_at = overdue_at
        self.generation = generation
        self.outcome: AccessToken | Failure | None = None
        self._completed = False
        self._callbacks: list[Callable[[], None]] = []
        self._lock = threading.RLock()

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
