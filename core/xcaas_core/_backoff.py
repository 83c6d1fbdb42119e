"""Back-off: how waits grow. Callers draw from it as suits them."""

from __future__ import annotations

from math import inf

__all__ = ["growing_wait"]


def growing_wait(first: float, number: int, longest: float = inf, factor: float = 2.0) -> float:
    """Return the wait of a number (from 1): the first one, times the factor for each before it, up to the longest."""
    # The exponent is bounded because 2.0**1024 is no float; the longest wait rules long before.
    return min(longest, first * factor ** min(number - 1, 64))
