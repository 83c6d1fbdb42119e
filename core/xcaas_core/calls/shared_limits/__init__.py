"""Rate limits that several processes keep together. A vendored copy that nobody asked for them has `_absent.py` here."""

from __future__ import annotations

from ._limiter import RateLimitStore as RateLimitStore
from ._limiter import SharedLimiter as SharedLimiter

__all__ = ["RateLimitStore", "SharedLimiter"]
