"""Hostile entries and files in token caches disable sharing, but break nothing else."""

from __future__ import annotations

import json
import os
import random
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.credentials import World
from xcaas_core import (
    ClientCredentials,
    FileTokenCache,
    MemoryTokenCache,
    SecretUnavailableError,
    credentials_from_profile,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")

ENTRY: dict[str, object] = {"token": "t-0", "life": 1799.0, "products": ["storage"], "issued_at": None, "scope": ""}
DEEP = "[" * 200_000
VALUES: list[object] = [
    None, True, -1, 0, 1e308, 10**400, "", "a b", "a\r\nx: 1", "ä", "x" * 70_000, [], [1, None], {}, {"a": 1}, "9999-99-99",
    float("nan"), float("inf"),
]  # fmt: skip


def hostile_entries(seed: int) -> list[bytes]:
    """Return entries that are damaged, of wrong types, deep or huge."""
    rng = random.Random(seed)
    valid = json.dumps(ENTRY).encode()
    entries = [
        json.dumps({**ENTRY, name: value}).encode() for name in ("token", "life", "products") for value in VALUES
    ]
    entries += [
        json.dumps({name: value for name, value in ENTRY.items() if name != omitted}).encode() for omitted in ENTRY
    ]
    entries += [DEEP.encode(), f'{{"token": {DEEP}'.encode(), f'{{"token": "t", "life": 9, "products": {DEEP}'.encode()]
    entries += [valid + b" " * (2 << 20), b"\xff\xfe" + valid, b"null", b'"t"', b"7", b"[]"]
    for _ in range(100):
        damaged = bytearray(valid[: rng.randrange(len(valid))])
        for _ in range(rng.randrange(4)):
            damaged.insert(rng.randrange(len(damaged) + 1), rng.randrange(256))
        entries.append(bytes(damaged))
    return entries


def test_hostile_entries_only_disable_sharing() -> None:
    for payload in hostile_entries(1):
        cache = MemoryTokenCache()
        first = World(credential=ClientCredentials("id", "secret", cache=cache))
        first.token()
        (key,) = cache._entries  # pyright: ignore[reportPrivateUsage]
        cache.write(key, payload, 600)
        world = World(credential=ClientCredentials("id", "secret", cache=cache))
        token = world.token()
        assert token.isascii()
        assert token.isprintable()
        assert token in ("token-1", "t-0", "9999-99-99"), payload[:80]
        assert world.token() == token


class FixedCache(MemoryTokenCache):
    """A cache that returns values of wrong types."""

    def __init__(self, entry: object) -> None:
        super().__init__()
        self.entry = entry

    def read(self, key: str) -> tuple[bytes, float] | None:
        entry: tuple[bytes, float] = self.entry  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
        return entry


@pytest.mark.parametrize(
    "entry", [7, "ab", (b"{}",), (b"{}", "x"), (None, 60), (json.dumps(ENTRY), float("nan")), (json.dumps(ENTRY), None), object()]
)  # fmt: skip
def test_invalid_results_of_a_cache_are_ignored(entry: object) -> None:
    world = World(credential=ClientCredentials("id", "secret", cache=FixedCache(entry)))
    assert world.token() == "token-1"


def test_damaged_cache_files_are_ignored(tmp_path: Path) -> None:
    cache = FileTokenCache(tmp_path / "tokens")
    cache.write("k", b"x", 60)
    (file,) = (tmp_path / "tokens").glob("*.json")
    for content in hostile_entries(2):
        file.write_bytes(content)
        assert cache.read("k") is None
    for name in ("written", "until", "payload"):
        for value in VALUES:
            file.write_text(json.dumps({"payload": "eA==", "written": 1.0, "until": 9e9, name: value}))
            entry = cache.read("k")
            assert entry is None or isinstance(entry[0], bytes)


def make_fifo(path: Path) -> None:
    os.mkfifo(path, 0o600)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    path.chmod(0o600)


def make_folder(path: Path) -> None:
    path.mkdir(mode=0o700)


def make_looping_link(path: Path) -> None:
    path.symlink_to(path)


MAKERS = [make_fifo, make_socket, make_folder, make_looping_link]


@posix
@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("suffix", ["json", "lock"])
def test_special_files_in_a_cache_do_not_block(
    suffix: str, make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tokens"
    FileTokenCache(folder).write("k", b"x", 60)
    monkeypatch.chdir(folder)  # socket addresses must be short
    first = World(credential=ClientCredentials("id", "secret", cache=FileTokenCache(folder)))
    first.token()
    (file,) = (path for path in folder.glob(f"*.{suffix}") if path.name != f"k.{suffix}")
    file.unlink()
    make(file)
    world = World(credential=ClientCredentials("id", "secret", cache=FileTokenCache(folder)))
    assert world.token() == "token-1"


@posix
@pytest.mark.parametrize("make", MAKERS)
def test_special_files_in_place_of_a_profile_raise(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "credentials.toml"
    make(file)
    with pytest.raises(SecretUnavailableError, match="could not be read"):
        credentials_from_profile(file=file)


@posix
def test_a_profile_replaced_by_a_fifo_raises(tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    file.write_text('[default]\nclient_id = "id"\nclient_secret = "secret"\n')
    file.chmod(0o600)
    (credential,) = credentials_from_profile(file=file)
    assert isinstance(credential, ClientCredentials)
    file.unlink()
    make_fifo(file)
    with pytest.raises(SecretUnavailableError, match="it is not a file"):
        World(credential=credential).token()


@pytest.mark.parametrize("content", [f"a = {'[' * 20_000}", f"a = {'9' * 10_000}", "a = 1\n" * 2])
def test_hostile_profiles_raise(content: str, tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(SecretUnavailableError, match="not valid TOML"):
        credentials_from_profile(file=file)
