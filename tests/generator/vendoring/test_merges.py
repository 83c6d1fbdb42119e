"""What may have become of a copy between two updates: an update merges it, or says what is in the way and writes nothing."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.generator.vendoring.hosts import replace, snapshot, vendored
from xcaas_generator.vendoring._vendor_check import base
from xcaas_generator.vendoring.originals import Originals

EDITED: Final = "storage/_objects.py"
MODES: Final[tuple[tuple[str, ...], ...]] = ((), ("--merge",), ("--force",))


def a_folder_with_notes(target: Path) -> None:
    (target / EDITED).unlink()
    (target / EDITED).mkdir()
    (target / EDITED / "notes.txt").write_text("mine")


def a_file_with_notes(target: Path) -> None:
    shutil.rmtree(target / "storage")
    (target / "storage").write_text("mine")


def a_folder_for_the_base(target: Path) -> None:
    (target / "_base.zip").unlink()
    (target / "_base.zip").mkdir()
    (target / "_base.zip" / "notes.txt").write_text("mine")


def a_pipe(target: Path) -> None:
    os.mkfifo(target / "pipe")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("become", "told"),
    [
        (a_folder_with_notes, "storage/_objects.py is a folder, where the copy has a file; move it away"),
        (a_file_with_notes, "storage is a file, where the copy has a folder; move it away"),
        (a_folder_for_the_base, "_base.zip is a folder, where the copy has a file; move it away"),
        (a_pipe, "pipe is neither a file nor a folder; remove it"),
    ],
)
def test_other_kinds_of_files(
    target: Path, next_version: Originals, become: Callable[[Path], None], told: str, mode: tuple[str, ...]
) -> None:
    become(target)
    before = snapshot(target)
    done = vendored(target, *mode, originals=next_version)
    assert done.code == 1
    assert done.told == f"{target}/{told}"
    assert snapshot(target) == before


def test_garbage_is_not_merged(target: Path, next_version: Originals) -> None:
    (target / EDITED).write_bytes(bytes(range(256)) * 20)
    before = snapshot(target)
    done = vendored(target, "--merge", originals=next_version)
    assert done.code == 1
    assert "git can't merge it; move the edit out, or overwrite it with --force" in done.told
    assert snapshot(target) == before


def test_bytes_of_another_encoding_stay_what_they_are(target: Path, next_version: Originals) -> None:
    content = (target / EDITED).read_bytes()
    (target / EDITED).write_bytes(content.replace(b"Stored files", b"Stored \xe9 files"))
    assert vendored(target, "--merge", originals=next_version).code == 0
    merged = (target / EDITED).read_bytes()
    assert b"Stored \xe9 files" in merged
    assert b"Look for objects." in merged


def test_line_ends_of_windows_do_not_conflict(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, '"""Stored files', '"""Our stored files')
    (target / EDITED).write_bytes((target / EDITED).read_bytes().replace(b"\n", b"\r\n"))
    assert vendored(target, "--merge", originals=next_version).code == 0
    merged = (target / EDITED).read_text()
    assert "Our stored files" in merged
    assert "Look for objects." in merged


def test_a_deleted_file_comes_back(target: Path, next_version: Originals) -> None:
    (target / EDITED).unlink()
    assert vendored(target, "--merge", originals=next_version).code == 0
    assert "Look for objects." in (target / EDITED).read_text()


def test_a_damaged_base_is_none(target: Path) -> None:
    chance = random.Random(5)
    whole = (target / "_base.zip").read_bytes()
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (target / "_base.zip").write_bytes(damaged)
        for content in base(target).values():
            assert content
