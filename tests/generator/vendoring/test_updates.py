"""Updates of copies: what changes, what is refused, and how edits are kept."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.generator.vendoring.hosts import SMALL, files_of, newer_originals, replace, run_in, run_vendor, snapshot
from xcaas_generator.vendoring.originals import Originals

EDITED = "storage/_objects.py"


def test_updates_write_only_changed_files(target: Path, next_version: Originals) -> None:
    before = snapshot(target)
    assert run_vendor(target, originals=next_version).code == 0
    after = snapshot(target)
    changed = {path for path, stat in after.items() if before.get(path) != stat and Path(path).is_file()}
    assert changed == {str(target / path) for path in ("_core/_version.py", EDITED, "xcaas-vendor.toml", "_base.zip")}
    assert "Look for objects." in (target / EDITED).read_text()


def test_check_distinguishes_outdated_modified_missing_and_extra(
    target: Path, next_version: Originals, capsys: pytest.CaptureFixture[str]
) -> None:
    (target / "_core" / "sdk.py").write_text("# ours\n")
    (target / "_core" / "_retry.py").unlink()
    (target / "notes.txt").write_text("ours\n")
    assert run_vendor(target, "--check", originals=next_version).code == 1
    assert capsys.readouterr().out.splitlines() == [
        "missing: _core/_retry.py",
        "modified: _core/sdk.py",
        "extra: notes.txt",
        "outdated: _core/_version.py",
        f"outdated: {EDITED}",
    ]


def test_check_reports_other_products_as_outdated(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_vendor(target, "storage", "--check", originals=SMALL).code == 0
    assert run_vendor(target, "storage", "oauth", "--check", originals=SMALL).code == 1
    assert "outdated: oauth/_client.py" in capsys.readouterr().out


def test_diff_shows_the_update_and_writes_nothing(
    target: Path, next_version: Originals, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(target)
    assert run_vendor(target, "--diff", originals=next_version).code == 0
    lines = capsys.readouterr().out.splitlines()
    assert '-VERSION: Final = "0.1.0"' in lines
    assert '+VERSION: Final = "9.9.9"' in lines
    assert sum(line.startswith("+++") for line in lines) == 2  # version, objects
    assert snapshot(target) == before


def test_diff_without_changes_is_empty(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_vendor(target, "--diff", originals=SMALL).code == 0
    assert capsys.readouterr().out == ""


def test_edits_are_not_overwritten(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, "Stored files", "Our stored files")
    before = snapshot(target)
    refused = run_vendor(target, originals=next_version)
    assert refused.code == 1
    assert str(target / EDITED) in refused.output
    assert "--merge" in refused.output
    assert snapshot(target) == before


def test_force_overwrites_and_reports_edits(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, "Stored files", "Our stored files")
    forced = run_vendor(target, "--force", originals=next_version)
    assert forced.code == 0
    assert f"overwritten: {target / EDITED}" in forced.output
    assert "Our stored files" not in (target / EDITED).read_text()


def test_merge_keeps_the_edit_and_takes_the_update(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, '"""Stored files', '"""Our stored files')
    merged = run_vendor(target, "--merge", originals=next_version)
    assert merged.code == 0
    assert f"merged: {target / EDITED}" in merged.output
    text = (target / EDITED).read_text()
    assert "Our stored files" in text
    assert "Look for objects." in text

    before = snapshot(target)
    assert run_vendor(target, "--merge", originals=next_version).code == 0
    assert snapshot(target) == before


def test_conflicts_are_marked_and_reported(target: Path, next_version: Originals) -> None:
    replace(target / EDITED, "Search objects.", "Find objects.")
    merged = run_vendor(target, "--merge", originals=next_version)
    assert merged.code == 1
    assert f"conflict: {target / EDITED}" in merged.output
    text = (target / EDITED).read_text()
    assert "<<<<<<< edited here" in text
    assert ">>>>>>> as it is now" in text


def test_edits_survive_several_updates(
    target: Path, next_version: Originals, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(target / EDITED, '"""Stored files', '"""Our stored files')
    assert run_vendor(target, "--merge", originals=next_version).code == 0
    later = newer_originals(SMALL, tmp_path / "later", "10.0.0")
    replace(later.suite / EDITED, "Pack objects.", "Put objects into a box.")
    merged = run_vendor(target, "--merge", originals=later)
    assert merged.code == 0, merged.output
    assert f"merged: {target / EDITED}" in merged.output
    text = (target / EDITED).read_text()
    for sentence in ("Our stored files", "Look for objects.", "Put objects into a box."):
        assert sentence in text
    assert run_vendor(target, "--check", originals=later).code == 1
    assert capsys.readouterr().out == f"modified: {EDITED}\n"


def test_the_base_is_reproducible(target: Path, storage_copy: Path) -> None:
    with ZipFile(target / "_base.zip") as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for path in archive.namelist():
            assert archive.read(path) == (target / path).read_bytes()
    again = target.with_name("again")
    assert run_vendor(again, "storage", originals=SMALL).code == 0
    assert (again / "_base.zip").read_bytes() == (storage_copy / "_base.zip").read_bytes()


def test_a_base_compressed_by_another_zlib_is_kept(target: Path) -> None:
    with ZipFile(target / "_base.zip") as archive:
        files = {path: archive.read(path) for path in archive.namelist()}
    with ZipFile(target / "_base.zip", "w") as stored:
        for path, content in files.items():
            stored.writestr(path, content)
    before = snapshot(target)
    assert run_vendor(target, "--check", originals=SMALL).code == 0
    assert "up to date" in run_vendor(target, originals=SMALL).output
    assert snapshot(target) == before


@pytest.mark.parametrize(("content", "state"), [(None, "missing"), (b"PK", "modified")])
def test_merge_is_refused_without_the_base(
    target: Path, next_version: Originals, content: bytes | None, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(target / EDITED, "Stored files", "Our stored files")
    (target / "_base.zip").unlink()
    if content is not None:
        (target / "_base.zip").write_bytes(content)
    refused = run_vendor(target, "--merge", originals=next_version)
    assert refused.code == 1
    assert "restore _base.zip from version control" in refused.output
    assert "Our stored files" in (target / EDITED).read_text()
    assert run_vendor(target, "--check", originals=SMALL).code == 1
    assert f"{state}: _base.zip" in capsys.readouterr().out
    assert run_vendor(target, "--force", originals=SMALL).code == 0
    assert run_vendor(target, "--check", originals=SMALL).code == 0


def test_merge_keeps_edited_files_that_are_no_longer_needed(target: Path) -> None:
    replace(target / "storage" / "_jobs.py", "Work.", "Our work.")
    assert run_vendor(target, "oauth", originals=SMALL).code == 1
    merged = run_vendor(target, "oauth", "--merge", originals=SMALL)
    assert merged.code == 1
    assert f"conflict: {target / 'storage' / '_jobs.py'}" in merged.output
    assert "Our work" in (target / "storage" / "_jobs.py").read_text()
    assert not (target / "storage" / "_regions.py").exists()


def test_updates_restore_missing_files_and_keep_foreign_ones(target: Path) -> None:
    (target / EDITED).unlink()
    (target / "storage" / "our-notes.txt").write_text("ours\n")
    assert run_vendor(target, originals=SMALL).code == 0
    assert (target / EDITED).is_file()
    assert (target / "storage" / "our-notes.txt").read_text() == "ours\n"
    assert run_vendor(target, "--check", originals=SMALL).code == 1


def test_files_of_removed_products_are_removed(target: Path) -> None:
    run_vendor(target, "storage", "oauth", originals=SMALL)
    assert (target / "oauth" / "_client.py").is_file()
    run_vendor(target, "storage", originals=SMALL)
    assert not (target / "oauth").exists()
    assert run_vendor(target, "--check", originals=SMALL).code == 0


def test_crlf_line_ends_are_no_edit(target: Path) -> None:
    for path in files_of(target):
        if path.suffix != ".zip":
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    process = run_in(target, ["python", "_vendor_check.py"])
    assert (process.returncode, process.stdout) == (0, "")
    assert run_vendor(target, originals=SMALL).code == 0
