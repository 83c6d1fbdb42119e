"""What must start anew in a forked child: locks that nobody will release, sockets that two would share."""

from __future__ import annotations

import os
import weakref
from typing import Protocol

__all__ = ["Resettable", "resets_after_fork"]


class Resettable(Protocol):
    """Something that can be made as good as new, without waiting for any lock."""

    def reset(self) -> None: ...


_living: weakref.WeakSet[Resettable] = weakref.WeakSet()


def resets_after_fork(thing: Resettable) -> None:
    """Call `thing.reset()` in every child that is forked while `thing` lives."""
    _living.add(thing)


def _reset_all() -> None:
    for thing in list(_living):
        thing.reset()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_reset_all)
