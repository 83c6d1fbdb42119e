"""Token caches in memory, files and Redis: common behaviour, then that of each."""

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


def test_written_entries_are_read(cache: TokenCache) -> None:
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


def test_expired_entries_are_gone(cache: TokenCache) -> None:
    cache.write("k", b"x", 0.05)
    time.sleep(0.1)
    assert cache.read("k") is None


def test_lock_has_one_owner(cache: TokenCache) -> None:
    owner = cache.try_lock("k", 60)
    assert owner is not None
    assert cache.try_lock("k", 60) is None
    cache.unlock("k", "somebody else")
    assert cache.try_lock("k", 60) is None
    cache.unlock("k", owner)
    new_owner = cache.try_lock("k", 60)
    assert new_owner is not None
    cache.unlock("k", owner)
    assert cache.try_lock("k", 60) is None, "the first owner cannot release the new lock"
    cache.unlock("k", new_owner)


def test_lock_is_taken_by_one_of_many_threads(cache: TokenCache) -> None:
    barrier = threading.Barrier(8)
    owners: list[str] = []

    def lock() -> None:
        barrier.wait(10)
        if (owner := cache.try_lock("k", 60)) is not None:
            owners.append(owner)

    threads = [threading.Thread(target=lock) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(owners) == 1
    cache.unlock("k", owners[0])


def test_locks_end_with_their_time_or_process(tmp_path: Path) -> None:
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


class CustomCache(FileTokenCache):
    """A user's subclass, such as one that encrypts."""


class TestFiles:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "tokens"

    # CREDENTIALS 37
    @posix
    def test_files_are_readable_by_the_user_only(self, folder: Path) -> None:
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
    def test_damaged_file_is_a_miss(self, folder: Path, content: bytes) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        (folder / "k.json").write_bytes(content)
        assert cache.read("k") is None
        cache.write("k", b"again", 60)
        assert cache.read("k") is not None

    def test_huge_file_is_a_miss(self, folder: Path) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        (folder / "k.json").write_bytes(b" " * (5 << 20))
        assert cache.read("k") is None

    @posix
    def test_symbolic_links_are_refused(self, folder: Path, tmp_path: Path) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        target = tmp_path / "elsewhere"
        (folder / "k.json").rename(target)
        (folder / "k.json").symlink_to(target)
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
    def test_files_readable_by_others_are_a_miss(self, folder: Path) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        (folder / "k.json").chmod(0o644)
        assert cache.read("k") is None

    @posix
    def test_lock_files_and_folders_writable_by_others_are_refused(self, folder: Path) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        (folder / "k.lock").touch()
        (folder / "k.lock").chmod(0o666)
        with pytest.raises(PermissionError):
            cache.try_lock("k", 60)
        folder.chmod(0o770)
        with pytest.raises(PermissionError):
            cache.write("k", b"x", 60)

    def test_failed_write_leaves_no_file_and_keeps_the_entry(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
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

    @pytest.mark.parametrize(("shift", "is_miss"), [(-3600, True), (-2, False), (30, False), (61, True), (3600, True)])
    def test_wall_clock_jumps_never_extend_a_token(
        self, folder: Path, shift: float, is_miss: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache = FileTokenCache(folder)
        cache.write("k", b"x", 60)
        now: Callable[[], float] = time.time
        monkeypatch.setattr(time, "time", lambda: now() + shift)
        entry = cache.read("k")
        assert (entry is None) is is_miss
        assert entry is None or entry[1] <= 60

    @posix
    @pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
    def test_forked_child_does_not_keep_the_lock_of_a_dead_parent(self, folder: Path) -> None:
        cache = FileTokenCache(folder)
        assert cache.try_lock("k", 60) is not None
        (descriptor,) = cache._locks.values()  # pyright: ignore[reportPrivateUsage]
        ready, ready_end = os.pipe()
        parent_end, parent_alive = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(ready_end, b"x")
            os.close(parent_alive)
            os.read(parent_end, 1)  # until the parent closes its end
            os._exit(0)
        try:
            os.close(parent_end)
            assert os.read(ready, 1)
            os.close(descriptor)  # as the system does when a process is killed
            assert FileTokenCache(folder).try_lock("k", 60) is not None
        finally:
            os.close(parent_alive)
            os.waitpid(child, 0)
            os.close(ready)
            os.close(ready_end)

    def test_cache_is_pickled_with_its_folder(self, folder: Path) -> None:
        FileTokenCache(folder).write("k", b"x", 60)
        for cache in (FileTokenCache(folder), CustomCache(folder)):
            unpickled = pickle.loads(pickle.dumps(cache))
            assert type(unpickled) is type(cache)
            assert unpickled.read("k") is not None
            assert repr(unpickled) == f"FileTokenCache({str(folder)!r})"

    def test_default_folder_needs_platformdirs(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert "xcaas" in repr(FileTokenCache())
        monkeypatch.setitem(sys.modules, "platformdirs", None)
        with pytest.raises(SecretUnavailableError, match="folder is not known"):
            FileTokenCache()


class TestRedis:
    @without_redis
    def test_cache_is_created_from_a_url(self, redis_url: str) -> None:
        cache = RedisTokenCache(redis_url, prefix="test:")
        cache.write("k", b"x", 60)
        assert cache.read("k") is not None
        assert repr(cache) == "<RedisTokenCache prefix='test:'>"
        cache.close()

    @without_redis
    def test_keys_expire(self, redis_url: str) -> None:
        with connect(redis_url) as client:
            cache = RedisTokenCache(client)
            cache.write("k", b"x", 60)
            assert cache.try_lock("k", 60) is not None
            assert sorted(client.scan_iter()) == ["xcaas:k", "xcaas:k:lock"]
            assert all(0 < client.pttl(key) <= 60_000 for key in client.scan_iter())
            assert cache.read("k") is not None
            cache.close()
            assert cache.read("k") is not None, "a user's client is not closed"

    def test_cache_is_not_pickled_and_hides_its_password(self) -> None:
        cache = RedisTokenCache("redis://:the-password@127.0.0.1:1/0")
        assert "the-password" not in repr(cache)
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(cache)
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(ClientCredentials("id", "s", cache=cache))

    def test_missing_redis_package_raises(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "redis", None)
        with pytest.raises(SecretUnavailableError, match=r"xcaas\[redis\]"):
            RedisTokenCache("redis://127.0.0.1:1/0")


def test_file_entries_are_json_without_secrets(tmp_path: Path) -> None:
    FileTokenCache(tmp_path / "t").write("k", b"payload", 60)
    entry = json.loads((tmp_path / "t" / "k.json").read_text())
    assert sorted(entry) == ["payload", "until", "written"]


def test_memory_cache_drops_expired_entries() -> None:
    cache = MemoryTokenCache()
    cache.write("old", b"x", 0.01)
    time.sleep(0.02)
    cache.write("new", b"x", 60)
    assert repr(cache) == "<MemoryTokenCache of 1>"


def test_reset_of_a_memory_cache_releases_locks_and_keeps_entries() -> None:
    cache = MemoryTokenCache()
    cache.write("k", b"x", 60)
    assert cache.try_lock("k", 60) is not None
    assert copy.copy(cache) is cache
    cache.reset()
    assert cache.try_lock("k", 60) is not None, "the owner does not exist in a forked child"
    assert cache.read("k") is not None


def test_caches_are_shared_by_deep_copies() -> None:
    memory = MemoryTokenCache()
    redis = RedisTokenCache("redis://127.0.0.1:1/0")
    assert copy.deepcopy(memory) is memory
    assert copy.deepcopy(redis) is redis
    redis.close()
