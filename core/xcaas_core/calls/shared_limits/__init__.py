"""Rate limits shared by several processes. Vendored copies made without them have `_absent.py` here."""

from __future__ import annotations

from ._limiter import RateLimitStore as RateLimitStore
from ._limiter import SharedLimiter as SharedLimiter

__all__ = ["RateLimitStore", "SharedLimiter"]
