"""Rate limits in a real Redis server, shared by processes."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.origin import serving
from tests.support.redis_server import Client, connect, redis_server, without_redis
from tests.support.shop import Shop
from xcaas_core import ConfigurationError, RateLimit, RedisRateLimits, SecretUnavailableError


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with redis_server() as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    with connect(url) as redis_client:
        yield redis_client


@without_redis
class TestWithARedis:
    def test_each_call_waits_until_all_limits_allow_it(self, client: Client) -> None:
        store = RedisRateLimits(client)
        limits = [RateLimit(3, 10), RateLimit(5, 100)]
        waits = [store.reserve("k", limits, None) for _ in range(7)]
        assert waits == pytest.approx([0, 0, 0, 10, 10, 100, 100], abs=1)
        assert store.reserve("other", limits, None) == 0

    def test_too_long_a_wait_reserves_nothing(self, client: Client) -> None:
        store = RedisRateLimits(client)
        assert store.reserve("k", [RateLimit(1, 10)], 5) == 0
        assert [store.reserve("k", [RateLimit(1, 10)], 5) for _ in range(3)] == [None, None, None]
        assert store.reserve("k", [RateLimit(1, 10)], 15) == pytest.approx(10, abs=1)

    def test_keys_expire_and_stay_short(self, client: Client) -> None:
        store = RedisRateLimits(client, prefix="test:")
        for _ in range(20):
            store.reserve("k", [RateLimit(2, 30)], 5)
        assert list(client.scan_iter()) == ["test:k"]
        assert 25_000 < client.pttl("test:k") <= 31_000
        assert client.eval("return redis.call('LLEN', KEYS[1])", 1, "test:k") == 3

    def test_a_server_clock_that_is_set_back_blocks_no_calls(self, client: Client) -> None:
        store = RedisRateLimits(client)
        hour = "redis.call('TIME')[1] * 1000000 + 3600000000"
        script = f"redis.call('RPUSH', KEYS[1], string.format('%.0f', {hour}), string.format('%.0f', {hour}))"
        client.eval(script, 1, "xcaas:limit:k")
        assert [store.reserve("k", [RateLimit(1, 10)], 5) for _ in range(2)] == [0, None]

    def test_a_store_is_made_from_an_address(self, url: str) -> None:
        store = RedisRateLimits(url, prefix="test:", workers=4)
        assert store.reserve("k", [RateLimit(1, 10)], None) == 0
        assert repr(store) == "<RedisRateLimits prefix='test:'>"
        store.close()

    def test_a_users_redis_client_is_not_closed(self, client: Client) -> None:
        RedisRateLimits(client).close()
        assert RedisRateLimits(client).reserve("k", [RateLimit(1, 10)], None) == 0

    def test_four_processes_share_the_limit_of_contacts(self, url: str) -> None:
        with serving() as origin:
            command = [sys.executable, "-c", WORKER, origin.url, url]
            workers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
            counts = [int(worker.communicate(timeout=60)[0]) for worker in workers]
        assert sum(counts) == 60
        assert len(origin.seen) == 60


WORKER = """
import sys
import xcaas
address, redis = sys.argv[1:]
store = xcaas.RedisRateLimits(redis, workers=4)
with xcaas.XCaaS(credentials=xcaas.ApiKey("key"), base_url=address, timeout=5, rate_limit_store=store) as client:
    done = 0
    try:
        while True:
            client.request("GET", "/contacts", product="contacts")
            done += 1
    except xcaas.CallTimeoutError:
        print(done)
"""


class FakeRedis:
    """A Redis client with a fixed response."""

    def __init__(self, response: object) -> None:
        self.response = response

    def eval(self, script: str, numkeys: int, /, *keys_and_args: str | bytes | int) -> object:
        return self.response


@pytest.mark.parametrize("response", [None, "1", b"1", 1.5, [], {}])
def test_an_unexpected_response_raises_type_error(response: object) -> None:
    with pytest.raises(TypeError, match=type(response).__name__):
        RedisRateLimits(FakeRedis(response)).reserve("k", [RateLimit(1, 1)], None)


def test_a_store_with_a_password_is_not_pickled() -> None:
    store = RedisRateLimits("redis://:the-password@127.0.0.1:1/0")
    assert "the-password" not in repr(store)
    assert copy.deepcopy(store) is store
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(store)
    store.close()


def test_zero_workers_raise_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="workers"):
        RedisRateLimits(FakeRedis(0), workers=0)


@pytest.mark.parametrize(
    ("client", "options", "message"),
    [
        (None, {}, "client must be"),
        (5, {}, "client must be"),
        (RedisRateLimits, {}, "client must be"),
        ("redis://localhost/abc", {}, "client: this is not the address"),
        ("http://localhost", {}, "client: this is not the address"),
        ("redis://localhost/0", {"workers": 1.5}, "workers must be"),
        ("redis://localhost/0", {"workers": "8"}, "workers must be"),
        ("redis://localhost/0", {"workers": True}, "workers must be"),
        ("redis://localhost/0", {"account": 5}, "account must be"),
        ("redis://localhost/0", {"prefix": None}, "prefix must be"),
    ],
)
def test_invalid_arguments_raise_configuration_error(client: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        RedisRateLimits(client, **options)


def test_the_class_itself_is_not_accepted_as_a_store() -> None:
    store: Any = RedisRateLimits
    with pytest.raises(ConfigurationError, match="rate_limit_store must be a store"):
        Shop(rate_limit_store=store)


def test_a_missing_redis_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "redis", missing)
    with pytest.raises(SecretUnavailableError, match=r"xcaas\[redis\]"):
        RedisRateLimits("redis://127.0.0.1:1/0")
