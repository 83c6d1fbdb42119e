"""Partial files, and safe names for files."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcaas_core._errors import DownloadError
from xcaas_core._partial_file import PartialFile, safe_file_name


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestPartialFile:
    def test_commit_replaces_the_target(self, tmp_path: Path) -> None:
        target = tmp_path / "a.txt"
        target.write_text("old")
        file = PartialFile(target)
        file.open()
        file.write(b"new")
        assert target.read_text() == "old"
        file.commit()
        file.discard()
        assert target.read_text() == "new"
        assert names(tmp_path) == ["a.txt"]

    def test_discard_keeps_the_old_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("old")
        file = PartialFile(tmp_path / "a.txt")
        file.open()
        file.write(b"new")
        file.discard()
        file.discard()
        assert (tmp_path / "a.txt").read_text() == "old"
        assert names(tmp_path) == ["a.txt"]

    @pytest.mark.parametrize("resumable", [False, True])
    @pytest.mark.parametrize("kind", ["pipe", "link to a pipe", "folder"])
    def test_pipes_and_folders_are_not_replaced(self, tmp_path: Path, kind: str, resumable: bool) -> None:
        target = tmp_path / "a"
        if kind == "folder":
            target.mkdir()
        else:
            os.mkfifo(tmp_path / "pipe" if kind == "link to a pipe" else target)
        if kind == "link to a pipe":
            target.symlink_to("pipe")
        before = names(tmp_path), target.lstat()
        file = PartialFile(target, resumable=resumable)
        with pytest.raises(OSError, match="Is a directory" if kind == "folder" else "not a plain file"):
            file.open()
        file.discard()
        assert (names(tmp_path), target.lstat()) == before

    def test_two_files_of_one_target_do_not_collide(self, tmp_path: Path) -> None:
        one, two = PartialFile(tmp_path / "a"), PartialFile(tmp_path / "a")
        for file, text in ((one, b"1"), (two, b"2")):
            file.open()
            file.write(text)
        two.commit()
        one.commit()
        assert (tmp_path / "a").read_bytes() == b"1"

    def test_permissions_follow_the_umask(self, tmp_path: Path) -> None:
        before = os.umask(0o027)
        try:
            file = PartialFile(tmp_path / "a")
            file.open()
            file.commit()
        finally:
            os.umask(before)
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640

    def test_part_is_kept_and_continued(self, tmp_path: Path) -> None:
        first = PartialFile(tmp_path / "a", resumable=True)
        first.open()
        first.save_resume_info({"etag": '"1"'})
        first.write(b"hel")
        first.discard(keep=True)
        assert not (tmp_path / "a").exists()
        second = PartialFile(tmp_path / "a", resumable=True)
        second.open()
        assert (second.size, second.resume_info) == (3, {"etag": '"1"'})
        with second.read_back() as part:
            assert part.read() == b"hel"
        second.write(b"lo")
        second.commit()
        assert (tmp_path / "a").read_bytes() == b"hello"
        assert names(tmp_path) == ["a"]

    def test_part_without_resume_info_is_discarded(self, tmp_path: Path) -> None:
        for note in (None, "not json", "[1]"):
            (tmp_path / ".a.part").write_bytes(b"hel")
            if note is not None:
                (tmp_path / ".a.part.json").write_text(note)
            file = PartialFile(tmp_path / "a", resumable=True)
            file.open()
            assert (file.size, file.resume_info) == (0, {})
            file.discard()
            assert names(tmp_path) == []

    def test_restart_discards_what_was_written(self, tmp_path: Path) -> None:
        file = PartialFile(tmp_path / "a")
        file.open()
        file.write(b"wrong")
        file.restart()
        file.write(b"ok")
        file.commit(durable=True)
        assert (tmp_path / "a").read_bytes() == b"ok"

    def test_resumable_part_is_locked(self, tmp_path: Path) -> None:
        file = PartialFile(tmp_path / "a", resumable=True)
        file.open()
        file.write(b"mine")
        with pytest.raises(DownloadError, match="another process"):
            PartialFile(tmp_path / "a", resumable=True).open()
        file.commit()
        assert (tmp_path / "a").read_bytes() == b"mine"

    def test_write_to_a_closed_file_raises(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="not open"):
            PartialFile(tmp_path / "a").write(b"x")

    def test_long_names_leave_room_for_the_suffix(self, tmp_path: Path) -> None:
        target = tmp_path / ("ä" * 120 + ".wav")
        file = PartialFile(target)
        file.open()
        file.commit()
        assert names(tmp_path) == [target.name]

    def test_full_disk_leaves_no_file(self, tmp_path: Path) -> None:
        """Simulate it with a limit on file size, which applies to a whole process, so start one."""
        script = (
            "import resource, sys\n"
            "from pathlib import Path\n"
            "from xcaas_core._partial_file import PartialFile\n"
            f"resource.setrlimit(resource.RLIMIT_FSIZE, (4096, {resource.RLIM_INFINITY}))\n"
            "file = PartialFile(Path(sys.argv[1]))\n"
            "file.open()\n"
            "try:\n"
            "    file.write(b'x' * 4000)\n"  # stays in a buffer, so that closing fails as well
            "    file.write(b'y' * 5000)\n"
            "    file.commit()\n"
            "except OSError:\n"
            "    print('full')\n"
            "finally:\n"
            "    file.discard()\n"
        )
        process = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "a")], capture_output=True, text=True, check=True, timeout=30
        )
        assert process.stdout == "full\n"
        assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("call.wav", "call.wav"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        ("a/b\\c.txt", "c.txt"),
        ("..", "download"),
        ("", "download"),
        ("...", "download"),
        (".bashrc", "bashrc"),
        ("nul", "_nul"),
        ("COM1.txt", "_COM1.txt"),
        ("report: Q1?.csv", "report_ Q1_.csv"),
        ("a\x00b\nc\u202egpj.exe", "a_b_c_gpj.exe"),
        ("trailing. . ", "trailing"),
        (" . . leading", "leading"),
        ("Anruf für Zoë.wav", "Anruf für Zoë.wav"),
    ],
)
def test_unsafe_names_become_safe(given_name: str, safe: str) -> None:
    assert safe_file_name(given_name) == safe


@given(st.one_of(st.text(max_size=400), st.text("a. é/", min_size=200, max_size=400)))
def test_safe_name_stays_in_its_folder(name: str) -> None:
    safe = safe_file_name(name)
    assert Path("folder", safe).parent == Path("folder")
    assert safe not in ("", ".", "..")
    assert len(safe.encode(errors="replace")) <= 255
    assert safe == safe_file_name(safe)


def test_long_names_keep_their_extension() -> None:
    assert safe_file_name("x" * 500 + ".wav").endswith("x.wav")
    assert len(safe_file_name("ü" * 500 + "." + "y" * 30).encode()) <= 255
