"""Rate limits that each process keeps by itself: this package in a vendored copy that nobody asked for more."""

from __future__ import annotations

from typing import TypeAlias

from ..._errors import ConfigurationError
from .._rate_limits import RateLimiter

__all__ = ["RateLimitStore", "SharedLimiter"]

RateLimitStore: TypeAlias = object


class SharedLimiter(RateLimiter):
    def __init__(self, *facts: object) -> None:
        raise ConfigurationError(
            "this copy shares no rate limits", advice="Make it again with: xcaas-gen vendor … --with RedisRateLimits"
        )
