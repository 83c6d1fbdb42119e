"""Hooks before and after the attempts of calls."""

from __future__ import annotations

from ._calling import CallHooks as CallHooks
from ._calling import check_hooks as check_hooks
from ._events import Hook as Hook

__all__ = ["CallHooks", "Hook", "check_hooks"]
