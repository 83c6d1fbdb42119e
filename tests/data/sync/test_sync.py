"""Incremental runs: new rows without duplicates or losses, even if runs are interrupted."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xcaas import ConfigurationError, XCaaS
from xcaas_data.slices import Slice, SliceError
from xcaas_data.sync import (
    FileState,
    FsspecState,
    Progress,
    SQLiteSink,
    SQLiteState,
    State,
    StateError,
    Sync,
    SyncReport,
)
from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PBX = "acme-480-a-day"
OPERATION = "work_analytics.call_records.list"


def calls_sync(state: State, **options: Any) -> Sync:
    return Sync(OPERATION, start=START, every="1h", state=state, over={"pbx_id": [PBX]}, **options)


def stored_keys(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM rows ORDER BY key")]


def call_ids(client: XCaaS, hours: int) -> list[str]:
    pager = client.work_analytics.call_records.list(
        pbx_id=PBX, start_time=START, end_time=START + hours * HOUR, time_zone="UTC", page_size=7000
    )
    return sorted(call.call_id for call in pager)


class MemorySink:
    """A sink that records the slices written to it."""

    def __init__(self) -> None:
        self.pieces: list[Slice[Any]] = []

    def write(self, piece: Slice[Any], items: Iterable[object]) -> int:
        self.pieces.append(piece)
        return sum(1 for _ in items)


def test_a_run_reads_what_is_new_since_the_last_one(tmp_path: Path, client: XCaaS) -> None:
    sync, sink = calls_sync(FileState(tmp_path / "state.json")), SQLiteSink(tmp_path / "calls.db")
    assert sync.run(sink, until=START + 2.5 * HOUR, client=client) == SyncReport(2, 2 * 21)
    assert stored_keys(tmp_path / "calls.db") == call_ids(client, 2)
    assert sync.run(sink, until=START + 2.9 * HOUR, client=client) == SyncReport(0, 0)
    assert sync.run(sink, until=START + 5 * HOUR, client=client) == SyncReport(3, 3 * 21)
    assert stored_keys(tmp_path / "calls.db") == call_ids(client, 5)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["calls.db", "state.json"]


def test_windows_within_the_overlap_are_read_again(tmp_path: Path, client: XCaaS) -> None:
    sync, sink = calls_sync(FileState(tmp_path / "state.json"), overlap="2h"), MemorySink()
    sync.run(sink, until=START + 4 * HOUR, client=client)
    first = sink.pieces.copy()
    sync.run(sink, until=START + 5 * HOUR, client=client)
    again = sink.pieces[len(first) :]
    assert [piece.start for piece in again] == [START + 2 * HOUR, START + 3 * HOUR, START + 4 * HOUR]
    assert again[:2] == first[2:]  # equal slices, so that a sink can replace all of their rows
    progress = FileState(tmp_path / "state.json").get(stream_name(sync))
    assert progress is not None
    assert progress.until == START + 5 * HOUR


def stream_name(sync: Sync) -> str:
    from xcaas_data.sync._sync import stream_of

    return stream_of(sync.pending(until=START + 99 * HOUR)[0])


def test_each_region_continues_from_its_own_position(tmp_path: Path, client: XCaaS) -> None:
    state = FileState(tmp_path / "state.json")

    def objects(*regions: str) -> Sync:
        return Sync(client.storage.objects.search, start=START, every="6h", state=state, over={"region": regions})

    sink = MemorySink()
    objects("uk").run(sink, until=START + 12 * HOUR, client=client)
    objects("uk", "ca").run(sink, until=START + 12 * HOUR, client=client)
    assert [(piece.region, piece.start.hour) for piece in sink.pieces] == [("uk", 0), ("uk", 6), ("ca", 0), ("ca", 6)]


class Interrupted(BaseException):
    """Simulates the end of a process."""


class InterruptingStore:
    """A sink and state that interrupt a run after `steps` steps. A step is every tenth item, a write, or a change of the state."""

    def __init__(self, steps: int, sink: SQLiteSink, state: FileState) -> None:
        self.remaining_steps, self.sink, self.state = steps, sink, state

    def step(self) -> None:
        self.remaining_steps -= 1
        if self.remaining_steps < 0:
            raise Interrupted

    def write(self, piece: Slice[Any], items: Iterable[Any]) -> int:
        row_count = self.sink.write(piece, self.count_items(items))
        self.step()
        return row_count

    def count_items(self, items: Iterable[Any]) -> Iterator[Any]:
        for number, item in enumerate(items):
            if not number % 10:
                self.step()
            yield item

    def get(self, stream: str) -> Progress | None:
        return self.state.get(stream)

    def set(self, stream: str, progress: Progress) -> None:
        self.state.set(stream, progress)
        self.step()


def test_interrupted_runs_lose_and_duplicate_nothing(tmp_path: Path, client: XCaaS) -> None:
    hours = 2
    expected = call_ids(client, hours)
    interrupted = 0
    for last in range(100):
        folder = tmp_path / str(last)
        folder.mkdir()
        sink, state = SQLiteSink(folder / "rows.db"), FileState(folder / "state.json")
        store = InterruptingStore(last, sink, state)
        try:
            calls_sync(store).run(store, until=START + hours * HOUR, client=client)
            break
        except Interrupted:
            interrupted += 1
        assert set(stored_keys(folder / "rows.db")) <= set(expected)
        calls_sync(state).run(sink, until=START + hours * HOUR, client=client)
        assert stored_keys(folder / "rows.db") == expected
    assert interrupted == 1 + hours * 5  # the initial state; per hour three items, a write and a state


CHILD = f"""
import os, signal, sys
from datetime import UTC, datetime
from xcaas_data.sync import FileState, SQLiteSink, Sync

remaining_steps = int(sys.argv[2])

def step():
    global remaining_steps
    remaining_steps -= 1
    if not remaining_steps:
        os.kill(os.getpid(), signal.SIGKILL)

class Sink(SQLiteSink):
    def _connect(self):
        connection = super()._connect()
        connection.set_trace_callback(lambda sql: step())  # every statement, including BEGIN and COMMIT
        return connection

class State(FileState):
    def set(self, stream, progress):
        step()
        super().set(stream, progress)
        step()

sink = Sink(sys.argv[1] + "/rows.db")
sync = Sync({OPERATION!r}, start=datetime(2026, 1, 1, tzinfo=UTC), every="1h", state=State(sys.argv[1] + "/state.json"),
            over={{"pbx_id": [{PBX!r}]}})
sync.run(sink, until=datetime(2026, 1, 1, 3, tzinfo=UTC))
print("done")
"""


def test_killed_processes_lose_and_duplicate_nothing(tmp_path: Path, sandbox: Sandbox, client: XCaaS) -> None:
    exit_codes: list[int] = []
    for steps in (12, 24, 25, 26, 10_000):  # in a transaction, at its end, before and after the state is written; never
        completed = subprocess.run(
            [sys.executable, "-c", CHILD, str(tmp_path), str(steps)],
            env={**os.environ, **environment(sandbox.base_url)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        exit_codes.append(completed.returncode)
        assert completed.returncode in (0, -signal.SIGKILL), completed.stderr
    assert exit_codes[-1] == 0
    assert exit_codes[:-1] == [-signal.SIGKILL] * 4
    assert stored_keys(tmp_path / "rows.db") == call_ids(client, 3)


def progress_at(hours: int) -> Progress:
    return Progress(START + hours * HOUR, "every hour")


def make_state(kind: str, folder: Path) -> State:
    if kind == "file":
        return FileState(folder / "state.json")
    if kind == "sqlite":
        return SQLiteState(folder / "state.db")
    pytest.importorskip("fsspec")
    return FsspecState(f"memory://{folder.name}/state.json")


@pytest.mark.parametrize("kind", ["file", "sqlite", "fsspec"])
def test_states_store_progress_by_stream(kind: str, tmp_path: Path) -> None:
    state = make_state(kind, tmp_path)
    assert state.get("a") is None
    state.set("a", progress_at(0))
    state.set("b", progress_at(1))
    state.set("a", progress_at(2))
    reopened = make_state(kind, tmp_path)
    assert (reopened.get("a"), reopened.get("b"), reopened.get("c")) == (progress_at(2), progress_at(1), None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        '{"a": 5}',
        '{"a": "soon"}',
        "null",
        '{"a": {"until": "soon", "grid": ""}}',
        '{"a": {"until": "2026-01-01", "grid": ""}}',
    ],
)
def test_invalid_state_files_raise(text: str, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(StateError, match=r"FileState\('.*state.json'\) does not contain a state"):
        FileState(tmp_path / "state.json").get("a")


def test_failed_writes_leave_the_state_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = FileState(tmp_path / "state.json")
    state.set("a", progress_at(0))

    def fail(source: str, target: Path) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(StateError, match=r"FileState\('.*state.json'\) cannot be written: No space left"):
        state.set("a", progress_at(1))
    assert state.get("a") == progress_at(0)
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_rows_without_a_key_are_identified_by_their_content(tmp_path: Path, client: XCaaS) -> None:
    sink = SQLiteSink(tmp_path / "rows.db")
    sync = Sync(
        client.audit_records.audits.list,
        start=START,
        every="31d",
        state=FileState(tmp_path / "state.json"),
        arguments={"service": "platform"},
    )
    [piece] = (
        sync.pending(until=START + timedelta(days=29, hours=23)) or sync.pending(until=START + timedelta(days=40))[:1]
    )
    records = [record.evolve(id=None) for record in piece.items(client)]
    assert sink.write(piece, records) == sink.write(piece, records) == len(records)
    with closing(sqlite3.connect(tmp_path / "rows.db")) as connection:
        rows = connection.execute("SELECT row FROM rows").fetchall()
    assert len(rows) == len(records)
    assert "auditTimestamp" in json.loads(rows[0][0])


def test_invalid_arguments_raise(tmp_path: Path) -> None:
    state = FileState(tmp_path / "state.json")
    report = {"report": {"type": "a", "title": "b"}}
    with pytest.raises(SliceError, match="has no key, so its rows could be duplicated"):
        Sync("cc_historical.detailed_reports.create", start=START, every="1d", state=state, arguments=report)
    with pytest.raises(SliceError, match="takes a list, not a str"):
        Sync(OPERATION, start=START, every="1d", state=state, over={"pbx_id": "acme"})
    with pytest.raises(SliceError, match="has no time zone"):
        calls_sync(state).pending(until=datetime(2026, 1, 2))
    assert calls_sync(state).pending(until=START) == []


def test_windows_that_have_not_ended_are_not_read(tmp_path: Path, client: XCaaS) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    sync = Sync(
        OPERATION,
        start=now - 2.5 * HOUR,
        every="1h",
        state=FileState(tmp_path / "state.json"),
        over={"pbx_id": [PBX]},
    )
    assert len(sync.pending(until=now + 9 * HOUR)) == len(sync.pending()) == 2
    assert sync.run(MemorySink(), until=now + 9 * HOUR, client=client).slices == 2


@pytest.mark.parametrize("change", [{"every": "2h"}, {"start": START + HOUR}, {"zone": "Europe/London"}])
def test_changed_windows_do_not_continue_from_a_state(change: dict[str, Any], tmp_path: Path, client: XCaaS) -> None:
    options: dict[str, Any] = {
        "start": START,
        "every": "1h",
        "state": FileState(tmp_path / "state.json"),
        "over": {"pbx_id": [PBX]},
    }
    Sync(OPERATION, **options).run(MemorySink(), until=START + 2 * HOUR, client=client)
    with pytest.raises(SliceError, match="the state has windows every 1:00:00 from 2026-01-01T00:00:00"):
        Sync(OPERATION, **{**options, **change}).pending(until=START + 9 * HOUR)


def test_regions_are_required_and_accounts_have_separate_streams(tmp_path: Path) -> None:
    state = FileState(tmp_path / "state.json")
    with pytest.raises(SliceError, match="storage has regions"):
        Sync("storage.objects.search", start=START, every="1d", state=state)
    first, second = (
        stream_name(calls_sync(state, credentials=credentials)) for credentials in ("profile:a", "profile:b")
    )
    assert first != second


def test_other_regions_are_read_if_one_fails(tmp_path: Path, client: XCaaS) -> None:
    state, sink = FileState(tmp_path / "state.json"), MemorySink()
    sync = Sync("storage.objects.search", start=START, every="1h", state=state, over={"region": ["mars", "uk"]})
    with pytest.raises(ConfigurationError, match="mars") as caught:
        sync.run(sink, until=START + 3 * HOUR, client=client)
    assert caught.value.__notes__ == ["3 of 6 slices were read; 1 of 2 streams failed"]
    assert [piece.region for piece in sink.pieces] == ["uk"] * 3
    assert [piece.region for piece in sync.pending(until=START + 3 * HOUR)] == ["mars"] * 3


def test_unwritable_states_raise_before_anything_is_read(tmp_path: Path, client: XCaaS) -> None:
    sink = MemorySink()
    sync = calls_sync(FileState(tmp_path / "missing" / "state.json"))
    with pytest.raises(StateError, match="cannot be written: No such file or directory"):
        sync.run(sink, until=START + 3 * HOUR, client=client)
    assert sink.pieces == []


def test_file_states_follow_symbolic_links(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "state.json")
    FileState(tmp_path / "link.json").set("a", progress_at(0))
    assert (tmp_path / "link.json").is_symlink()
    assert FileState(tmp_path / "state.json").get("a") == progress_at(0)


def test_fsspec_states_reject_local_files(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(ConfigurationError, match="not for local files"):
        FsspecState(f"file://{tmp_path}/state.json")
