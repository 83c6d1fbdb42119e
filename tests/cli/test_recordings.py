"""`xcaas recordings export`: complete recordings without duplicates, and a table of them, even if runs are killed.

`make torture-export` kills a run of 5,000 objects ten times at random moments.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import time
from contextlib import closing
from hashlib import md5
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import INTERRUPTED, Command
from tests.products.support import JANUARY
from xcaas_cli.commands._ledger import Ledger
from xcaas_sandbox import Fault, Faults, Sandbox

IS_TORTURE = "XCAAS_EXPORT_TORTURE" in os.environ
KILLS = 10 if IS_TORTURE else 3
PERIOD = ("--since", "2026-01-01", "--until", "2026-01-14" if IS_TORTURE else "2026-01-02T12:00")
EXPORT_ALL = ("recordings", "export", *PERIOD, "--types", "all")
EXPORT_UK = ("recordings", "export", "--since", "2026-01-01", "--until", "2026-01-02", "--regions", "uk")
REGIONS = () if IS_TORTURE else ("--regions", "uk,us-west")


def checksums(folder: Path) -> dict[str, str]:
    """Return the checksums of the files in a folder, by path, without the state."""
    files = [path for path in folder.rglob("*") if path.is_file() and ".xcaas-export" not in path.parts]
    return {path.relative_to(folder).as_posix(): md5(path.read_bytes()).hexdigest() for path in files}


def count_files(folder: Path) -> int:
    """Return the number of complete files, without the state."""
    return sum(
        not name.startswith(".")
        for folder_path, _, names in os.walk(folder)
        if ".x" not in folder_path
        for name in names
    )


@pytest.mark.timeout(1800 if IS_TORTURE else 120)
def test_killed_exports_are_completed_by_later_runs(xcaas: Command, tmp_path: Path) -> None:
    reference, target = tmp_path / "undisturbed", tmp_path / "disturbed"
    start = time.monotonic()
    assert xcaas.run(*EXPORT_ALL, *REGIONS, "--into", str(reference)).code == 0
    total, duration = count_files(reference), time.monotonic() - start
    rng = random.Random(int(os.environ.get("XCAAS_EXPORT_TORTURE") or 0))
    for threshold in sorted(rng.uniform(0.0, 0.95) * total for _ in range(KILLS)):
        with xcaas.start(*EXPORT_ALL, *REGIONS, "--into", str(target)) as process:
            while count_files(target) < threshold:
                assert process.poll() is None
                time.sleep(0.02)
            time.sleep(rng.uniform(0.0, 0.1))  # so that it is not always killed at the end of a file
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert not (target / "recordings.csv").exists()
        if IS_TORTURE:
            print(f"killed at {count_files(target):,} of {total:,} files")  # noqa: T201
    assert xcaas.run(*EXPORT_ALL, *REGIONS, "--into", str(target)).code == 0
    files = checksums(target)
    assert files == checksums(reference)
    lines = (target / "recordings.csv").read_text().splitlines()
    assert len(lines) == len(files) == total  # the header line counts for the table, which is a file, too
    assert total > (5000 if IS_TORTURE else 200)
    if IS_TORTURE:
        print(f"{total - 1:,} objects, {KILLS} kills, {duration:.1f} s undisturbed")  # noqa: T201


class TestExport:
    def test_continues_where_the_last_run_ended(self, xcaas: Command, sandbox: Sandbox, tmp_path: Path) -> None:
        outcome = xcaas.run(*EXPORT_UK, "--into", str(tmp_path))
        assert (outcome.code, outcome.out) == (0, "")
        assert outcome.err.startswith(f"{tmp_path}: 29 new (")
        before = sandbox.state.credentials.stats.calls
        assert xcaas.run(*EXPORT_UK, "--into", str(tmp_path)).err == f"{tmp_path}: 0 new (0 B), 29 in all\n"
        assert sandbox.state.credentials.stats.calls - before <= 1  # lists nothing again
        outcome = xcaas.run(*EXPORT_UK, "--until", "2026-01-03", "--into", str(tmp_path))
        assert outcome.err.startswith(f"{tmp_path}: 28 new (")
        assert outcome.err.endswith("57 in all\n")

    def test_check_repairs_files(self, xcaas: Command, tmp_path: Path) -> None:
        xcaas.run(*EXPORT_UK, "--into", str(tmp_path))
        before = checksums(tmp_path)
        corrupt, deleted, *_ = sorted(tmp_path.glob("uk/callrecording/*/*.mp3"))
        corrupt.write_bytes(b"x" * corrupt.stat().st_size)
        deleted.unlink()
        assert xcaas.run(*EXPORT_UK, "--into", str(tmp_path), "--check").err.startswith(f"{tmp_path}: 2 new (")
        assert checksums(tmp_path) == before

    def test_failed_downloads_are_reported_and_retried_by_the_next_run(
        self, xcaas: Command, sandbox: Sandbox, tmp_path: Path
    ) -> None:
        sandbox.state.faults.add(Fault("/content$", status=404, times=1))
        outcome = xcaas.run(*EXPORT_UK, "--into", str(tmp_path))
        assert outcome.code == 1
        assert re.search("uk uk-[0-9a-f]+: .*404", outcome.err)
        assert outcome.err.endswith("29 in all, 1 failed; run it again\n")
        assert "1 new" in xcaas.run(*EXPORT_UK, "--into", str(tmp_path)).err
        lines = [line.split(",") for line in (tmp_path / "recordings.csv").read_text().splitlines()[1:]]
        assert {line[2] for line in lines} == {"md5"}

    def test_second_run_in_the_same_folder_is_rejected(self, xcaas: Command, tmp_path: Path) -> None:
        with Ledger(tmp_path / ".xcaas-export" / "ledger.db", "here"):
            outcome = xcaas.run(*EXPORT_UK, "--into", str(tmp_path))
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == (
            f"xcaas: another run is exporting into {tmp_path}. Nothing was done. Wait until it ends, and run it again.\n"
        )

    def test_damaged_state_is_reported_with_advice(self, xcaas: Command, tmp_path: Path) -> None:
        (tmp_path / ".xcaas-export").mkdir()
        (tmp_path / ".xcaas-export" / "ledger.db").write_text("not a database" * 100)
        outcome = xcaas.run(*EXPORT_UK, "--into", str(tmp_path))
        assert outcome.code == 1
        assert "Remove it: the next run lists everything again" in outcome.err

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--types", ""), "--types is empty"),
            (("--types", "callrecording,voicmail"), "'voicmail' is unknown. Did you mean voicemail?"),
            (("--types", "x"), "--types all --where type=NAME"),
            (("--since", "2126-01-01"), "is not before the end"),
            (("--regions", "mars"), "'mars' is unknown. Give all, or some of: "),
            (("--regions", ","), "--regions is empty"),
            (("--where", "nonsense"), "Give name=value"),
            (("--into", "/nowhere/folder"), "the folder /nowhere does not exist"),
        ],
    )
    def test_invalid_options_are_usage_errors(
        self, xcaas: Command, sandbox: Sandbox, tmp_path: Path, options: tuple[str, str], message: str
    ) -> None:
        before = sandbox.state.credentials.stats.calls
        outcome = xcaas.run(*EXPORT_UK, "--into", str(tmp_path / "x"), *options)
        assert outcome.code == 2, outcome.err
        assert message in " ".join(re.sub("[│╭╮╰╯─]", "", outcome.err).split())
        assert sandbox.state.credentials.stats.calls == before
        assert list(tmp_path.iterdir()) == []

    def test_no_match_is_reported(self, xcaas: Command, tmp_path: Path) -> None:
        outcome = xcaas.run(*EXPORT_UK, "--into", str(tmp_path), "--where", "queueNam=Sales")
        assert (outcome.code, outcome.out) == (0, "")
        assert "No recording matches. Check --since" in outcome.err

    def test_files_whose_path_changed_are_moved(self, xcaas: Command, tmp_path: Path) -> None:
        xcaas.run(*EXPORT_UK, "--into", str(tmp_path))
        before = checksums(tmp_path)
        (file, *_) = sorted(tmp_path.glob("uk/callrecording/*/*.mp3"))
        old_path = file.rename(file.with_suffix(".wav")).relative_to(tmp_path).as_posix()
        with closing(sqlite3.connect(tmp_path / ".xcaas-export" / "ledger.db")) as state, state:
            state.execute("UPDATE rows SET file = ? WHERE key = ?", (old_path, file.stem))
            state.execute("DELETE FROM slices")
        assert xcaas.run(*EXPORT_UK, "--into", str(tmp_path)).err.startswith(f"{tmp_path}: 1 new (")
        assert checksums(tmp_path) == before


def test_region_option_selects_the_region(xcaas: Command, tmp_path: Path) -> None:
    day = EXPORT_UK[:-2]
    assert xcaas.run(*day, "--region", "uk", "--into", str(tmp_path)).code == 0
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {".xcaas-export", "uk"}
    assert xcaas.run(*EXPORT_UK, "--region", "uk", "--into", str(tmp_path)).code == 2


def test_other_regions_are_exported_if_one_fails(tmp_path: Path) -> None:
    leftover = tmp_path / ".recordings.csv.abc.part.csv"
    leftover.touch()
    with Sandbox(faults=Faults([Fault("/ap/", status=403, repeat=1000)]), until=JANUARY) as sandbox:
        outcome = Command(sandbox.base_url).run(*EXPORT_UK[:-1], "ap,uk", "--into", str(tmp_path))
    assert outcome.code == 1
    assert "ap 2026-01-01, and later days: " in outcome.err
    assert "29 in all, 1 failed; run it again" in outcome.err
    assert len((tmp_path / "recordings.csv").read_text().splitlines()) == 30
    assert not leftover.exists()


def test_tables_in_all_formats_contain_the_same_rows(xcaas: Command, tmp_path: Path) -> None:
    assert xcaas.run(*EXPORT_UK, "--into", str(tmp_path), "--metadata", "jsonl").code == 0
    lines = [json.loads(line) for line in (tmp_path / "recordings.jsonl").read_text().splitlines()]
    outcome = xcaas.run(*EXPORT_UK, "--into", str(tmp_path), "--metadata", "parquet")
    assert f"Removed {tmp_path / 'recordings.jsonl'}: " in outcome.err
    assert not (tmp_path / "recordings.jsonl").exists()
    table: Any = import_module("pyarrow.parquet").read_table(tmp_path / "recordings.parquet")
    for name, column in {"id": "id", "file": "file", "region": "region", "verified": "verified"}.items():
        assert [line[name] for line in lines] == table.column(column).to_pylist()
    assert all((tmp_path / line["file"]).stat().st_size == line["storedBytes"] for line in lines)


def test_ctrl_c_while_the_service_does_not_respond(tmp_path: Path) -> None:
    faults = Faults([Fault("/content$", delay=4)])
    with Sandbox(faults=faults, until=JANUARY) as sandbox:
        with Command(sandbox.base_url).start(*EXPORT_UK, "--into", str(tmp_path)) as process:
            while faults.fired < 8:
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert process.returncode in INTERRUPTED
        assert err == b""
        assert faults.fired == 8
    assert list(checksums(tmp_path)) == []
