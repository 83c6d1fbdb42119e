"""Locks in a forked child.

A lock that another thread of the parent held at the moment of the fork would stay locked in the
child for ever: that thread doesn't exist there.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol

__all__ = ["Forkable", "survive_fork"]


class Forkable(Protocol):
    """Something with a lock."""

    def after_fork(self) -> None:
        """Called in the child: make a new lock, forget what other threads were doing."""
        ...


_known: weakref.WeakSet[Forkable] = weakref.WeakSet()


def survive_fork(thing: Forkable) -> None:
    """Have `thing.after_fork()` called in forked children, as long as it exists."""
    _known.add(thing)


def _in_child() -> None:
    for thing in list(_known):
        thing.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
