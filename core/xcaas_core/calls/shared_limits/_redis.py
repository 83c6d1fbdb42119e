"""Rate limits in Redis, for fleets of workers that use one key."""

from __future__ import annotations

from collections.abc import Sequence

from ..._checks import check_number, invalid_type
from ..._lazy import public
from ...auth.tokens.caches._redis import OwnRedisClient, RedisClient, check_redis, connect_redis
from ...operations._product import RateLimit

__all__ = ["RedisRateLimits"]

# The list holds the times of the last calls in microseconds, oldest first, and at its end the time of the last
# reservation: if the clock is set back (after a failover), earlier times are dropped. All limits share one list, as a
# call counts for each of them.
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local seen = tonumber(redis.call('RPOP', KEYS[1]) or now)
if now < seen - 1000000 then redis.call('DEL', KEYS[1]) end
local at, most, longest = now, 0, 0
for place = 2, #ARGV, 2 do
    local calls, per = tonumber(ARGV[place]), tonumber(ARGV[place + 1])
    local past = redis.call('LINDEX', KEYS[1], -calls)
    if past then at = math.max(at, past + per) end
    most, longest = math.max(most, calls), math.max(longest, per)
end
local wait, allowed = at - now, tonumber(ARGV[1])
if allowed >= 0 and wait > allowed then
    wait = -1
else
    redis.call('RPUSH', KEYS[1], string.format('%.0f', at))
    redis.call('LTRIM', KEYS[1], -most, -1)
end
redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', (math.max(wait, 0) + longest) / 1000 + 1000))
return wait
"""


@public
class RedisRateLimits:
    """Rate limits that all workers share.

    Redis keeps the time, so the workers' clocks don't matter. While Redis can't be reached, each worker keeps to its
    share of the limits (see `workers`), with a warning, and tries Redis again every few seconds.

    Args:
        client: A `redis.Redis` (the blocking one, also for async clients), or a `redis://` address (needs the
            `redis` extra).
        account: Name of the account that the limits apply to, the same for all clients that share them. By default,
            clients with the same credentials for a product share. Contacts counts all keys of a customer together.
        workers: Number of processes that share the limits, for each one's share while Redis is away.
        prefix: Prefix of every key. Keys hold digests of credentials only.
    """

    def __init__(
        self,
        client: RedisClient | str,
        *,
        account: str | None = None,
        workers: int = 1,
        prefix: str = "xcaas:limit:",
    ) -> None:
        check_number("workers", workers, "a whole number from 1 on", 1)
        if not isinstance(account, str | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise invalid_type("account", account, "text")
        self._own: OwnRedisClient | None = None
        if isinstance(client, str):
            client = self._own = connect_redis(client)
        self._client: RedisClient = check_redis(client, prefix)
        self._prefix = prefix
        self.account: str | None = account
        self.workers: int = workers

    def reserve(self, key: str, limits: Sequence[RateLimit], longest: float | None) -> float | None:
        allowed = -1 if longest is None else _microseconds(longest)
        pairs = [number for limit in limits for number in (limit.calls, _microseconds(limit.per))]
        match self._client.eval(_RESERVE, 1, f"{self._prefix}{key}", allowed, *pairs):
            case -1:
                return None
            case int() as wait:
                return wait / 1_000_000
            case other:
                raise TypeError(f"Redis responded with {type(other).__name__}")

    def close(self) -> None:
        """Close the connections, unless you passed the client."""
        if self._own is not None:
            self._own.close()

    def __repr__(self) -> str:
        return f"<RedisRateLimits prefix={self._prefix!r}>"

    def __getstate__(self) -> dict[str, object]:
        raise TypeError("a Redis store is not pickled: its address may hold a password; make it in each process")

    def __deepcopy__(self, memo: object) -> RedisRateLimits:
        return self


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)
