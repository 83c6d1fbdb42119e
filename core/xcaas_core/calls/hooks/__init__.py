"""Hooks around the attempts of calls: what they see, and how they are called."""

from __future__ import annotations

from ._calling import CallHooks as CallHooks
from ._calling import check_hooks as check_hooks
from ._events import Hook as Hook

__all__ = ["CallHooks", "Hook", "check_hooks"]
