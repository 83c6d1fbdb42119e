"""Stores of received events: one that claims an event gets it, for a time, within bounds."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.core.webhooks.support import NOW, genuine, signer
from tests.support.redis_server import connect, redis_server, without_redis
from xcaas import WebhookError, chat_gateway
from xcaas.testing import FakeClock
from xcaas.webhooks import MemoryReplayStore, RedisReplayStore, ReplayStore, Verifier
from xcaas_core.webhooks._replay import replay_key


class FakeRedis:
    """The two scripts, with a dict behind them."""

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


def test_a_claim_is_granted_once_until_it_is_released(store: ReplayStore) -> None:
    assert store.claim("a", 60)
    assert not store.claim("a", 60)
    assert store.claim("b", 60)
    store.release("a")
    store.release("never claimed")
    assert store.claim("a", 60)


def test_of_many_threads_one_gets_the_event() -> None:
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


def test_memory_forgets_what_is_over_and_has_a_bound() -> None:
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


def test_a_store_survives_a_fork_with_what_it_knows() -> None:
    store = MemoryReplayStore()
    store.claim("a", 60)
    store.reset()
    assert not store.claim("a", 60)


def test_redis_keys_have_a_prefix_and_an_end() -> None:
    redis = FakeRedis()
    RedisReplayStore(redis, prefix="mine:").claim("a", 1.5)
    assert redis.entries == {"mine:a": 1500}


def test_keys_tell_tenants_apart_and_nothing_else() -> None:
    keys = {replay_key("a", "bc"), replay_key("ab", "c"), replay_key("a", "bd")}
    assert len(keys) == 3
    assert all(key.isalnum() and len(key) == 40 for key in keys)


@pytest.fixture
def workers() -> list[Verifier[Any]]:
    store = RedisReplayStore(FakeRedis())
    return [
        Verifier(chat_gateway.webhooks.CHAT_EVENT, keys=signer.keys, wall=lambda: NOW, replay_store=store)
        for _ in range(2)
    ]


def test_workers_with_one_store_take_an_event_once(workers: list[Verifier[Any]]) -> None:
    sent = genuine()
    workers[0].verify(sent.headers, sent.body)
    with pytest.raises(WebhookError) as caught:
        workers[1].verify(sent.headers, sent.body)
    assert caught.value.reason == "replayed"


@without_redis
def test_a_real_redis() -> None:
    with redis_server() as url, connect(url) as client:
        store = RedisReplayStore(url)
        assert store.claim("a", 60)
        assert not store.claim("a", 60)
        assert 0 < client.pttl("xcaas:webhook:a") <= 60_000
        store.release("a")
        assert store.claim("a", 60)
        store.close()
