"""Rate limits in a real Redis: exact, by Redis's own clock, for all processes together."""

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
    with connect(url) as made:
        yield made


@without_redis
class TestWithARedis:
    def test_each_call_waits_until_all_limits_allow_it(self, client: Client) -> None:
        store = RedisRateLimits(client)
        limits = [RateLimit(3, 10), RateLimit(5, 100)]
        waits = [store.reserve("k", limits, None) for _ in range(7)]
        assert waits == pytest.approx([0, 0, 0, 10, 10, 100, 100], abs=1)
        assert store.reserve("other", limits, None) == 0

    def test_a_wait_that_is_too_long_takes_no_place(self, client: Client) -> None:
        store = RedisRateLimits(client)
        assert store.reserve("k", [RateLimit(1, 10)], 5) == 0
        assert [store.reserve("k", [RateLimit(1, 10)], 5) for _ in range(3)] == [None, None, None]
        assert store.reserve("k", [RateLimit(1, 10)], 15) == pytest.approx(10, abs=1)

    def test_keys_end_by_themselves_and_stay_short(self, client: Client) -> None:
        store = RedisRateLimits(client, prefix="test:")
        for _ in range(20):
            store.reserve("k", [RateLimit(2, 30)], 5)
        assert list(client.scan_iter()) == ["test:k"]
        assert 25_000 < client.pttl("test:k") <= 31_000
        assert client.eval("return redis.call('LLEN', KEYS[1])", 1, "test:k") == 3

    def test_a_clock_of_the_server_that_is_set_back_stops_nobody(self, client: Client) -> None:
        store = RedisRateLimits(client)
        hour = "redis.call('TIME')[1] * 1000000 + 3600000000"
        script = f"redis.call('RPUSH', KEYS[1], string.format('%.0f', {hour}), string.format('%.0f', {hour}))"
        client.eval(script, 1, "xcaas:limit:k")
        assert [store.reserve("k", [RateLimit(1, 10)], 5) for _ in range(2)] == [0, None]

    def test_by_address(self, url: str) -> None:
        store = RedisRateLimits(url, prefix="test:", workers=4)
        assert store.reserve("k", [RateLimit(1, 10)], None) == 0
        assert repr(store) == "<RedisRateLimits prefix='test:'>"
        store.close()

    def test_a_client_that_was_given_is_not_ours_to_close(self, client: Client) -> None:
        RedisRateLimits(client).close()
        assert RedisRateLimits(client).reserve("k", [RateLimit(1, 10)], None) == 0

    def test_four_processes_keep_to_the_limit_of_contacts_together(self, url: str) -> None:
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


class Told:
    """A Redis that responds with what it is told to."""

    def __init__(self, response: object) -> None:
        self.response = response

    def eval(self, script: str, numkeys: int, /, *keys_and_args: str | bytes | int) -> object:
        return self.response


@pytest.mark.parametrize("response", [None, "1", b"1", 1.5, [], {}])
def test_a_response_of_another_kind_is_an_error(response: object) -> None:
    with pytest.raises(TypeError, match=type(response).__name__):
        RedisRateLimits(Told(response)).reserve("k", [RateLimit(1, 1)], None)


def test_it_does_not_travel_with_its_password() -> None:
    store = RedisRateLimits("redis://:the-password@127.0.0.1:1/0")
    assert "the-password" not in repr(store)
    assert copy.deepcopy(store) is store
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(store)
    store.close()


def test_no_workers_share_nothing() -> None:
    with pytest.raises(ConfigurationError, match="workers"):
        RedisRateLimits(Told(0), workers=0)


@pytest.mark.parametrize(
    ("client", "options", "said"),
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
def test_arguments_are_checked(client: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        RedisRateLimits(client, **options)


def test_the_class_is_no_store() -> None:
    store: Any = RedisRateLimits
    with pytest.raises(ConfigurationError, match="rate_limit_store must be a store"):
        Shop(rate_limit_store=store)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "redis", missing)
    with pytest.raises(SecretUnavailableError, match=r"xcaas\[redis\]"):
        RedisRateLimits("redis://127.0.0.1:1/0")
