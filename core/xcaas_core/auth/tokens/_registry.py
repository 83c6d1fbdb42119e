"""The machines of one credential: one for each thing that is obtained with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from ..._fork import resets_after_fork
from ._events import Events
from ._manager import Machine, Obtain
from ._policy import TokenPolicy

__all__ = ["Pool"]


class Pool:
    """Keeps a machine per key. The key holds whatever makes tokens differ: endpoint, scopes, parameters."""

    def __init__(self, policy: TokenPolicy, events: Events) -> None:
        self._policy = policy
        self._events = events
        self._machines: dict[Hashable, Machine] = {}
        self._lock = threading.Lock()
        resets_after_fork(self)

    def machine(
        self, key: Hashable, obtain: Callable[[], Obtain], *, clock: Callable[[], float], random: Callable[[], float]
    ) -> Machine:
        """The machine for `key`, made with `obtain` if there is none yet."""
        full = (key, clock)
        with self._lock:
            machine = self._machines.get(full)
            if machine is None:
                machine = Machine(obtain(), policy=self._policy, clock=clock, random=random, events=self._events)
                self._machines[full] = machine
            return machine

    def renew(self, *, drop: bool) -> None:
        """The credential has changed; see `Machine.renew`."""
        with self._lock:
            machines = list(self._machines.values())
        for machine in machines:
            machine.renew(drop=drop)

    def reset(self) -> None:
        self._lock = threading.Lock()
