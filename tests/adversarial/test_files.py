"""Untrusted names, folders and archives: nothing is written outside the folder, hangs, or raises an untyped error."""

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


def make_archive(path: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as zip_file:
        for number in range(3):
            zip_file.writestr(f"folder/{number}.txt", DATA)
    return path


# --- archives --------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_damaged_archives_raise_or_are_extracted_intact(tmp_path: Path, method: int) -> None:
    intact = make_archive(tmp_path / "whole.zip", method).read_bytes()
    rng = random.Random(method)
    for number in range(150):
        damaged = bytearray(intact)
        for _ in range(rng.choice((1, 1, 2, 8))):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        if number % 5 == 0:
            del damaged[rng.randrange(len(damaged)) :]
        path = tmp_path / "damaged.zip"
        path.write_bytes(damaged)
        into = tmp_path / f"into{number}"
        try:
            files = unzip(path, into)
        except ArchiveError:
            assert [file for file in into.rglob("*") if file.is_file()] == []
        else:
            assert all(file.read_bytes() == DATA for file in files)


def test_many_entries_of_one_name_take_linear_time(tmp_path: Path) -> None:
    class CountingDict(dict[str, int]):
        lookups = 0

        def __contains__(self, key: object) -> bool:
            CountingDict.lookups += 1
            return super().__contains__(key)

    from xcaas_core.downloads import _archive

    taken = CountingDict()
    free_name: Any = vars(_archive)["_free_name"]
    free_names = {free_name(("a.txt",), taken) for _ in range(20_000)}
    assert len(free_names) == 20_000
    assert ("a (20000).txt",) in free_names
    assert CountingDict.lookups < 50_000


def test_duplicate_names_get_free_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns about duplicates
        with zipfile.ZipFile(path, "w") as zip_file:
            for name in ("a (2).txt", "a.txt", "A.txt", "a (2).txt", "a.txt"):
                zip_file.writestr(name, name)
    file_names = [file.name for file in unzip(path, tmp_path / "into")]
    assert file_names == ["a (2).txt", "a.txt", "A (3).txt", "a (2) (2).txt", "a (4).txt"]


@pytest.mark.parametrize("kind", ["out", "loop"])
def test_unzip_does_not_follow_links_in_the_folder(tmp_path: Path, kind: str) -> None:
    into, outside = tmp_path / "into", tmp_path / "outside"
    into.mkdir()
    outside.mkdir()
    (into / "folder").symlink_to(outside if kind == "out" else into / "folder")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as zip_file:
        zip_file.writestr("folder/deep/er.txt", "x")
    with pytest.raises(DownloadError):
        unzip(path, into)
    assert names(outside) == []


def test_unzip_raises_for_a_full_disk_and_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_with_full_disk(self: PartialFile, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(PartialFile, "write", fail_with_full_disk)
    with pytest.raises(DownloadError, match="No space left"):
        unzip(make_archive(tmp_path / "a.zip"), tmp_path / "into")
    assert [path for path in (tmp_path / "into").rglob("*") if path.is_file()] == []


def test_unzip_raises_for_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    (into / "folder").write_text("a file")
    with pytest.raises(DownloadError, match="cannot be written"):
        unzip(make_archive(tmp_path / "a.zip"), into)


def test_unzip_raises_for_too_long_names(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as zip_file:
        zip_file.writestr("x" * 300, "x")
    with pytest.raises(DownloadError, match="cannot be written"):
        unzip(path, tmp_path / "into")


def test_unzip_raises_for_a_missing_archive(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        unzip(tmp_path / "none.zip", tmp_path / "into")


# --- names -----------------------------------------------------------------------------

INVALID_NAMES = ["a\0b", "x" * 300, "\ud800", f"{'y' * 300}/z", "sub/\0/x"]


@pytest.mark.parametrize("name", INVALID_NAMES)
@pytest.mark.parametrize("resume", [False, True])
def test_invalid_names_do_not_stop_download_all(tmp_path: Path, name: str, resume: bool) -> None:
    server = serving(Origin())
    files = [(download(server), name), (download(server), "fine")]
    failed, succeeded = download_all(files, tmp_path / "into", keep_going=True, resume=resume, concurrency=1)
    assert isinstance(failed.error, ArgumentError | DownloadError)
    assert succeeded.path == tmp_path / "into" / "fine"
    assert names(tmp_path / "into") == ["fine"]


@pytest.mark.parametrize("name", INVALID_NAMES)
@pytest.mark.parametrize("resume", [False, True])
def test_invalid_names_raise_typed_errors(tmp_path: Path, name: str, resume: bool) -> None:
    with pytest.raises(XCaaSError):
        download(serving(Origin())).save(tmp_path / name, resume=resume)


def test_a_full_disk_does_not_stop_download_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original_write = PartialFile.write

    def fail_with_full_disk(self: PartialFile, data: bytes) -> None:
        if self.target.name == "large":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        original_write(self, data)

    monkeypatch.setattr(PartialFile, "write", fail_with_full_disk)
    server = serving(Origin())
    files = [(download(server), "large"), (download(server), "small")]
    failed, succeeded = download_all(files, tmp_path, keep_going=True, concurrency=1)
    assert isinstance(failed.error, DownloadError)
    assert "No space left" in str(failed.error)
    assert succeeded.path is not None
    assert names(tmp_path) == ["small"]


@pytest.mark.parametrize("kind", ["save", "resume", "unzip", "to_csv"])
def test_a_pipe_as_target_raises_before_anything_is_sent(tmp_path: Path, kind: str) -> None:
    pipe, origin = tmp_path / "folder" / "0.txt", Origin()
    pipe.parent.mkdir()
    os.mkfifo(pipe)

    def write() -> None:
        match kind:
            case "unzip":
                unzip(make_archive(tmp_path / "a.zip"), tmp_path)
            case "to_csv":
                rows([{"a": 1}]).to_csv(pipe)
            case _:
                download(serving(origin)).save(pipe, resume=kind == "resume")

    with pytest.raises((DownloadError, ExportError), match=r"0\.txt' cannot be written: not a plain file"):
        write()
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert names(pipe.parent) == ["0.txt"]
    assert origin.asked == []


def test_download_all_does_not_follow_links_in_its_folder(tmp_path: Path) -> None:
    into, outside = tmp_path / "into", tmp_path / "outside"
    into.mkdir()
    outside.mkdir()
    (outside / "file").write_text("precious")
    (into / "sub").symlink_to(outside)
    (into / "loop").symlink_to(into / "loop")
    (into / "link").symlink_to(outside / "file")
    server = serving(Origin())
    file_names = ["sub/x", "sub/deep/x", "loop/x", "link", "sub"]
    results = list(
        download_all([(download(server), name) for name in file_names], into, keep_going=True, concurrency=1)
    )
    assert [None if result.path is None else result.path.name for result in results] == [
        None,
        None,
        None,
        "link",
        "sub (2)",
    ]
    assert names(outside) == ["file"]
    assert (outside / "file").read_text() == "precious"
    assert stat.S_ISREG((into / "link").lstat().st_mode)


@pytest.mark.parametrize("name", ["COM².txt", "conin$", "CONOUT$.log", "lpt¹", "com³.tar.gz"])
def test_names_of_windows_devices_are_changed(name: str) -> None:
    assert safe_file_name(name) == f"_{name}"
