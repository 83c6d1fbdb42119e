"""`xcaas recordings export`: each recording once, whole, and a table of them, whatever ends a run.

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

LARGE = "XCAAS_EXPORT_TORTURE" in os.environ
KILLS = 10 if LARGE else 3
PERIOD = ("--since", "2026-01-01", "--until", "2026-01-14" if LARGE else "2026-01-02T12:00")
EVERYTHING = ("recordings", "export", *PERIOD, "--types", "all")
FEW = ("recordings", "export", "--since", "2026-01-01", "--until", "2026-01-02", "--regions", "uk")
REGIONS = () if LARGE else ("--regions", "uk,us-west")


def content(folder: Path) -> dict[str, str]:
    """Return what is in a folder, but for the state: paths, and what the files are."""
    files = [path for path in folder.rglob("*") if path.is_file() and ".xcaas-export" not in path.parts]
    return {path.relative_to(folder).as_posix(): md5(path.read_bytes()).hexdigest() for path in files}


def count(folder: Path) -> int:
    """Return how many whole files there are."""
    return sum(not name.startswith(".") for place, _, names in os.walk(folder) if ".x" not in place for name in names)


@pytest.mark.timeout(1800 if LARGE else 120)
def test_killed_again_and_again(xcaas: Command, tmp_path: Path) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    began = time.monotonic()
    assert xcaas.run(*EVERYTHING, *REGIONS, "--into", str(undisturbed)).code == 0
    whole, took = count(undisturbed), time.monotonic() - began
    chance = random.Random(int(os.environ.get("XCAAS_EXPORT_TORTURE") or 0))
    for reached in sorted(chance.uniform(0.0, 0.95) * whole for _ in range(KILLS)):
        with xcaas.start(*EVERYTHING, *REGIONS, "--into", str(disturbed)) as process:
            while count(disturbed) < reached:
                assert process.poll() is None
                time.sleep(0.02)
            time.sleep(chance.uniform(0.0, 0.1))  # in the middle of something else than the end of a file
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert not (disturbed / "recordings.csv").exists()
        if LARGE:
            print(f"killed at {count(disturbed):,} of {whole:,} files")  # noqa: T201
    assert xcaas.run(*EVERYTHING, *REGIONS, "--into", str(disturbed)).code == 0
    found = content(disturbed)
    assert found == content(undisturbed)
    lines = (disturbed / "recordings.csv").read_text().splitlines()
    assert len(lines) == len(found) == whole  # the header stands for the table itself
    assert whole > (5000 if LARGE else 200)
    if LARGE:
        print(f"{whole - 1:,} objects, {KILLS} kills, {took:.1f} s undisturbed")  # noqa: T201


class TestARun:
    def test_goes_on_where_the_last_one_ended(self, xcaas: Command, sandbox: Sandbox, tmp_path: Path) -> None:
        outcome = xcaas.run(*FEW, "--into", str(tmp_path))
        assert (outcome.code, outcome.out) == (0, "")
        assert outcome.err.startswith(f"{tmp_path}: 29 new (")
        before = sandbox.state.credentials.stats.calls
        assert xcaas.run(*FEW, "--into", str(tmp_path)).err == f"{tmp_path}: 0 new (0 B), 29 in all\n"
        assert sandbox.state.credentials.stats.calls - before <= 1  # the table, and nothing of the service's
        outcome = xcaas.run(*FEW, "--until", "2026-01-03", "--into", str(tmp_path))
        assert outcome.err.startswith(f"{tmp_path}: 28 new (")
        assert outcome.err.endswith("57 in all\n")

    def test_repairs_what_it_checks(self, xcaas: Command, tmp_path: Path) -> None:
        xcaas.run(*FEW, "--into", str(tmp_path))
        before = content(tmp_path)
        broken, gone, *_ = sorted(tmp_path.glob("uk/callrecording/*/*.mp3"))
        broken.write_bytes(b"x" * broken.stat().st_size)
        gone.unlink()
        assert xcaas.run(*FEW, "--into", str(tmp_path), "--check").err.startswith(f"{tmp_path}: 2 new (")
        assert content(tmp_path) == before

    def test_tells_what_failed_and_tries_it_again(self, xcaas: Command, sandbox: Sandbox, tmp_path: Path) -> None:
        sandbox.state.faults.add(Fault("/content$", status=404, times=1))
        outcome = xcaas.run(*FEW, "--into", str(tmp_path))
        assert outcome.code == 1
        assert re.search("uk uk-[0-9a-f]+: .*404", outcome.err)
        assert outcome.err.endswith("29 in all, 1 failed; run it again\n")
        assert "1 new" in xcaas.run(*FEW, "--into", str(tmp_path)).err
        lines = [line.split(",") for line in (tmp_path / "recordings.csv").read_text().splitlines()[1:]]
        assert {line[2] for line in lines} == {"md5"}

    def test_works_in_a_folder_alone(self, xcaas: Command, tmp_path: Path) -> None:
        with Ledger(tmp_path / ".xcaas-export" / "ledger.db", "here"):
            outcome = xcaas.run(*FEW, "--into", str(tmp_path))
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == (
            f"xcaas: another run is exporting into {tmp_path}. Nothing was done. Wait until it ends, and run it again.\n"
        )

    def test_says_what_to_do_with_a_state_that_is_damaged(self, xcaas: Command, tmp_path: Path) -> None:
        (tmp_path / ".xcaas-export").mkdir()
        (tmp_path / ".xcaas-export" / "ledger.db").write_text("not a database" * 100)
        outcome = xcaas.run(*FEW, "--into", str(tmp_path))
        assert outcome.code == 1
        assert "Remove it: the next run lists everything again" in outcome.err

    @pytest.mark.parametrize(
        ("wrong", "said"),
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
    def test_refuses_what_cannot_be(
        self, xcaas: Command, sandbox: Sandbox, tmp_path: Path, wrong: tuple[str, str], said: str
    ) -> None:
        before = sandbox.state.credentials.stats.calls
        outcome = xcaas.run(*FEW, "--into", str(tmp_path / "x"), *wrong)
        assert outcome.code == 2, outcome.err
        assert said in " ".join(re.sub("[│╭╮╰╯─]", "", outcome.err).split())
        assert sandbox.state.credentials.stats.calls == before
        assert list(tmp_path.iterdir()) == []

    def test_says_that_nothing_matches(self, xcaas: Command, tmp_path: Path) -> None:
        outcome = xcaas.run(*FEW, "--into", str(tmp_path), "--where", "queueNam=Sales")
        assert (outcome.code, outcome.out) == (0, "")
        assert "No recording matches. Check --since" in outcome.err

    def test_has_one_file_of_a_recording_whose_path_changed(self, xcaas: Command, tmp_path: Path) -> None:
        xcaas.run(*FEW, "--into", str(tmp_path))
        before = content(tmp_path)
        (moved, *_) = sorted(tmp_path.glob("uk/callrecording/*/*.mp3"))
        elsewhere = moved.rename(moved.with_suffix(".wav")).relative_to(tmp_path).as_posix()
        with closing(sqlite3.connect(tmp_path / ".xcaas-export" / "ledger.db")) as state, state:
            state.execute("UPDATE rows SET file = ? WHERE key = ?", (elsewhere, moved.stem))
            state.execute("DELETE FROM slices")
        assert xcaas.run(*FEW, "--into", str(tmp_path)).err.startswith(f"{tmp_path}: 1 new (")
        assert content(tmp_path) == before


def test_the_region_of_the_connection_counts(xcaas: Command, tmp_path: Path) -> None:
    day = FEW[:-2]
    assert xcaas.run(*day, "--region", "uk", "--into", str(tmp_path)).code == 0
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {".xcaas-export", "uk"}
    assert xcaas.run(*FEW, "--region", "uk", "--into", str(tmp_path)).code == 2


def test_a_region_that_refuses_holds_back_no_other(tmp_path: Path) -> None:
    left = tmp_path / ".recordings.csv.abc.part.csv"
    left.touch()
    with Sandbox(faults=Faults([Fault("/ap/", status=403, repeat=1000)]), until=JANUARY) as sandbox:
        outcome = Command(sandbox.base_url).run(*FEW[:-1], "ap,uk", "--into", str(tmp_path))
    assert outcome.code == 1
    assert "ap 2026-01-01, and later days: " in outcome.err
    assert "29 in all, 1 failed; run it again" in outcome.err
    assert len((tmp_path / "recordings.csv").read_text().splitlines()) == 30
    assert not left.exists()


def test_tables_in_all_forms_hold_the_same(xcaas: Command, tmp_path: Path) -> None:
    assert xcaas.run(*FEW, "--into", str(tmp_path), "--metadata", "jsonl").code == 0
    lines = [json.loads(line) for line in (tmp_path / "recordings.jsonl").read_text().splitlines()]
    outcome = xcaas.run(*FEW, "--into", str(tmp_path), "--metadata", "parquet")
    assert f"Removed {tmp_path / 'recordings.jsonl'}: " in outcome.err
    assert not (tmp_path / "recordings.jsonl").exists()
    table: Any = import_module("pyarrow.parquet").read_table(tmp_path / "recordings.parquet")
    for name, column in {"id": "id", "file": "file", "region": "region", "verified": "verified"}.items():
        assert [line[name] for line in lines] == table.column(column).to_pylist()
    assert all((tmp_path / line["file"]).stat().st_size == line["storedBytes"] for line in lines)


def test_ctrl_c_while_the_service_is_silent(tmp_path: Path) -> None:
    faults = Faults([Fault("/content$", delay=4)])
    with Sandbox(faults=faults, until=JANUARY) as sandbox:
        with Command(sandbox.base_url).start(*FEW, "--into", str(tmp_path)) as process:
            while faults.fired < 8:
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert process.returncode in INTERRUPTED
        assert err == b""
        assert faults.fired == 8
    assert list(content(tmp_path)) == []
