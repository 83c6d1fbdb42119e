"""Resumed downloads: no process sees an incomplete file, and a part is never continued with another file."""

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

PART_SIZE = 3000


def save_repeatedly(target: str, times: int) -> None:
    for _ in range(times):
        try:
            download(serving(Origin())).save(target, resume=True)
        except DownloadError as error:
            if "another process" not in str(error):
                raise


def test_several_processes_resume_a_file_without_exposing_incomplete_data(tmp_path: Path) -> None:
    target = tmp_path / "a"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=save_repeatedly, args=(str(target), 150)) for _ in range(2)]
    for worker in workers:
        worker.start()
    torn = reads = 0
    while any(worker.is_alive() for worker in workers):
        if target.exists():
            reads += 1
            torn += target.read_bytes() != DATA
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert reads
    assert torn == 0
    assert target.read_bytes() == DATA


def test_a_part_that_has_become_the_target_is_not_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = PartialFile(tmp_path / "a", resumable=True)
    first.open()
    first.write(b"whole")
    original_open = os.open

    def commit_first(path: Any, flags: int, mode: int = 0o777) -> int:
        descriptor = original_open(path, flags, mode)
        monkeypatch.undo()
        first.commit()  # after the second has opened the file, before it locks it
        return descriptor

    monkeypatch.setattr(os, "open", commit_first)
    second = PartialFile(tmp_path / "a", resumable=True)
    second.open()
    second.restart()
    assert (tmp_path / "a").read_bytes() == b"whole"
    second.discard()
    assert names(tmp_path) == ["a"]


def test_a_part_is_discarded_before_another_process_can_lock_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = PartialFile(tmp_path / "a", resumable=True), PartialFile(tmp_path / "a", resumable=True)
    first.open()
    original_unlink = Path.unlink
    messages: list[str] = []

    def claim_first(path: Path, missing_ok: bool = False) -> None:
        if path.name == ".a.part":
            with pytest.raises(DownloadError) as caught:
                second.open()
            messages.append(str(caught.value))
        original_unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", claim_first)
    first.discard()
    monkeypatch.undo()
    assert ["another process" in text for text in messages] == [True]
    second.open()
    second.write(b"whole")
    second.commit()
    assert names(tmp_path) == ["a"]


def test_a_disk_without_locks_raises_its_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(file: object, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(DownloadError, match="cannot be written: No locks available"):
        download(serving(Origin())).save(tmp_path / "a", resume=True)


def resume_forever(target: str, seed: int) -> None:
    rng = random.Random(seed)
    while True:
        etag = rng.choice(list(VERSIONS))
        cut = rng.choice([None, 3000, 9000])
        with suppress(DownloadError):
            download(serving(Origin(VERSIONS[etag], [cut], etag=etag))).save(target, resume=True)


VERSIONS = {f'"v{number}"': bytes([number]) * (20_000 + 7000 * number) for number in range(3)}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("processes", [2, 3])
def test_killed_processes_leave_a_complete_file(tmp_path: Path, processes: int) -> None:
    target, rng = tmp_path / "a", random.Random(processes)
    context = multiprocessing.get_context("spawn")

    def start() -> Any:
        worker = context.Process(target=resume_forever, args=(str(target), rng.randrange(1000)), daemon=True)
        worker.start()
        return worker

    workers = [start() for _ in range(processes)]
    try:
        for _ in range(4):
            target.unlink(missing_ok=True)
            while not target.exists():
                assert all(worker.is_alive() for worker in workers)
            for _ in range(rng.randrange(200)):
                assert target.read_bytes() in VERSIONS.values()
            victim = rng.randrange(processes)
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
def test_resume_info_with_an_invalid_header_value_is_ignored(tmp_path: Path, etag: str) -> None:
    leave_part(tmp_path, etag=etag)
    origin = Origin()
    assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == DATA
    assert origin.asked == [None]


# --- parts of other files ------------------------------------------------------------


class ChangedOrigin(Origin):
    """A server that sends another file for every range."""

    def __init__(self, change: Callable[[dict[str, str]], object]) -> None:
        super().__init__(bytes(reversed(DATA)), etag='"v1"')
        self.change = change

    def __call__(self, request: FakeRequest) -> FakeResponse:
        response = super().__call__(request)
        headers = {"etag": '"v1"', "last-modified": "Wed, 21 Oct 2015 07:28:00 GMT"}
        if response.status == 206:
            headers["content-range"] = response.headers["content-range"]
            self.change(headers)
        return FakeResponse(response.status, content=response.pieces, headers=headers)


CHANGES: dict[str, Callable[[dict[str, str]], object]] = {
    "ETag": lambda headers: headers.update(etag='"v2"'),
    "weak ETag": lambda headers: headers.update(etag='W/"v1"'),
    "Last-Modified": lambda headers: headers.update({"last-modified": "Thu, 22 Oct 2015 07:28:00 GMT"}),
    "total": lambda headers: headers.update({"content-range": f"bytes {PART_SIZE}-{len(DATA) - 1}/{len(DATA) + 1}"}),
    "coding": lambda headers: headers.update({"content-encoding": "zstd"}),
}


def leave_part(folder: Path, **changes: str) -> None:
    (folder / ".a.part").write_bytes(DATA[:PART_SIZE])
    info = {"etag": '"v1"', "length": str(len(DATA)), "modified": "Wed, 21 Oct 2015 07:28:00 GMT", **changes}
    (folder / ".a.part.json").write_text(json.dumps(info))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_part_is_not_continued_with_another_file(tmp_path: Path, change: Callable[[dict[str, str]], object]) -> None:
    leave_part(tmp_path)
    origin = ChangedOrigin(change)
    assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == origin.data
    assert origin.asked == [f"bytes={PART_SIZE}-", None]
    assert names(tmp_path) == ["a"]


def test_a_part_is_continued_with_its_own_file(tmp_path: Path) -> None:
    leave_part(tmp_path)
    origin = Origin()
    assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == DATA
    assert origin.asked == [f"bytes={PART_SIZE}-"]


def test_a_part_of_a_compressed_file_is_not_continued(tmp_path: Path) -> None:
    leave_part(tmp_path, coding="gzip")
    origin = Origin()
    assert download(serving(origin)).save(tmp_path / "a", resume=True).read_bytes() == DATA
    assert origin.asked == [None]


# --- links and pipes in place of a part ---------------------------------------------------


@pytest.mark.parametrize("name", [".a.part", ".a.part.json"])
@pytest.mark.parametrize("case", ["link", "dangling link", "pipe"])
def test_links_and_pipes_in_place_of_parts_are_not_written_to(tmp_path: Path, name: str, case: str) -> None:
    folder, outside = tmp_path / "in", tmp_path / "outside"
    folder.mkdir()
    if case == "pipe":
        os.mkfifo(folder / name)
    else:
        (folder / name).symlink_to(outside)
    if case == "link":
        outside.write_bytes(b"precious")
    if name == ".a.part":
        with pytest.raises(DownloadError):
            download(serving(Origin())).save(folder / "a", resume=True)
    else:
        assert download(serving(Origin())).save(folder / "a", resume=True).read_bytes() == DATA
    assert outside.exists() is (case == "link")
    if case == "link":
        assert outside.read_bytes() == b"precious"


def test_resume_info_is_replaced_atomically(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = PartialFile(tmp_path / "a", resumable=True)
    file.open()
    file.save_resume_info({"etag": "old"})
    original_replace = os.replace

    def fail(*paths: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        file.save_resume_info({"etag": "new"})
    monkeypatch.setattr(os, "replace", original_replace)
    assert json.loads((tmp_path / ".a.part.json").read_text()) == {"etag": "old"}
    assert stat.S_ISREG((tmp_path / ".a.part.json").lstat().st_mode)
    file.discard()
    assert names(tmp_path) == []
