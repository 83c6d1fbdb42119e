"""A token cache in Redis, for workers that share one key."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from ...._checks import has_methods, invalid_type
from ...._errors import ConfigurationError
from ...._lazy import public
from .._errors import SecretUnavailableError

__all__ = ["OwnRedisClient", "RedisClient", "RedisTokenCache", "check_redis", "connect_redis"]

_READ = "return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}"
_WRITE = "return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])"
_LOCK = "return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])"
_UNLOCK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class RedisClient(Protocol):
    """The used part of `redis.Redis`."""

    def eval(self, script: str, numkeys: int, /, *keys_and_args: str | bytes | int) -> object: ...


class OwnRedisClient(RedisClient, Protocol):
    def close(self) -> None: ...


@public
class RedisTokenCache:
    """Shares tokens through Redis: one token request per expiry for all workers together.

    Redis keeps the time, so the workers' clocks don't matter. While Redis can't be reached, each
    worker gets its own tokens.

    Args:
        client: A `redis.Redis` (the blocking one, also for async clients), or a `redis://` address (needs the
            `redis` extra). Redis then holds live tokens: protect it as you would the secret.
        prefix: Prefix of every key.
    """

    def __init__(self, client: RedisClient | str, *, prefix: str = "xcaas:") -> None:
        self._own: OwnRedisClient | None = None
        if isinstance(client, str):
            client = self._own = connect_redis(client)
        self._client: RedisClient = check_redis(client, prefix)
        self._prefix = prefix

    def read(self, key: str) -> tuple[bytes, float] | None:
        match self._client.eval(_READ, 1, self._name(key)):
            case [str() | bytes() as payload, int() as milliseconds] if milliseconds > 0:
                return (payload if isinstance(payload, bytes) else payload.encode()), milliseconds / 1000
            case _:
                return None

    def write(self, key: str, payload: bytes, seconds: float) -> None:
        self._client.eval(_WRITE, 1, self._name(key), payload, max(1, int(seconds * 1000)))

    def try_lock(self, key: str, seconds: float) -> str | None:
        owner = secrets.token_hex(8)
        milliseconds = max(1, int(seconds * 1000))
        return owner if self._client.eval(_LOCK, 1, self._name(f"{key}:lock"), owner, milliseconds) else None

    def unlock(self, key: str, owner: str) -> None:
        self._client.eval(_UNLOCK, 1, self._name(f"{key}:lock"), owner)

    def close(self) -> None:
        """Close the connections, unless you passed the client."""
        if self._own is not None:
            self._own.close()

    def _name(self, key: str) -> str:
        return f"{self._prefix}{key}"

    def __repr__(self) -> str:
        return f"<RedisTokenCache prefix={self._prefix!r}>"

    def __getstate__(self) -> dict[str, object]:
        raise TypeError("a Redis token cache is not pickled: its address may hold a password; make it in each process")

    def __deepcopy__(self, memo: object) -> RedisTokenCache:
        return self


def connect_redis(url: str) -> OwnRedisClient:
    try:
        from redis import Redis
    except ImportError:
        raise SecretUnavailableError("redis is not installed", advice="Install xcaas[redis].") from None
    connect: Callable[..., OwnRedisClient] = Redis.from_url  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    try:
        address = urlsplit(url)
        if address.scheme != "unix" and not re.fullmatch(r"[/\d]*", address.path, re.ASCII):
            raise ValueError("redis-py would take the database 0")
        return connect(url, socket_timeout=2.0, socket_connect_timeout=2.0)
    except ValueError:  # not shown: it may hold a password
        raise ConfigurationError(
            "client: this is not the address of a Redis server",
            advice="It looks like redis://host:6379/0, rediss://… or unix://….",
        ) from None


def check_redis(client: RedisClient, prefix: str) -> RedisClient:
    """Return the client, or raise an error if it or the prefix has the wrong type."""
    if not has_methods(client, "eval") or hasattr(client, "__aenter__"):  # nobody would await what redis.asyncio gives
        raise invalid_type("client", client, "a redis.Redis (not of redis.asyncio), or an address as text")
    if not isinstance(prefix, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise invalid_type("prefix", prefix, "text")
    return client
