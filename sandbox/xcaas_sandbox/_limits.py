"""Documented rate limits: always counted, sent in headers that the spec declares, enforced only when strict."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers

from ._clock import Clock
from ._replies import Problem
from ._specs import Operation, Product

__all__ = ["RateLimitStatus", "RateLimits"]


@dataclass(frozen=True)
class _Limit:
    calls: int
    per: float


@dataclass(frozen=True)
class RateLimitStatus:
    """The state of a caller's first limit of a product."""

    limit: int
    remaining: int
    reset: float

    def headers(self, operation: Operation, status: int) -> dict[str, str]:
        """Return the rate-limit headers that the spec has for this status."""
        declared = {name.lower() for name in (operation.response(status) or {}).get("headers", {})}
        headers = {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(math.ceil(self.reset)),
        }
        return {name: value for name, value in headers.items() if name in declared}


class RateLimits:
    """Sliding windows per product and credential.

    Args:
        strict: Respond with 429 beyond a limit, instead of only counting.
    """

    def __init__(self, products: Iterable[Product], clock: Clock, *, strict: bool) -> None:
        self._limits = {product.name: limits for product in products if (limits := _limits_of(product))}
        self._clock = clock
        self._strict = strict
        self._calls: dict[tuple[str, str], deque[float]] = {}

    def count(self, product: Product, operation: Operation, headers: Headers) -> RateLimitStatus | None:
        """Count a call. None for products without documented limits; 429 when strict and beyond one."""
        limits = self._limits.get(product.name)
        if limits is None:
            return None
        caller = headers.get("x-api-key") or headers.get("authorization", "")
        calls = self._calls.setdefault((product.name, caller), deque(maxlen=max(limit.calls for limit in limits)))
        now = self._clock.now()
        while calls and calls[0] <= now - max(limit.per for limit in limits):
            calls.popleft()
        if self._strict:
            for limit in limits:
                self._enforce(limit, calls, now, operation)
        calls.append(now)
        recent = [time for time in calls if time > now - limits[0].per]
        return RateLimitStatus(limits[0].calls, max(0, limits[0].calls - len(recent)), recent[0] + limits[0].per)

    def _enforce(self, limit: _Limit, calls: deque[float], now: float, operation: Operation) -> None:
        recent = [time for time in calls if time > now - limit.per]
        if len(recent) < limit.calls:
            return
        free = recent[-limit.calls] + limit.per
        headers = RateLimitStatus(limit.calls, 0, free).headers(operation, 429)
        if not headers:
            headers = {"Retry-After": str(max(1, math.ceil(free - now)))}
        message = f"More than {limit.calls} calls in {limit.per:g} s"
        raise Problem(429, message, code="TOO_MANY_REQUESTS", headers=headers)


def _limits_of(product: Product) -> tuple[_Limit, ...]:
    limits = product.document.get("x-xcaas-product", {}).get("rate_limits", ())
    return tuple(_Limit(int(limit["calls"]), float(limit["per"])) for limit in limits)
