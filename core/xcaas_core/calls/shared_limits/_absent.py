"""Stands in for this package in vendored copies made without shared limits."""

from __future__ import annotations

from typing import TypeAlias

from ..._errors import ConfigurationError
from .._rate_limits import RateLimiter

__all__ = ["RateLimitStore", "SharedLimiter"]

RateLimitStore: TypeAlias = object


class SharedLimiter(RateLimiter):
    def __init__(self, *args: object) -> None:
        raise ConfigurationError(
            "this copy shares no rate limits", advice="Make it again with: xcaas-gen vendor … --with RedisRateLimits"
        )
