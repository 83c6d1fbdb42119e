"""The managers of one credential: one for each thing that is obtained with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from ..._fork import resets_after_fork
from ._events import Events
from ._manager import TokenFetcher, TokenManager
from ._policy import TokenPolicy

__all__ = ["Pool"]


class Pool:
    """Keeps a manager per key. The key holds whatever makes tokens differ: endpoint, scopes, parameters."""

    def __init__(self, policy: TokenPolicy, events: Events) -> None:
        self._policy = policy
        self._events = events
        self._managers: dict[Hashable, TokenManager] = {}
        self._lock = threading.Lock()
        resets_after_fork(self)

    def manager(
        self,
        key: Hashable,
        make_fetcher: Callable[[], TokenFetcher],
        *,
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> TokenManager:
        """Return the manager for `key`, made with `make_fetcher` if there is none yet."""
        full = (key, clock)
        with self._lock:
            manager = self._managers.get(full)
            if manager is None:
                manager = TokenManager(
                    make_fetcher(), policy=self._policy, clock=clock, random=random, events=self._events
                )
                self._managers[full] = manager
            return manager

    def renew(self, *, drop: bool) -> None:
        """Use a changed credential; see `TokenManager.renew`."""
        with self._lock:
            managers = list(self._managers.values())
        for manager in managers:
            manager.renew(drop=drop)

    def reset(self) -> None:
        self._lock = threading.Lock()
