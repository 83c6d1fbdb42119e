"""Caches that share tokens: memory, files, Redis. One set of rules for all, then what each adds."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.redis_server import connect, redis_server, without_redis
from xcaas_core import (
    ClientCredentials,
    FileTokenCache,
    MemoryTokenCache,
    RedisTokenCache,
    SecretUnavailableError,
    TokenCache,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes and links")


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture(params=["memory", "file", pytest.param("redis", marks=without_redis)])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TokenCache]:
    if request.param == "memory":
        yield MemoryTokenCache()
    elif request.param == "file":
        yield FileTokenCache(tmp_path / "tokens")
    else:
        with connect(request.getfixturevalue("redis_url")) as client:
            yield RedisTokenCache(client)


def test_what_was_written_is_read(cache: TokenCache) -> None:
    assert cache.read("k") is None
    cache.write("k", b"\x00payload", 60)
    entry = cache.read("k")
    assert entry is not None
    assert entry[0] == b"\x00payload"
    assert 50 < entry[1] <= 60
    cache.write("k", b"newer", 30)
    newer = cache.read("k")
    assert newer is not None
    assert newer[0] == b"newer"
    assert cache.read("other") is None


def test_what_is_over_is_gone(cache: TokenCache) -> None:
    cache.write("k", b"x", 0.05)
    time.sleep(0.1)
    assert cache.read("k") is None


def test_one_holds_the_lock(cache: TokenCache) -> None:
    owner = cache.try_lock("k", 60)
    assert owner is not None
    assert cache.try_lock("k", 60) is None
    cache.unlock("k", "somebody else")
    assert cache.try_lock("k", 60) is None
    cache.unlock("k", owner)
    other = cache.try_lock("k", 60)
    assert other is not None
    cache.unlock("k", owner)
    assert cache.try_lock("k", 60) is None, "the first owner has no say any more"
    cache.unlock("k", other)


def test_many_threads_and_one_lock(cache: TokenCache) -> None:
    barrier = threading.Barrier(8)
    taken: list[str] = []

    def take() -> None:
        barrier.wait(10)
        if (owner := cache.try_lock("k", 60)) is not None:
            taken.append(owner)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(taken) == 1
    cache.unlock("k", taken[0])


def test_locks_of_those_who_died_end(tmp_path: Path) -> None:
    memory = MemoryTokenCache()
    assert memory.try_lock("k", 0.05) is not None
    time.sleep(0.1)
    assert memory.try_lock("k", 60) is not None
    code = f"""
from xcaas_core import FileTokenCache
import os
assert FileTokenCache({str(tmp_path)!r}).try_lock("k", 60)
os._exit(1)
"""
    tmp_path.chmod(0o700)
    subprocess.run([sys.executable, "-c", code], check=False, timeout=30)
    assert FileTokenCache(tmp_path).try_lock("k", 60) is not None


class OwnCache(FileTokenCache):
    """A user's, as one that encrypts would be."""


class TestFiles:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "tokens"

    # CREDENTIALS 37
    @posix
    def test_only_the_user_can_read(self, folder: Path) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        owner = cache.try_lock("k", 60)
        assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
            "k.json": 0o600,
            "k.lock": 0o600,
        }
        assert folder.stat().st_mode & 0o777 == 0o700
        assert owner is not None
        cache.unlock("k", owner)

    @pytest.mark.parametrize(
        "content",
        [b"", b"{", b"[]", b'"x"', b"{}", b"\xff\x00", b'{"payload": "!", "written": 1, "until": 2}',
         b'{"payload": "eA==", "written": "a", "until": null}'],
    )  # fmt: skip
    def test_a_damaged_file_is_a_miss(self, folder: Path, content: bytes) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        (folder / "k.json").write_bytes(content)
        assert cache.read("k") is None
        cache.write("k", b"again", 60)
        assert cache.read("k") is not None

    def test_a_huge_file_is_a_miss(self, folder: Path) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        (folder / "k.json").write_bytes(b" " * (5 << 20))
        assert cache.read("k") is None

    @posix
    def test_links_are_refused(self, folder: Path, tmp_path: Path) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        elsewhere = tmp_path / "elsewhere"
        (folder / "k.json").rename(elsewhere)
        (folder / "k.json").symlink_to(elsewhere)
        assert cache.read("k") is None
        (folder / "k.lock").symlink_to(tmp_path / "victim")
        with pytest.raises(OSError, match="symbolic"):
            cache.try_lock("k", 60)
        assert not (tmp_path / "victim").exists()
        cache.write("k", b"y", 60)
        assert not (folder / "k.json").is_symlink(), "writing replaces the link, not what it points to"
        link = tmp_path / "link"
        link.symlink_to(folder)
        with pytest.raises(NotADirectoryError):
            FileTokenCache(link).write("k", b"x", 60)

    @posix
    def test_files_that_others_can_read_are_a_miss(self, folder: Path) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        (folder / "k.json").chmod(0o644)
        assert cache.read("k") is None

    @posix
    def test_lock_files_and_folders_of_others_are_refused(self, folder: Path) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        (folder / "k.lock").touch()
        (folder / "k.lock").chmod(0o666)
        with pytest.raises(PermissionError):
            cache.try_lock("k", 60)
        folder.chmod(0o770)
        with pytest.raises(PermissionError):
            cache.write("k", b"x", 60)

    def test_nothing_half_written_stays(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"old", 60)

        def fail(*_: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="disk full"):
            cache.write("k", b"new", 60)
        assert [path.name for path in folder.iterdir()] == ["k.json"]
        entry = cache.read("k")
        assert entry is not None
        assert entry[0] == b"old"

    @pytest.mark.parametrize(("shift", "miss"), [(-3600, True), (-2, False), (30, False), (61, True), (3600, True)])
    def test_a_wall_clock_that_jumps_never_makes_a_token_live_longer(
        self, folder: Path, shift: float, miss: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        now: Callable[[], float] = time.time
        monkeypatch.setattr(time, "time", lambda: now() + shift)
        entry = cache.read("k")
        assert (entry is None) is miss
        assert entry is None or entry[1] <= 60

    @posix
    @pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
    def test_a_forked_child_does_not_keep_a_lock_whose_owner_is_gone(self, folder: Path) -> None:
        cache = FileTokenCache(folder)
        assert cache.try_lock("k", 60) is not None
        (held,) = cache._held.values()  # pyright: ignore[reportPrivateUsage]
        ready, told = os.pipe()
        end, ended = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(told, b"x")
            os.close(ended)
            os.read(end, 1)  # until the parent closes its end
            os._exit(0)
        try:
            os.close(end)
            assert os.read(ready, 1)
            os.close(held)  # as the system does when a process is killed
            assert FileTokenCache(folder).try_lock("k", 60) is not None
        finally:
            os.close(ended)
            os.waitpid(child, 0)
            os.close(ready)
            os.close(told)

    def test_it_travels(self, folder: Path) -> None:
        FileTokenCache(folder).write("k", b"x", 60)
        for cache in (FileTokenCache(folder), OwnCache(folder)):
            arrived = pickle.loads(pickle.dumps(cache))
            assert type(arrived) is type(cache)
            assert arrived.read("k") is not None
            assert repr(arrived) == f"FileTokenCache({str(folder)!r})"

    def test_the_usual_place(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert "xcaas" in repr(FileTokenCache())
        monkeypatch.setitem(sys.modules, "platformdirs", None)
        with pytest.raises(SecretUnavailableError, match="folder is not known"):
            FileTokenCache()


class TestRedis:
    @without_redis
    def test_by_address(self, redis_url: str) -> None:
        cache = RedisTokenCache(redis_url, prefix="test:")
        cache.write("k", b"x", 60)
        assert cache.read("k") is not None
        assert repr(cache) == "<RedisTokenCache prefix='test:'>"
        cache.close()

    @without_redis
    def test_keys_end_by_themselves(self, redis_url: str) -> None:
        with connect(redis_url) as client:
            cache = RedisTokenCache(client)
            cache.write("k", b"x", 60)
            assert cache.try_lock("k", 60) is not None
            assert sorted(client.scan_iter()) == ["xcaas:k", "xcaas:k:lock"]
            assert all(0 < client.pttl(key) <= 60_000 for key in client.scan_iter())
            assert cache.read("k") is not None
            cache.close()
            assert cache.read("k") is not None, "a client that was given is not ours to close"

    def test_it_does_not_travel_with_its_password(self) -> None:
        cache = RedisTokenCache("redis://:the-password@127.0.0.1:1/0")
        assert "the-password" not in repr(cache)
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(cache)
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(ClientCredentials("id", "s", cache=cache))

    def test_without_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "redis", None)
        with pytest.raises(SecretUnavailableError, match=r"xcaas\[redis\]"):
            RedisTokenCache("redis://127.0.0.1:1/0")


def test_entries_of_files_are_json_that_names_no_secret(tmp_path: Path) -> None:
    FileTokenCache(tmp_path / "t").write("k", b"payload", 60)
    entry = json.loads((tmp_path / "t" / "k.json").read_text())
    assert sorted(entry) == ["payload", "until", "written"]


def test_memory_forgets_what_is_over() -> None:
    cache = MemoryTokenCache()
    cache.write("old", b"x", 0.01)
    time.sleep(0.02)
    cache.write("new", b"x", 60)
    assert repr(cache) == "<MemoryTokenCache of 1>"


def test_a_memory_cache_survives_being_copied_and_reset() -> None:
    cache = MemoryTokenCache()
    cache.write("k", b"x", 60)
    assert cache.try_lock("k", 60) is not None
    assert copy.copy(cache) is cache
    cache.reset()
    assert cache.try_lock("k", 60) is not None, "who held the lock does not exist in a forked child"
    assert cache.read("k") is not None


def test_caches_are_shared_by_deep_copies() -> None:
    memory = MemoryTokenCache()
    redis = RedisTokenCache("redis://127.0.0.1:1/0")
    assert copy.deepcopy(memory) is memory
    assert copy.deepcopy(redis) is redis
    redis.close()
