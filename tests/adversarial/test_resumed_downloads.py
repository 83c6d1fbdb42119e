"""Resumed downloads: of several processes none sees a torn file, and no part is continued with bytes of another file."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import random
import signal
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.file_origin import DATA, Origin, download, names, serving
from xcaas_core._errors import DownloadError
from xcaas_core._partial_file import PartialFile
from xcaas_core.testing import FakeRequest, FakeResponse

HAVE = 3000


def save_again_and_again(target: str, times: int) -> None:
    for _ in range(times):
        try:
            download(serving(Origin())).save(target, resume=True)
        except DownloadError as error:
            if "another process" not in str(error):
                raise


def test_several_processes_that_resume_the_same_file_tear_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=save_again_and_again, args=(str(target), 150)) for _ in range(2)]
    for worker in workers:
        worker.start()
    torn = looks = 0
    while any(worker.is_alive() for worker in workers):
        if target.exists():
            looks += 1
            torn += target.read_bytes() != DATA
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert looks
    assert torn == 0
    assert target.read_bytes() == DATA


def test_a_claim_on_what_has_become_the_target_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = PartialFile(tmp_path / "a", resumable=True)
    first.open()
    first.write(b"whole")
    opened = os.open

    def commit_first(path: Any, flags: int, mode: int = 0o777) -> int:
        found = opened(path, flags, mode)
        monkeypatch.undo()
        first.commit()  # between another one's opening and its claim
        return found

    monkeypatch.setattr(os, "open", commit_first)
    second = PartialFile(tmp_path / "a", resumable=True)
    second.open()
    second.restart()
    assert (tmp_path / "a").read_bytes() == b"whole"
    second.discard()
    assert names(tmp_path) == ["a"]


def test_a_part_is_given_up_before_another_process_can_claim_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = PartialFile(tmp_path / "a", resumable=True), PartialFile(tmp_path / "a", resumable=True)
    first.open()
    unlink = Path.unlink
    refused: list[str] = []

    def claim_first(path: Path, missing_ok: bool = False) -> None:
        if path.name == ".a.part":
            with pytest.raises(DownloadError) as caught:
                second.open()
            refused.append(str(caught.value))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", claim_first)
    first.discard()
    monkeypatch.undo()
    assert ["another process" in text for text in refused] == [True]
    second.open()
    second.write(b"whole")
    second.commit()
    assert names(tmp_path) == ["a"]


def test_a_disk_without_locks_is_not_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(file: object, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(DownloadError, match="cannot be written: No locks available"):
        download(serving(Origin())).save(tmp_path / "a", resume=True)


def resume_for_ever(target: str, seed: int) -> None:
    chance = random.Random(seed)
    while True:
        etag = chance.choice(list(VERSIONS))
        cut = chance.choice([None, 3000, 9000])
        with suppress(DownloadError):
            download(serving(Origin(VERSIONS[etag], [cut], etag=etag))).save(target, resume=True)


VERSIONS = {f'"v{number}"': bytes([number]) * (20_000 + 7000 * number) for number in range(3)}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("processes", [2, 3])
def test_processes_that_are_killed_leave_a_whole_file(tmp_path: Path, processes: int) -> None:
    target, chance = tmp_path / "a", random.Random(processes)
    context = multiprocessing.get_context("spawn")

    def start() -> Any:
        worker = context.Process(target=resume_for_ever, args=(str(target), chance.randrange(1000)), daemon=True)
        worker.start()
        return worker

    workers = [start() for _ in range(processes)]
    try:
        for _ in range(4):
            target.unlink(missing_ok=True)
            while not target.exists():
                assert all(worker.is_alive() for worker in workers)
            for _ in range(chance.randrange(200)):
                assert target.read_bytes() in VERSIONS.values()
            victim = chance.randrange(processes)
            workers[victim].kill()
            workers[victim].join()
            workers[victim] = start()
    finally:
        for worker in workers:
            worker.kill()
            worker.join()
    assert target.read_bytes() in VERSIONS.values()
    assert set(names(tmp_path)) - {"a", ".a.part", ".a.part.json"} == {
        name for name in names(tmp_path) if name.startswith("..a.part.json.")
    }


@pytest.mark.parametrize("etag", ['"v1"\r\nX-Other: 1', '"\u20ac"'])
def test_a_note_that_no_header_can_carry_is_none(tmp_path: Path, etag: str) -> None:
    leave_part(tmp_path, etag=etag)
    origin = Origin()
    assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == DATA
    assert origin.asked == [None]


# --- parts of other files ------------------------------------------------------------


class Changed(Origin):
    """A server that goes on with another file, whatever it was asked."""

    def __init__(self, change: Callable[[dict[str, str]], object]) -> None:
        super().__init__(bytes(reversed(DATA)), etag='"v1"')
        self.change = change

    def __call__(self, request: FakeRequest) -> FakeResponse:
        found = super().__call__(request)
        headers = {"etag": '"v1"', "last-modified": "Wed, 21 Oct 2015 07:28:00 GMT"}
        if found.status == 206:
            headers["content-range"] = found.headers["content-range"]
            self.change(headers)
        return FakeResponse(found.status, content=found.pieces, headers=headers)


CHANGES: dict[str, Callable[[dict[str, str]], object]] = {
    "ETag": lambda headers: headers.update(etag='"v2"'),
    "weak ETag": lambda headers: headers.update(etag='W/"v1"'),
    "Last-Modified": lambda headers: headers.update({"last-modified": "Thu, 22 Oct 2015 07:28:00 GMT"}),
    "total": lambda headers: headers.update({"content-range": f"bytes {HAVE}-{len(DATA) - 1}/{len(DATA) + 1}"}),
    "coding": lambda headers: headers.update({"content-encoding": "zstd"}),
}


def leave_part(folder: Path, **note: str) -> None:
    (folder / ".a.part").write_bytes(DATA[:HAVE])
    facts = {"etag": '"v1"', "length": str(len(DATA)), "modified": "Wed, 21 Oct 2015 07:28:00 GMT", **note}
    (folder / ".a.part.json").write_text(json.dumps(facts))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_part_is_not_continued_with_another_file(tmp_path: Path, change: Callable[[dict[str, str]], object]) -> None:
    leave_part(tmp_path)
    origin = Changed(change)
    assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == origin.data
    assert origin.asked == [f"bytes={HAVE}-", None]
    assert names(tmp_path) == ["a"]


def test_a_part_is_continued_with_its_own_file(tmp_path: Path) -> None:
    leave_part(tmp_path)
    origin = Origin()
    assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == DATA
    assert origin.asked == [f"bytes={HAVE}-"]


def test_a_part_of_a_compressed_file_is_not_continued(tmp_path: Path) -> None:
    leave_part(tmp_path, coding="gzip")
    origin = Origin()
    assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == DATA
    assert origin.asked == [None]


# --- what others put in the place of a part ----------------------------------------------


@pytest.mark.parametrize("name", [".a.part", ".a.part.json"])
@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe"])
def test_neither_links_nor_pipes_are_written_to(tmp_path: Path, name: str, kind: str) -> None:
    folder, outside = tmp_path / "in", tmp_path / "outside"
    folder.mkdir()
    if kind == "pipe":
        os.mkfifo(folder / name)
    else:
        (folder / name).symlink_to(outside)
    if kind == "link":
        outside.write_bytes(b"precious")
    if name == ".a.part":
        with pytest.raises(DownloadError):
            download(serving(Origin())).save(folder / "a", resume=True)
    else:
        assert download(serving(Origin())).save(folder / "a", resume=True).read_bytes() == DATA
    assert outside.exists() is (kind == "link")
    if kind == "link":
        assert outside.read_bytes() == b"precious"


def test_a_note_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = PartialFile(tmp_path / "a", resumable=True)
    file.open()
    file.save_resume_info({"etag": "old"})
    replaced = os.replace

    def fail(*paths: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        file.save_resume_info({"etag": "new"})
    monkeypatch.setattr(os, "replace", replaced)
    assert json.loads((tmp_path / ".a.part.json").read_text()) == {"etag": "old"}
    assert stat.S_ISREG((tmp_path / ".a.part.json").lstat().st_mode)
    file.discard()
    assert names(tmp_path) == []
