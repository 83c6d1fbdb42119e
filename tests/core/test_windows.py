"""Files and locks on Windows, simulated: open files cannot be renamed or removed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.windows import FakeMsvcrt, behave_as_windows
from xcaas_core import FileTokenCache
from xcaas_core._partial_file import PartialFile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="open files are looked up in /proc")


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> FakeMsvcrt:
    return behave_as_windows(monkeypatch)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_token_lock_has_one_owner(tmp_path: Path, locks: FakeMsvcrt) -> None:
    first, second = FileTokenCache(tmp_path), FileTokenCache(tmp_path)
    owner = first.try_lock("k", 60)
    assert owner is not None
    assert second.try_lock("k", 60) is None
    assert first.try_lock("other", 60) is not None
    first.unlock("k", owner)
    second_owner = second.try_lock("k", 60)
    assert second_owner is not None
    second.unlock("k", second_owner)
    assert len(locks.owners) == 1


def test_tokens_are_written_and_read(tmp_path: Path, locks: FakeMsvcrt) -> None:
    tmp_path.chmod(0o777)  # modes say nothing there
    cache = FileTokenCache(tmp_path)
    cache.write("k", b"\x00payload\r\n\x1a", 60)
    cache.write("k", b"newer\r\n", 60)
    entry = cache.read("k")
    assert entry is not None
    assert entry[0] == b"newer\r\n"
    assert names(tmp_path) == ["k.json"]
    assert not locks.owners


def test_simulation_refuses_to_remove_open_files(tmp_path: Path, locks: FakeMsvcrt) -> None:
    path = tmp_path / "a"
    with path.open("wb"), pytest.raises(PermissionError):
        path.unlink()
    path.unlink()
    assert not locks.owners


@pytest.mark.parametrize("resumable", [False, True])
@pytest.mark.usefixtures("locks")
def test_committed_file_replaces_the_target(tmp_path: Path, resumable: bool) -> None:
    target = tmp_path / "a.mp3"
    target.write_bytes(b"old")
    file = PartialFile(target, resumable=resumable)
    file.open()
    file.write(b"new")
    file.commit(durable=True)
    assert target.read_bytes() == b"new"
    file = PartialFile(target, resumable=resumable)
    file.open()
    file.write(b"newer")
    file.discard()
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["a.mp3"]


@pytest.mark.usefixtures("locks")
def test_kept_part_is_continued(tmp_path: Path) -> None:
    target = tmp_path / "a.mp3"
    file = PartialFile(target, resumable=True)
    file.open()
    file.save_resume_info({"etag": '"1"'})
    file.write(b"one")
    file.discard(keep=True)
    assert len(names(tmp_path)) == 2
    file = PartialFile(target, resumable=True)
    file.open()
    assert (file.size, file.resume_info) == (3, {"etag": '"1"'})
    with file.read_back() as part:
        assert part.read() == b"one"
    file.write(b"two")
    file.commit()
    assert target.read_bytes() == b"onetwo"
    assert names(tmp_path) == ["a.mp3"]
    assert os.path.isfile(target)
