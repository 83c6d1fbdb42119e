"""Paths that are taken seldom."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from tests.auth.support import OAUTH, SECRET, STORAGE, World, request
from xcaas_core._errors import CallTimeoutError
from xcaas_core._secrets import store_digest
from xcaas_core.auth import (
    ApiKey,
    ClientCredentials,
    CredentialSet,
    MemoryTokenCache,
    RedisTokenCache,
    Secret,
    SecretUnavailableError,
    build_authorizer,
    credentials_from_profile,
)
from xcaas_core.auth.credentials._profile import ProfileEntry
from xcaas_core.auth.security._advice import about_key
from xcaas_core.auth.security._bindings import token_manager
from xcaas_core.operations._product import Product, Scheme
from xcaas_core.sansio._steps import Flow, Offload
from xcaas_core.testing._tokens import FakeResponse, Simulation, fake_context


def test_a_product_without_a_console_name_has_no_advice_about_a_403() -> None:
    assert about_key(Product("p", title="P", servers=(), schemes={}, package="x"), 403) is None


def test_caches_are_shared_by_deep_copies() -> None:
    memory = MemoryTokenCache()
    redis = RedisTokenCache("redis://127.0.0.1:1/0")
    assert copy.deepcopy(memory) is memory
    assert copy.deepcopy(redis) is redis
    redis.close()


def test_references_to_a_profile_are_equal_when_they_name_the_same() -> None:
    one, other = ProfileEntry(Path("a"), "default", "key"), ProfileEntry(Path("a"), "default", "key")
    assert one == other
    assert hash(one) == hash(other)
    assert one != ProfileEntry(Path("b"), "default", "key")


def test_a_list_that_got_shorter_names_the_missing_entry(tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    file.write_text('[default]\n[[default.api_keys]]\nkey = "a"\n[[default.api_keys]]\nkey = "b"\n')
    file.chmod(0o600)
    second = credentials_from_profile(file=file)[1]
    assert isinstance(second, ApiKey)
    file.write_text('[default]\n[[default.api_keys]]\nkey = "a"\n')
    scheme = Scheme("api-key", credential="api-key", location="header", parameter="x")
    product = Product("p", title="P", servers=(), schemes={"k": scheme}, package="x")
    simulation = Simulation()
    authorizer = build_authorizer(
        product, (("k",),), CredentialSet.parse(second), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    with pytest.raises(SecretUnavailableError, match=r"default\.api_keys\.1\.key"):
        simulation.call(authorizer.authorize(request(), deadline=None))


def test_names_of_secrets_are_the_same_each_time_and_differ_with_secret_and_owner() -> None:
    first = store_digest("id", Secret("0"))
    assert store_digest("id", Secret("0")) == first
    assert len({first, store_digest("id", Secret("1")), store_digest("other", Secret("0"))}) == 3


def test_a_provider_is_asked_for_the_key_of_a_shared_token_too() -> None:
    cache = MemoryTokenCache()
    simulation = Simulation()
    authorizer = build_authorizer(
        STORAGE,
        (("oauth",),),
        CredentialSet.parse(lambda: ClientCredentials("id", SECRET, cache=cache)),
        context=fake_context(simulation.clock),
    )
    assert authorizer is not None
    simulation.call(authorizer.authorize(request(), deadline=None))
    assert simulation.endpoint.requests == 1


class Unforgiving(MemoryTokenCache):
    """A cache whose lock cannot be given back."""

    def unlock(self, key: str, owner: str) -> None:
        raise ConnectionError


def test_a_lock_that_cannot_be_given_back_after_a_cancelled_renewal_does_no_harm() -> None:
    simulation = Simulation()
    credential = ClientCredentials("id", SECRET, cache=Unforgiving(simulation.clock))
    manager = token_manager(credential, STORAGE, OAUTH, fake_context(simulation.clock))
    task = simulation.start(manager.acquire())
    simulation.run(until=0.01)
    simulation.cancel(task, KeyboardInterrupt())
    for thread in threading.enumerate():
        if thread.daemon and thread is not threading.current_thread():
            thread.join(2)
    assert isinstance(task.error, KeyboardInterrupt)
    simulation.run()
    assert simulation.call(manager.acquire()).value == "Bearer token-2"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_locks_that_were_held_at_a_fork_are_free_in_the_child() -> None:
    code = """
        import os, sys
        from tests.auth.support import World
        from xcaas_core.auth import MemoryTokenCache
        from xcaas_core.auth import CredentialSet
        world, cache, credentials = World(), MemoryTokenCache(), CredentialSet.parse(lambda: [])
        world.token()
        world.manager._lock.acquire(); world.credential._pool._lock.acquire()
        cache._lock.acquire(); credentials._lock.acquire()
        child = os.fork()
        if child == 0:
            world.clock.advance(2000)
            world.token(); world.credential.update_credentials("new")
            cache.write("k", b"x", 1); credentials._ask()
            os._exit(7)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], timeout=30, check=False, cwd=root)
    assert done.returncode == 7


def test_the_simulation_itself() -> None:
    simulation = Simulation()

    def flow() -> Flow[int]:
        result = yield Offload(lambda: 1 / 0)
        return len(str(result))

    failing = simulation.start(flow())
    with pytest.raises(AssertionError, match="not finished"):
        _ = failing.value
    simulation.run()
    assert isinstance(failing.error, ZeroDivisionError)
    simulation.cancel(failing, KeyboardInterrupt())
    assert isinstance(failing.error, ZeroDivisionError), "what is done is done"
    stalling = World()
    stalling.endpoint.latency = 1e9
    stalling.endpoint.script = [FakeResponse(200)]
    with pytest.raises(Exception, match="no answer in time"):
        stalling.token()
    assert issubclass(CallTimeoutError, TimeoutError)


def test_a_total_that_is_used_up_by_waiting_for_others() -> None:
    """The lock of a shared cache is waited for; what is left after that is too little to ask."""
    simulation = Simulation()
    cache = MemoryTokenCache(simulation.clock)
    credential = ClientCredentials("id", SECRET, cache=cache)
    manager = token_manager(credential, STORAGE, OAUTH, fake_context(simulation.clock))
    simulation.call(manager.acquire())
    (key,) = cache._entries  # pyright: ignore[reportPrivateUsage]
    cache._entries.clear()  # pyright: ignore[reportPrivateUsage]
    manager.current = None
    assert cache.try_lock(key, 1000) is not None
    start = simulation.clock.now
    task = simulation.start(manager.acquire(deadline=start + 0.2))
    simulation.run()
    assert type(task.error).__name__ == "TokenTimeoutError"
    assert task.finished_at - start < 0.4
