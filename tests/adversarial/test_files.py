"""Names, folders and archives of others: nothing leads out of a folder, takes for ever, or raises what is not typed."""

from __future__ import annotations

import errno
import os
import random
import stat
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.file_origin import DATA, Origin, download, names, serving
from xcaas_core import download_all, rows, unzip
from xcaas_core._errors import ArchiveError, ArgumentError, DownloadError, ExportError, XCaaSError
from xcaas_core._partial_file import PartialFile, safe_file_name

METHODS = {
    "stored": zipfile.ZIP_STORED,
    "deflate": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}


def archive(path: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as made:
        for number in range(3):
            made.writestr(f"folder/{number}.txt", DATA)
    return path


# --- archives --------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_damaged_archives(tmp_path: Path, method: int) -> None:
    whole = archive(tmp_path / "whole.zip", method).read_bytes()
    chance = random.Random(method)
    for number in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 8))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        if number % 5 == 0:
            del damaged[chance.randrange(len(damaged)) :]
        path = tmp_path / "damaged.zip"
        path.write_bytes(damaged)
        into = tmp_path / f"into{number}"
        try:
            found = unzip(path, into)
        except ArchiveError:
            assert [file for file in into.rglob("*") if file.is_file()] == []
        else:
            assert all(file.read_bytes() == DATA for file in found)


def test_entries_of_one_name_take_no_square_of_time(tmp_path: Path) -> None:
    class Counting(dict[str, int]):
        looks = 0

        def __contains__(self, key: object) -> bool:
            Counting.looks += 1
            return super().__contains__(key)

    from xcaas_core.downloads import _archive

    taken = Counting()
    free_name: Any = vars(_archive)["_free_name"]
    found = {free_name(("a.txt",), taken) for _ in range(20_000)}
    assert len(found) == 20_000
    assert ("a (20000).txt",) in found
    assert Counting.looks < 50_000


def test_numbers_that_are_taken_already(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile knows that some are there twice
        with zipfile.ZipFile(path, "w") as made:
            for name in ("a (2).txt", "a.txt", "A.txt", "a (2).txt", "a.txt"):
                made.writestr(name, name)
    found = [file.name for file in unzip(path, tmp_path / "into")]
    assert found == ["a (2).txt", "a.txt", "A (3).txt", "a (2) (2).txt", "a (4).txt"]


@pytest.mark.parametrize("kind", ["out", "loop"])
def test_nothing_is_made_behind_a_link_in_the_folder(tmp_path: Path, kind: str) -> None:
    into, outside = tmp_path / "into", tmp_path / "outside"
    into.mkdir()
    outside.mkdir()
    (into / "folder").symlink_to(outside if kind == "out" else into / "folder")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("folder/deep/er.txt", "x")
    with pytest.raises(DownloadError):
        unzip(path, into)
    assert names(outside) == []


def test_a_full_disk_while_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: PartialFile, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(PartialFile, "write", full)
    with pytest.raises(DownloadError, match="No space left"):
        unzip(archive(tmp_path / "a.zip"), tmp_path / "into")
    assert [path for path in (tmp_path / "into").rglob("*") if path.is_file()] == []


def test_a_file_where_a_folder_would_be(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    (into / "folder").write_text("a file")
    with pytest.raises(DownloadError, match="cannot be written"):
        unzip(archive(tmp_path / "a.zip"), into)


def test_names_longer_than_disks_take(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("x" * 300, "x")
    with pytest.raises(DownloadError, match="cannot be written"):
        unzip(path, tmp_path / "into")


def test_an_archive_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        unzip(tmp_path / "none.zip", tmp_path / "into")


# --- names -----------------------------------------------------------------------------

IMPOSSIBLE = ["a\0b", "x" * 300, "\ud800", f"{'y' * 300}/z", "sub/\0/x"]


@pytest.mark.parametrize("name", IMPOSSIBLE)
@pytest.mark.parametrize("resume", [False, True])
def test_names_that_cannot_be_do_not_end_a_run(tmp_path: Path, name: str, resume: bool) -> None:
    server = serving(Origin())
    files = [(download(server), name), (download(server), "fine")]
    bad, good = download_all(files, tmp_path / "into", keep_going=True, resume=resume, concurrency=1)
    assert isinstance(bad.error, ArgumentError | DownloadError)
    assert good.path == tmp_path / "into" / "fine"
    assert names(tmp_path / "into") == ["fine"]


@pytest.mark.parametrize("name", IMPOSSIBLE)
@pytest.mark.parametrize("resume", [False, True])
def test_names_that_cannot_be_are_typed_errors(tmp_path: Path, name: str, resume: bool) -> None:
    with pytest.raises(XCaaSError):
        download(serving(Origin())).save(tmp_path / name, resume=resume)


def test_a_full_disk_does_not_end_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = PartialFile.write

    def full(self: PartialFile, data: bytes) -> None:
        if self.target.name == "large":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written(self, data)

    monkeypatch.setattr(PartialFile, "write", full)
    server = serving(Origin())
    files = [(download(server), "large"), (download(server), "small")]
    bad, good = download_all(files, tmp_path, keep_going=True, concurrency=1)
    assert isinstance(bad.error, DownloadError)
    assert "No space left" in str(bad.error)
    assert good.path is not None
    assert names(tmp_path) == ["small"]


@pytest.mark.parametrize("kind", ["save", "resume", "unzip", "to_csv"])
def test_a_pipe_is_named_before_anything_comes(tmp_path: Path, kind: str) -> None:
    pipe, origin = tmp_path / "folder" / "0.txt", Origin()
    pipe.parent.mkdir()
    os.mkfifo(pipe)

    def write() -> None:
        match kind:
            case "unzip":
                unzip(archive(tmp_path / "a.zip"), tmp_path)
            case "to_csv":
                rows([{"a": 1}]).to_csv(pipe)
            case _:
                download(serving(origin)).save(pipe, resume=kind == "resume")

    with pytest.raises((DownloadError, ExportError), match=r"0\.txt' cannot be written: not a plain file"):
        write()
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert names(pipe.parent) == ["0.txt"]
    assert origin.asked == []


def test_links_in_the_folder_of_many_downloads(tmp_path: Path) -> None:
    into, outside = tmp_path / "into", tmp_path / "outside"
    into.mkdir()
    outside.mkdir()
    (outside / "file").write_text("precious")
    (into / "sub").symlink_to(outside)
    (into / "loop").symlink_to(into / "loop")
    (into / "link").symlink_to(outside / "file")
    server = serving(Origin())
    wanted = ["sub/x", "sub/deep/x", "loop/x", "link", "sub"]
    found = list(download_all([(download(server), name) for name in wanted], into, keep_going=True, concurrency=1))
    assert [None if one.path is None else one.path.name for one in found] == [None, None, None, "link", "sub (2)"]
    assert names(outside) == ["file"]
    assert (outside / "file").read_text() == "precious"
    assert stat.S_ISREG((into / "link").lstat().st_mode)


@pytest.mark.parametrize("name", ["COM².txt", "conin$", "CONOUT$.log", "lpt¹", "com³.tar.gz"])
def test_names_of_devices(name: str) -> None:
    assert safe_file_name(name) == f"_{name}"
