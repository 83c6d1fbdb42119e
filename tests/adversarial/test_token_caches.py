"""What somebody else has put into a token cache, or in the place of a file, costs sharing and nothing else."""

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


def hostile(seed: int) -> list[bytes]:
    """Entries that are damaged, of wrong types, deep or huge."""
    draw = random.Random(seed)
    whole = json.dumps(ENTRY).encode()
    found = [json.dumps({**ENTRY, name: value}).encode() for name in ("token", "life", "products") for value in VALUES]
    found += [json.dumps({name: value for name, value in ENTRY.items() if name != left}).encode() for left in ENTRY]
    found += [DEEP.encode(), f'{{"token": {DEEP}'.encode(), f'{{"token": "t", "life": 9, "products": {DEEP}'.encode()]
    found += [whole + b" " * (2 << 20), b"\xff\xfe" + whole, b"null", b'"t"', b"7", b"[]"]
    for _ in range(100):
        damaged = bytearray(whole[: draw.randrange(len(whole))])
        for _ in range(draw.randrange(4)):
            damaged.insert(draw.randrange(len(damaged) + 1), draw.randrange(256))
        found.append(bytes(damaged))
    return found


def test_hostile_entries_cost_sharing_and_nothing_else() -> None:
    for payload in hostile(1):
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


class Odd(MemoryTokenCache):
    """A cache that gives what its type does not allow."""

    def __init__(self, given: object) -> None:
        super().__init__()
        self.given = given

    def read(self, key: str) -> tuple[bytes, float] | None:
        given: tuple[bytes, float] = self.given  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
        return given


@pytest.mark.parametrize(
    "given", [7, "ab", (b"{}",), (b"{}", "x"), (None, 60), (json.dumps(ENTRY), float("nan")), (json.dumps(ENTRY), None), object()]
)  # fmt: skip
def test_caches_that_give_nonsense(given: object) -> None:
    world = World(credential=ClientCredentials("id", "secret", cache=Odd(given)))
    assert world.token() == "token-1"


def test_damaged_files_of_a_cache(tmp_path: Path) -> None:
    cache = FileTokenCache(tmp_path / "tokens")
    cache.write("k", b"x", 60)
    (file,) = (tmp_path / "tokens").glob("*.json")
    for content in hostile(2):
        file.write_bytes(content)
        assert cache.read("k") is None
    for name in ("written", "until", "payload"):
        for value in VALUES:
            file.write_text(json.dumps({"payload": "eA==", "written": 1.0, "until": 9e9, name: value}))
            entry = cache.read("k")
            assert entry is None or isinstance(entry[0], bytes)


def fifo(path: Path) -> None:
    os.mkfifo(path, 0o600)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    path.chmod(0o600)


def folder(path: Path) -> None:
    path.mkdir(mode=0o700)


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


OTHERS = [fifo, listening, folder, link_to_itself]


@posix
@pytest.mark.parametrize("make", OTHERS)
@pytest.mark.parametrize("suffix", ["json", "lock"])
def test_what_is_no_file_in_a_cache_never_hangs(
    suffix: str, make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "tokens"
    FileTokenCache(place).write("k", b"x", 60)
    monkeypatch.chdir(place)  # addresses of sockets have to be short
    first = World(credential=ClientCredentials("id", "secret", cache=FileTokenCache(place)))
    first.token()
    (file,) = (one for one in place.glob(f"*.{suffix}") if one.name != f"k.{suffix}")
    file.unlink()
    make(file)
    world = World(credential=ClientCredentials("id", "secret", cache=FileTokenCache(place)))
    assert world.token() == "token-1"


@posix
@pytest.mark.parametrize("make", OTHERS)
def test_what_is_no_file_in_the_place_of_a_profile_never_hangs(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "credentials.toml"
    make(file)
    with pytest.raises(SecretUnavailableError, match="could not be read"):
        credentials_from_profile(file=file)


@posix
def test_a_profile_that_is_replaced_by_a_fifo(tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    file.write_text('[default]\nclient_id = "id"\nclient_secret = "secret"\n')
    file.chmod(0o600)
    (credential,) = credentials_from_profile(file=file)
    assert isinstance(credential, ClientCredentials)
    file.unlink()
    fifo(file)
    with pytest.raises(SecretUnavailableError, match="it is not a file"):
        World(credential=credential).token()


@pytest.mark.parametrize("content", [f"a = {'[' * 20_000}", f"a = {'9' * 10_000}", "a = 1\n" * 2])
def test_hostile_profiles(content: str, tmp_path: Path) -> None:
    file = tmp_path / "credentials.toml"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(SecretUnavailableError, match="not valid TOML"):
        credentials_from_profile(file=file)
