"""A store of received events that workers share."""

from __future__ import annotations

from ..auth.tokens.caches._redis import OwnRedisClient, RedisClient, check_redis, connect_redis

__all__ = ["RedisReplayStore"]

_CLAIM = "return redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1])"
_RELEASE = "return redis.call('DEL', KEYS[1])"


class RedisReplayStore:
    """Remembers events in Redis, for all workers together.

    Args:
        client: A `redis.Redis` (the blocking one, also for async verifiers), or a `redis://` address (needs the
            `redis` extra).
        prefix: Prefix of every key. Receivers that should each get every event need different prefixes.
    """

    def __init__(self, client: RedisClient | str, *, prefix: str = "xcaas:webhook:") -> None:
        self._own: OwnRedisClient | None = None
        if isinstance(client, str):
            client = self._own = connect_redis(client)
        self._client: RedisClient = check_redis(client, prefix)
        self._prefix = prefix

    def claim(self, key: str, seconds: float) -> bool:
        milliseconds = max(1, int(seconds * 1000))
        return bool(self._client.eval(_CLAIM, 1, f"{self._prefix}{key}", milliseconds))

    def release(self, key: str) -> None:
        self._client.eval(_RELEASE, 1, f"{self._prefix}{key}")

    def close(self) -> None:
        """Close the connections, unless you passed the client."""
        if self._own is not None:
            self._own.close()

    def __repr__(self) -> str:
        return f"<RedisReplayStore prefix={self._prefix!r}>"
