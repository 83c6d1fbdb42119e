"""Unpacking of archives, and what is refused."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest

from xcaas_core._errors import ArchiveError
from xcaas_core.downloads._archive import unzip


def make_zip(path: Path, *entries: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_files_and_folders_are_unpacked(tmp_path: Path, into: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("a.wav", b"1"), ("sub/", b""), ("sub/b.wav", b"2"), ("./c.wav", b"3"))
    paths = unzip(archive, into / "deep")
    assert [path.relative_to(into / "deep").as_posix() for path in paths] == ["a.wav", "sub/b.wav", "c.wav"]
    assert contents(into) == {"deep/a.wav": b"1", "deep/sub/b.wav": b"2", "deep/c.wav": b"3"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_equal_names_are_both_kept(tmp_path: Path, into: Path) -> None:
    archive = make_zip(
        tmp_path / "a.zip", ("call.wav", b"1"), ("call.wav", b"2"), ("CALL.wav", b"3"), ("x", b"4"), ("X", b"5")
    )
    unzip(archive, into)
    assert contents(into) == {"call.wav": b"1", "call (2).wav": b"2", "CALL (3).wav": b"3", "x": b"4", "X (2)": b"5"}


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/evil", "C:/evil", "C:evil", "..\\evil", "\\evil", "a/..", "", "bad\x07bell"],
)
def test_names_outside_the_folder_are_refused(tmp_path: Path, into: Path, name: str) -> None:
    archive = make_zip(tmp_path / "a.zip", ("good", b"1"))
    with zipfile.ZipFile(archive, "a") as opened:
        info = zipfile.ZipInfo("x")
        info.filename = name
        opened.writestr(info, b"2")
    with pytest.raises(ArchiveError, match="outside the folder"):
        unzip(archive, into)
    assert not into.exists()
    assert contents(tmp_path).keys() == {"a.zip"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path: Path, into: Path, kind: int) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ArchiveError, match="link or a device"):
        unzip(tmp_path / "a.zip", into)


def test_existing_link_to_elsewhere_is_refused(tmp_path: Path, into: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    into.mkdir()
    (into / "sub").symlink_to(elsewhere)
    with pytest.raises(ArchiveError, match="through a link"):
        unzip(make_zip(tmp_path / "a.zip", ("first", b"0"), ("sub/evil", b"1")), into)
    assert contents(elsewhere) == {}
    assert not (into / "first").exists()


def test_existing_link_in_place_of_a_file_is_replaced(tmp_path: Path, into: Path) -> None:
    into.mkdir()
    secret = tmp_path / "secret"
    secret.write_text("kept")
    (into / "a").symlink_to(secret)
    unzip(make_zip(tmp_path / "a.zip", ("a", b"new")), into)
    assert secret.read_text() == "kept"
    assert (into / "a").read_bytes() == b"new"


def test_zip_bombs_are_refused(tmp_path: Path, into: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("zeros", bytes(20 << 20)))
    with pytest.raises(ArchiveError, match="ratio"):
        unzip(archive, into)
    with pytest.raises(ArchiveError, match="more than 1000"):
        unzip(archive, into, max_bytes=1000, max_ratio=1e9)
    assert len(unzip(archive, into, max_ratio=1e9)) == 1


def test_too_many_entries_are_refused(tmp_path: Path, into: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", *((f"{number}", b"") for number in range(11)))
    with pytest.raises(ArchiveError, match="11 entries"):
        unzip(archive, into, max_entries=10)


def test_false_size_is_detected(tmp_path: Path, into: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("a", b"x" * 100_000))
    data = archive.read_bytes()
    archive.write_bytes(data.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(ArchiveError):
        unzip(archive, into)
    assert contents(into) == {}


def test_damaged_entry_removes_the_files_before_it(tmp_path: Path, into: Path) -> None:
    content = os.urandom(50_000)
    archive = make_zip(tmp_path / "a.zip", ("first", b"1"), ("second", content))
    data = bytearray(archive.read_bytes())
    start = data.index(b"second") + 20_000
    data[start : start + 8] = b"\xff" * 8
    archive.write_bytes(data)
    with pytest.raises(ArchiveError):
        unzip(archive, into)
    assert contents(into) == {}


def test_invalid_deflate_stream_is_reported(tmp_path: Path, into: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("a", b"x" * 1000))
    data = bytearray(archive.read_bytes())
    data[31] = 0x07  # the first byte after the entry's header: an invalid type of block
    archive.write_bytes(data)
    with pytest.raises(ArchiveError, match="'a' is damaged"):
        unzip(archive, into)
    assert contents(into) == {}


@pytest.mark.parametrize("cut", [0, 10, 60])
def test_truncated_archive_is_refused(tmp_path: Path, into: Path, cut: int) -> None:
    archive = make_zip(tmp_path / "a.zip", ("a", b"content"))
    archive.write_bytes(archive.read_bytes()[:cut])
    with pytest.raises(ArchiveError, match="not a usable zip"):
        unzip(archive, into)


def test_name_of_both_a_file_and_a_folder_is_refused(tmp_path: Path, into: Path) -> None:
    with pytest.raises(ArchiveError, match="both a file and a folder"):
        unzip(make_zip(tmp_path / "a.zip", ("a", b"1"), ("A/b", b"2")), into)


def test_encrypted_entries_are_refused(tmp_path: Path, into: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"secret")
    data = bytearray(buffer.getvalue())
    data[6] |= 1  # the flag in the entry's own header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(ArchiveError, match="encrypted"):
        unzip(tmp_path / "a.zip", into)


def test_existing_files_are_replaced(tmp_path: Path, into: Path) -> None:
    into.mkdir()
    (into / "a").write_text("old and long")
    unzip(make_zip(tmp_path / "a.zip", ("a", b"new")), into)
    assert (into / "a").read_bytes() == b"new"
