"""Stores of received events."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.core.webhooks.support import NOW, genuine, signer
from tests.support.redis_server import connect, redis_server, without_redis
from xcaas import ConfigurationError, WebhookError, chat_gateway
from xcaas.testing import FakeClock
from xcaas.webhooks import MemoryReplayStore, RedisReplayStore, ReplayStore, Verifier
from xcaas_core.webhooks._replay import replay_key


class FakeRedis:
    """Runs the two scripts on a dict."""

    def __init__(self) -> None:
        self.entries: dict[str, int] = {}

    def eval(self, script: str, numkeys: int, /, *keys_and_args: Any) -> object:
        assert numkeys == 1
        key = keys_and_args[0]
        if "DEL" in script:
            return self.entries.pop(key, None)
        assert all(word in script for word in ("'SET'", "'NX'", "'PX'"))
        if key in self.entries:
            return None
        self.entries[key] = keys_and_args[1]
        return b"OK"


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> ReplayStore:
    return MemoryReplayStore() if request.param == "memory" else RedisReplayStore(FakeRedis())


def test_claim_succeeds_once_until_release(store: ReplayStore) -> None:
    assert store.claim("a", 60)
    assert not store.claim("a", 60)
    assert store.claim("b", 60)
    store.release("a")
    store.release("never claimed")
    assert store.claim("a", 60)


def test_claim_succeeds_in_one_of_many_threads() -> None:
    store = MemoryReplayStore()
    barrier, granted = threading.Barrier(8), list[bool]()

    def claim() -> None:
        barrier.wait(20)
        granted.append(store.claim("a", 60))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(granted) == [False] * 7 + [True]


def test_memory_store_drops_expired_events_and_is_bounded() -> None:
    clock = FakeClock()
    store = MemoryReplayStore(3, clock=clock)
    for name in "abcd":
        assert store.claim(name, 60)
    assert len(store) == 3
    assert store.claim("a", 60)  # the oldest was forgotten
    clock.now += 61
    assert store.claim("z", 60)
    assert len(store) == 1
    assert repr(store) == "<MemoryReplayStore of 1>"


def test_reset_keeps_received_events() -> None:
    store = MemoryReplayStore()
    store.claim("a", 60)
    store.reset()
    assert not store.claim("a", 60)


def test_redis_keys_have_a_prefix_and_expire() -> None:
    redis = FakeRedis()
    RedisReplayStore(redis, prefix="mine:").claim("a", 1.5)
    assert redis.entries == {"mine:a": 1500}


def test_replay_keys_differ_by_tenant_and_event() -> None:
    keys = {replay_key("a", "bc"), replay_key("ab", "c"), replay_key("a", "bd")}
    assert len(keys) == 3
    assert all(key.isalnum() and len(key) == 40 for key in keys)


class AsyncRedis(FakeRedis):
    async def __aenter__(self) -> None: ...


def test_a_redis_of_asyncio_is_refused_as_nobody_would_await_it() -> None:
    with pytest.raises(ConfigurationError, match=r"a redis\.Redis \(not of redis\.asyncio\), or an address"):
        RedisReplayStore(AsyncRedis())


@pytest.fixture
def workers() -> list[Verifier[Any]]:
    store = RedisReplayStore(FakeRedis())
    return [
        Verifier(chat_gateway.webhooks.CHAT_EVENT, keys=signer.keys, wall=lambda: NOW, replay_store=store)
        for _ in range(2)
    ]


def test_workers_with_one_store_accept_an_event_once(workers: list[Verifier[Any]]) -> None:
    sent = genuine()
    workers[0].verify(sent.headers, sent.body)
    with pytest.raises(WebhookError) as caught:
        workers[1].verify(sent.headers, sent.body)
    assert caught.value.reason == "replayed"


@without_redis
def test_redis_store_works_with_a_real_server() -> None:
    with redis_server() as url, connect(url) as client:
        store = RedisReplayStore(url)
        assert store.claim("a", 60)
        assert not store.claim("a", 60)
        assert 0 < client.pttl("xcaas:webhook:a") <= 60_000
        store.release("a")
        assert store.claim("a", 60)
        store.close()
