"""Keeping a copy up to date: what an update changes, what it refuses, how edits survive it."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.generator.vendoring.hosts import SMALL, files_of, newer, replace, run_in, snapshot, vendored
from xcaas_generator.vendoring.originals import Originals

EDITED = "storage/_objects.py"


def test_an_update_writes_what_changed_and_leaves_the_rest_alone(target: Path, next_version: Originals) -> None:
    before = snapshot(target)
    assert vendored(target, originals=next_version).code == 0
    after = snapshot(target)
    changed = {path for path, stat in after.items() if before.get(path) != stat and Path(path).is_file()}
    assert changed == {str(target / path) for path in ("_core/_version.py", EDITED, "xcaas-vendor.toml", "_base.zip")}
    assert "Look for objects." in (target / EDITED).read_text()


def test_outdated_is_told_from_modified_missing_and_extra(
    target: Path, next_version: Originals, capsys: pytest.CaptureFixture[str]
) -> None:
    (target / "_core" / "sdk.py").write_text("# ours\n")
    (target / "_core" / "_retry.py").unlink()
    (target / "notes.txt").write_text("ours\n")
    assert vendored(target, "--check", originals=next_version).code == 1
    assert capsys.readouterr().out.splitlines() == [
        "missing: _core/_retry.py",
        "modified: _core/sdk.py",
        "extra: notes.txt",
        "outdated: _core/_version.py",
        f"outdated: {EDITED}",
    ]


def test_another_choice_is_outdated_too(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vendored(target, "storage", "--check", originals=SMALL).code == 0
    assert vendored(target, "storage", "oauth", "--check", originals=SMALL).code == 1
    assert "outdated: oauth/_client.py" in capsys.readouterr().out


def test_diff_shows_the_update_and_writes_nothing(
    target: Path, next_version: Originals, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(target)
    assert vendored(target, "--diff", originals=next_version).code == 0
    shown = capsys.readouterr().out.splitlines()
    assert '-VERSION: Final = "0.1.0"' in shown
    assert '+VERSION: Final = "9.9.9"' in shown
    assert sum(line.startswith("+++") for line in shown) == 2  # version, objects
    assert snapshot(target) == before


def test_the_diff_of_an_update_with_nothing_new_is_empty(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vendored(target, "--diff", originals=SMALL).code == 0
    assert capsys.readouterr().out == ""


def test_edits_are_not_overwritten(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, "Stored files", "Our stored files")
    before = snapshot(target)
    refused = vendored(target, originals=next_version)
    assert refused.code == 1
    assert str(target / EDITED) in refused.told
    assert "--merge" in refused.told
    assert snapshot(target) == before


def test_force_overwrites_edits_and_says_which(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, "Stored files", "Our stored files")
    forced = vendored(target, "--force", originals=next_version)
    assert forced.code == 0
    assert f"overwritten: {target / EDITED}" in forced.told
    assert "Our stored files" not in (target / EDITED).read_text()


def test_merge_keeps_the_edit_and_takes_the_update(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, '"""Stored files', '"""Our stored files')
    merged = vendored(target, "--merge", originals=next_version)
    assert merged.code == 0
    assert f"merged: {target / EDITED}" in merged.told
    text = (target / EDITED).read_text()
    assert "Our stored files" in text
    assert "Look for objects." in text

    before = snapshot(target)
    assert vendored(target, "--merge", originals=next_version).code == 0
    assert snapshot(target) == before


def test_a_conflict_is_marked_and_told(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, "Search objects.", "Find objects.")
    merged = vendored(target, "--merge", originals=next_version)
    assert merged.code == 1
    assert f"conflict: {target / EDITED}" in merged.told
    text = (target / EDITED).read_text()
    assert "<<<<<<< edited here" in text
    assert ">>>>>>> as it is now" in text


def test_an_edit_survives_one_update_after_another(
    target: Path, next_version: Originals, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(target / EDITED, '"""Stored files', '"""Our stored files')
    assert vendored(target, "--merge", originals=next_version).code == 0
    later = newer(SMALL, tmp_path / "later", "10.0.0")
    replace(later.suite / EDITED, "Pack objects.", "Put objects into a box.")
    merged = vendored(target, "--merge", originals=later)
    assert merged.code == 0, merged.told
    assert f"merged: {target / EDITED}" in merged.told
    text = (target / EDITED).read_text()
    for sentence in ("Our stored files", "Look for objects.", "Put objects into a box."):
        assert sentence in text
    assert vendored(target, "--check", originals=later).code == 1
    assert capsys.readouterr().out == f"modified: {EDITED}\n"


def test_the_base_is_the_same_whenever_it_is_made(target: Path, storage_copy: Path) -> None:
    with ZipFile(target / "_base.zip") as packed:
        assert packed.namelist() == sorted(packed.namelist())
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for path in packed.namelist():
            assert packed.read(path) == (target / path).read_bytes()
    again = target.with_name("again")
    assert vendored(again, "storage", originals=SMALL).code == 0
    assert (again / "_base.zip").read_bytes() == (storage_copy / "_base.zip").read_bytes()


def test_a_base_that_another_zlib_compressed_is_kept(target: Path) -> None:
    with ZipFile(target / "_base.zip") as packed:
        files = {path: packed.read(path) for path in packed.namelist()}
    with ZipFile(target / "_base.zip", "w") as stored:
        for path, content in files.items():
            stored.writestr(path, content)
    before = snapshot(target)
    assert vendored(target, "--check", originals=SMALL).code == 0
    assert "up to date" in vendored(target, originals=SMALL).told
    assert snapshot(target) == before


@pytest.mark.parametrize(("content", "said"), [(None, "missing"), (b"PK", "modified")])
def test_without_the_text_before_the_edit_nothing_is_merged(
    target: Path, next_version: Originals, content: bytes | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(target / EDITED, "Stored files", "Our stored files")
    (target / "_base.zip").unlink()
    if content is not None:
        (target / "_base.zip").write_bytes(content)
    refused = vendored(target, "--merge", originals=next_version)
    assert refused.code == 1
    assert "restore _base.zip from version control" in refused.told
    assert "Our stored files" in (target / EDITED).read_text()
    assert vendored(target, "--check", originals=SMALL).code == 1
    assert f"{said}: _base.zip" in capsys.readouterr().out
    assert vendored(target, "--force", originals=SMALL).code == 0
    assert vendored(target, "--check", originals=SMALL).code == 0


def test_an_edited_file_that_is_gone_upstream_stays_on_merge(target: Path) -> None:
    replace(target / "storage" / "_jobs.py", "Work.", "Our work.")
    assert vendored(target, "oauth", originals=SMALL).code == 1
    merged = vendored(target, "oauth", "--merge", originals=SMALL)
    assert merged.code == 1
    assert f"conflict: {target / 'storage' / '_jobs.py'}" in merged.told
    assert "Our work" in (target / "storage" / "_jobs.py").read_text()
    assert not (target / "storage" / "_regions.py").exists()


def test_missing_files_come_back_and_own_files_stay(target: Path) -> None:
    (target / EDITED).unlink()
    (target / "storage" / "our-notes.txt").write_text("ours\n")
    assert vendored(target, originals=SMALL).code == 0
    assert (target / EDITED).is_file()
    assert (target / "storage" / "our-notes.txt").read_text() == "ours\n"
    assert vendored(target, "--check", originals=SMALL).code == 1


def test_products_that_are_no_longer_chosen_take_their_files_along(target: Path) -> None:
    vendored(target, "storage", "oauth", originals=SMALL)
    assert (target / "oauth" / "_client.py").is_file()
    vendored(target, "storage", originals=SMALL)
    assert not (target / "oauth").exists()
    assert vendored(target, "--check", originals=SMALL).code == 0


def test_line_ends_of_a_checkout_are_no_edit(target: Path) -> None:
    for path in files_of(target):
        if path.suffix != ".zip":
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    done = run_in(target, ["python", "_vendor_check.py"])
    assert (done.returncode, done.stdout) == (0, "")
    assert vendored(target, originals=SMALL).code == 0
