"""Changes of a copy between two updates: they are merged, or refused without writing anything."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.generator.vendoring.hosts import replace, run_vendor, snapshot
from xcaas_generator.vendoring._vendor_check import base
from xcaas_generator.vendoring.originals import Originals

EDITED: Final = "storage/_objects.py"
MODES: Final[tuple[tuple[str, ...], ...]] = ((), ("--merge",), ("--force",))


def replace_file_by_folder(target: Path) -> None:
    (target / EDITED).unlink()
    (target / EDITED).mkdir()
    (target / EDITED / "notes.txt").write_text("mine")


def replace_folder_by_file(target: Path) -> None:
    shutil.rmtree(target / "storage")
    (target / "storage").write_text("mine")


def replace_base_by_folder(target: Path) -> None:
    (target / "_base.zip").unlink()
    (target / "_base.zip").mkdir()
    (target / "_base.zip" / "notes.txt").write_text("mine")


def add_pipe(target: Path) -> None:
    os.mkfifo(target / "pipe")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (replace_file_by_folder, "storage/_objects.py is a folder, where the copy has a file; move it away"),
        (replace_folder_by_file, "storage is a file, where the copy has a folder; move it away"),
        (replace_base_by_folder, "_base.zip is a folder, where the copy has a file; move it away"),
        (add_pipe, "pipe is neither a file nor a folder; remove it"),
    ],
)
def test_folders_files_and_pipes_in_the_way_are_refused(
    target: Path, next_version: Originals, change: Callable[[Path], None], message: str, mode: tuple[str, ...]
) -> None:
    change(target)
    before = snapshot(target)
    result = run_vendor(target, *mode, originals=next_version)
    assert result.code == 1
    assert result.output == f"{target}/{message}"
    assert snapshot(target) == before


def test_binary_content_is_not_merged(target: Path, next_version: Originals) -> None:
    (target / EDITED).write_bytes(bytes(range(256)) * 20)
    before = snapshot(target)
    result = run_vendor(target, "--merge", originals=next_version)
    assert result.code == 1
    assert "git can't merge it; move the edit out, or overwrite it with --force" in result.output
    assert snapshot(target) == before


def test_bytes_of_other_encodings_are_kept(target: Path, next_version: Originals) -> None:
    content = (target / EDITED).read_bytes()
    (target / EDITED).write_bytes(content.replace(b"Stored files", b"Stored \xe9 files"))
    assert run_vendor(target, "--merge", originals=next_version).code == 0
    merged = (target / EDITED).read_bytes()
    assert b"Stored \xe9 files" in merged
    assert b"Look for objects." in merged


def test_crlf_line_ends_do_not_conflict(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, '"""Stored files', '"""Our stored files')
    (target / EDITED).write_bytes((target / EDITED).read_bytes().replace(b"\n", b"\r\n"))
    assert run_vendor(target, "--merge", originals=next_version).code == 0
    merged = (target / EDITED).read_text()
    assert "Our stored files" in merged
    assert "Look for objects." in merged


def test_deleted_files_are_restored(target: Path, next_version: Originals) -> None:
    (target / EDITED).unlink()
    assert run_vendor(target, "--merge", originals=next_version).code == 0
    assert "Look for objects." in (target / EDITED).read_text()


def test_a_damaged_base_is_ignored(target: Path) -> None:
    random_ = random.Random(5)
    original = (target / "_base.zip").read_bytes()
    for _ in range(60):
        damaged = bytearray(original)
        for _ in range(random_.randrange(1, 6)):
            damaged[random_.randrange(len(damaged))] = random_.randrange(256)
        (target / "_base.zip").write_bytes(damaged)
        for content in base(target).values():
            assert content
