"""Timeouts, and when and how soon to retry.

A call is repeated only where that is safe: idempotent methods, operations that the spec marks as safe, and any call
for which no connection was made.
"""

from __future__ import annotations

from operator import index
from threading import Lock
from typing import Final

from .._checks import POSITIVE, check_number, invalid_type, is_collection
from .._errors import CallTimeoutError, CertificateError, ConfigurationError, ConnectError, TransportError
from .._lazy import public
from ..sansio._steps import backoff_delay

__all__ = ["RetryBudget", "RetryPolicy", "Timeout", "backoff", "retry_cost", "retry_wait", "should_retry"]

_BUDGET: Final = 500
_COST: Final = 5
_COST_OF_TIMEOUT: Final = 10


@public
class Timeout:
    """Time limits in seconds. None means no limit.

    Args:
        total: For the whole call: waiting for a slot, a token, every retry, and the body. Only `read`
            limits the body of a download, since files may be of any size.
        connect: To open one connection.
        read: To wait for the next bytes from the server, or for the network to take those sent.
    """

    __slots__ = ("connect", "read", "total")

    def __init__(self, total: float | None = 60.0, *, connect: float | None = 10.0, read: float | None = 30.0) -> None:
        for name, limit in (("total", total), ("connect", connect), ("read", read)):
            _check_limit(f"{name} of a Timeout", limit, "a positive number of seconds, or None for no limit")
        self.total: float | None = total
        self.connect: float | None = connect
        self.read: float | None = read

    @classmethod
    def of(cls, value: Timeout | float | None) -> Timeout:
        """Return the limits that an option stands for: a number is the total, None is no limit at all."""
        if isinstance(value, Timeout):
            return value
        if value is None:
            return cls(None, connect=None, read=None)
        _check_limit("timeout", value, "a positive number of seconds, a Timeout, or None for no limit")
        # A long total is meant for slow responses, so `read` must not be shorter.
        return cls(value, connect=min(10.0, value), read=value)

    def __repr__(self) -> str:
        return f"Timeout({self.total}, connect={self.connect}, read={self.read})"


def _is_int_collection(value: object) -> bool:
    return is_collection(value) and all(isinstance(item, int) for item in value)


def _check_limit(name: str, limit: object, expected: str) -> None:
    if limit is not None:
        check_number(name, limit, expected, POSITIVE)


@public
class RetryPolicy:
    """How often to retry a call, and how long to wait.

    Args:
        retries: Retries after the first attempt; 0 for none.
        first_wait: Upper limit of the first wait in seconds, doubled for each retry. Waits are random, from
            zero to that limit ("full jitter"), so that clients do not all retry at once.
        longest_wait: Upper limit of a wait that the client chooses.
        longest_asked: Upper limit of a wait that the server asks for. If it asks for more, the error is
            raised at once, with `retry_after`.
        statuses: HTTP statuses to retry.
    """

    __slots__ = ("first_wait", "longest_asked", "longest_wait", "retries", "statuses")

    def __init__(
        self,
        retries: int = 2,
        *,
        first_wait: float = 0.5,
        longest_wait: float = 8.0,
        longest_asked: float = 60.0,
        statuses: frozenset[int] = frozenset({408, 425, 429, 500, 502, 503, 504}),
    ) -> None:
        check_number("retries of a RetryPolicy", retries, "a whole number from 0", 0)
        check_number("first_wait of a RetryPolicy", first_wait, "a number of seconds from 0")
        check_number(
            "longest_wait of a RetryPolicy", longest_wait, "a number of seconds from first_wait up", float(first_wait)
        )
        check_number("longest_asked of a RetryPolicy", longest_asked, "a number of seconds from 0")
        if not _is_int_collection(statuses):
            raise invalid_type("statuses of a RetryPolicy", statuses, "a set of whole numbers")
        self.retries: int = retries
        self.first_wait: float = first_wait
        self.longest_wait: float = longest_wait
        self.longest_asked: float = longest_asked
        self.statuses: frozenset[int] = statuses

    @classmethod
    def of(cls, value: RetryPolicy | int | None) -> RetryPolicy:
        """Return the policy that an option stands for: a number is how many retries, None is none."""
        if isinstance(value, RetryPolicy):
            return value
        if value is None:
            return cls(0)
        expected = "a whole number from 0, or a RetryPolicy"
        try:
            count = index(value)
        except TypeError:
            raise invalid_type("retries", value, expected) from None
        if isinstance(value, bool) or count < 0:
            raise ConfigurationError(f"retries must be {expected}, not {value}")
        return cls(count)

    def __repr__(self) -> str:
        return f"RetryPolicy({self.retries}, first_wait={self.first_wait}, longest_wait={self.longest_wait})"


class RetryBudget:
    """Limits the retries of all calls of a client, so that they do not overload a failing server.

    A token bucket that starts full. A retry takes 5, or 10 after a timeout; a successful response gives 1 back. So a full
    bucket of 500 allows a hundred retries in a row; afterwards, five successes pay for one retry.
    """

    __slots__ = ("_lock", "_max_tokens", "_tokens")

    def __init__(self, size: int = _BUDGET) -> None:
        self._max_tokens = size
        self._tokens = size
        self._lock = Lock()

    def take(self, cost: int) -> bool:
        """Pay for a retry. Return False if the budget is spent: then raise the error."""
        with self._lock:
            if self._tokens < cost:
                return False
            self._tokens -= cost
            return True

    def give(self) -> None:
        """Add a token after a success. Takes no lock while the bucket is full, which is usual."""
        if self._tokens < self._max_tokens:
            with self._lock:
                self._tokens = min(self._max_tokens, self._tokens + 1)

    @property
    def level(self) -> int:
        """The remaining budget."""
        return self._tokens


def retry_cost(error: TransportError | None) -> int:
    """Return the cost of a retry after an error."""
    return _COST_OF_TIMEOUT if isinstance(error, CallTimeoutError) else _COST


def should_retry(error: TransportError, safe: bool) -> bool:
    """Return whether a call that got no response may be repeated."""
    if isinstance(error, CertificateError):
        return False
    if isinstance(error, ConnectError) or (isinstance(error, CallTimeoutError) and not error.connected):
        return True
    return safe


def backoff(policy: RetryPolicy, retry: int, random: float) -> float:
    """Return the seconds to wait before retry number `retry` (from 1), with `random` from 0 to 1."""
    return random * backoff_delay(policy.first_wait, retry, policy.longest_wait)


def retry_wait(policy: RetryPolicy, retry: int, requested: float | None, random: float) -> float | None:
    """Return the seconds to wait before retry number `retry` (from 1): the backoff, or what the server asked for and
    some jitter. None if it asked for more than the policy allows."""
    if requested is None:
        return backoff(policy, retry, random)
    if requested > policy.longest_asked:
        return None
    # Never earlier, and not all clients at once.
    return requested + random * min(1.0, policy.first_wait)
