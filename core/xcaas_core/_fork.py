"""Resetting objects in forked children: locks that nobody will release, sockets that two processes would share."""

from __future__ import annotations

import os
import weakref
from typing import Protocol

__all__ = ["Resettable", "resets_after_fork"]


class Resettable(Protocol):
    """An object that can be reset without waiting for a lock."""

    def reset(self) -> None: ...


_instances: weakref.WeakSet[Resettable] = weakref.WeakSet()


def resets_after_fork(instance: Resettable) -> None:
    """Call `instance.reset()` in every child process that is forked while it exists."""
    _instances.add(instance)


def _reset_all() -> None:
    for instance in list(_instances):
        instance.reset()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_reset_all)
