"""A Redis server on loopback, running during a `with` block."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from typing import Protocol, cast

import pytest

from xcaas_core.auth.tokens.caches._redis import RedisClient

__all__ = ["Client", "connect", "redis_server", "without_redis"]

_PROGRAM = shutil.which("redis-server")
without_redis = pytest.mark.skipif(_PROGRAM is None, reason="there is no redis-server on this machine")


class Client(RedisClient, Protocol):
    """Methods of `redis.Redis` that tests use, besides those of the cache."""

    def flushdb(self) -> object: ...
    def scan_iter(self) -> Iterator[str]: ...
    def pttl(self, name: str, /) -> int: ...
    def close(self) -> None: ...


@contextlib.contextmanager
def connect(url: str) -> Generator[Client]:
    """Connect to a database and empty it."""
    from redis import Redis

    from_url = cast("Callable[..., Client]", Redis.from_url)  # pyright: ignore[reportUnknownMemberType]
    client = from_url(url, decode_responses=True)
    client.flushdb()
    try:
        yield client
    finally:
        client.close()


@contextlib.contextmanager
def redis_server(port: int | None = None) -> Generator[str]:
    """Run a server without persistence, on a free port if none is given, and yield its URL."""
    assert _PROGRAM is not None
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port or 0))
        port_number: int = probe.getsockname()[1]
    command = [_PROGRAM, "--port", str(port_number), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port_number)
            yield f"redis://127.0.0.1:{port_number}/0"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("redis-server did not start")
