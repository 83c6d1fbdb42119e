"""The managers of one credential: one for each thing that is obtained with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from ..._fork import resets_after_fork
from .._interface import AuthContext
from ._events import Events
from ._manager import TokenFetcher, TokenManager
from ._policy import TokenPolicy

__all__ = ["TokenRegistry"]


class TokenRegistry:
    """Keeps a manager per key. The key holds whatever makes tokens differ: endpoint, scopes, parameters."""

    def __init__(self, policy: TokenPolicy, events: Events) -> None:
        self._policy = policy
        self._events = events
        self._managers: dict[Hashable, TokenManager] = {}
        self._lock = threading.Lock()
        resets_after_fork(self)

    def manager(self, key: Hashable, context: AuthContext, make_fetcher: Callable[[], TokenFetcher]) -> TokenManager:
        """Return the manager for `key`, made with `make_fetcher` if there is none yet."""
        full = (key, context.clock)
        with self._lock:
            manager = self._managers.get(full)
            if manager is None:
                manager = TokenManager(make_fetcher(), self._policy, context, self._events)
                self._managers[full] = manager
            return manager

    def renew(self, *, drop: bool) -> None:
        """Use a changed credential; see `TokenManager.renew`."""
        with self._lock:
            managers = list(self._managers.values())
        for manager in managers:
            manager.renew(drop=drop)

    def reset(self) -> None:
        """Take a new lock in a forked child."""
        self._lock = threading.Lock()
