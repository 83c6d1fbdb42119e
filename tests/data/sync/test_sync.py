"""Incremental runs: what came since, each row once, whatever ends a run and wherever."""

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


def calls(state: State, **options: Any) -> Sync:
    return Sync(OPERATION, start=START, every="1h", state=state, over={"pbx_id": [PBX]}, **options)


def stored(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM rows ORDER BY key")]


def whole(client: XCaaS, hours: int) -> list[str]:
    pager = client.work_analytics.call_records.list(
        pbx_id=PBX, start_time=START, end_time=START + hours * HOUR, time_zone="UTC", page_size=7000
    )
    return sorted(call.call_id for call in pager)


class Memory:
    """A sink that remembers the slices that it got."""

    def __init__(self) -> None:
        self.pieces: list[Slice[Any]] = []

    def write(self, piece: Slice[Any], items: Iterable[object]) -> int:
        self.pieces.append(piece)
        return sum(1 for _ in items)


def test_a_run_reads_what_came_since_the_last_one(tmp_path: Path, client: XCaaS) -> None:
    sync, sink = calls(FileState(tmp_path / "state.json")), SQLiteSink(tmp_path / "calls.db")
    assert sync.run(sink, until=START + 2.5 * HOUR, client=client) == SyncReport(2, 2 * 21)
    assert stored(tmp_path / "calls.db") == whole(client, 2)
    assert sync.run(sink, until=START + 2.9 * HOUR, client=client) == SyncReport(0, 0)
    assert sync.run(sink, until=START + 5 * HOUR, client=client) == SyncReport(3, 3 * 21)
    assert stored(tmp_path / "calls.db") == whole(client, 5)
    assert [found.name for found in sorted(tmp_path.iterdir())] == ["calls.db", "state.json"]


def test_what_comes_late_is_found_within_the_overlap(tmp_path: Path, client: XCaaS) -> None:
    sync, sink = calls(FileState(tmp_path / "state.json"), overlap="2h"), Memory()
    sync.run(sink, until=START + 4 * HOUR, client=client)
    first = sink.pieces.copy()
    sync.run(sink, until=START + 5 * HOUR, client=client)
    again = sink.pieces[len(first) :]
    assert [piece.start for piece in again] == [START + 2 * HOUR, START + 3 * HOUR, START + 4 * HOUR]
    assert again[:2] == first[2:]  # the same slices, so that a sink may replace them whole
    progress = FileState(tmp_path / "state.json").get(stream(sync))
    assert progress is not None
    assert progress.until == START + 5 * HOUR


def stream(sync: Sync) -> str:
    from xcaas_data.sync._sync import stream_of

    return stream_of(sync.pending(until=START + 99 * HOUR)[0])


def test_each_region_goes_on_from_where_it_stands(tmp_path: Path, client: XCaaS) -> None:
    state = FileState(tmp_path / "state.json")

    def objects(*regions: str) -> Sync:
        return Sync(client.storage.objects.search, start=START, every="6h", state=state, over={"region": regions})

    sink = Memory()
    objects("uk").run(sink, until=START + 12 * HOUR, client=client)
    objects("uk", "ca").run(sink, until=START + 12 * HOUR, client=client)
    assert [(piece.region, piece.start.hour) for piece in sink.pieces] == [("uk", 0), ("uk", 6), ("ca", 0), ("ca", 6)]


class Ended(BaseException):
    """Stands for what ends a process."""


class Steps:
    """Ends a run at its n-th step: an item, a write that is about to begin or done, a state before and after."""

    def __init__(self, last: int, sink: SQLiteSink, state: FileState) -> None:
        self.left, self.sink, self.state = last, sink, state

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Ended

    def write(self, piece: Slice[Any], items: Iterable[Any]) -> int:
        found = self.sink.write(piece, self.counted(items))
        self.step()
        return found

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for number, item in enumerate(items):
            if not number % 10:
                self.step()
            yield item

    def get(self, stream: str) -> Progress | None:
        return self.state.get(stream)

    def set(self, stream: str, progress: Progress) -> None:
        self.state.set(stream, progress)
        self.step()


def test_a_run_may_end_anywhere(tmp_path: Path, client: XCaaS) -> None:
    hours = 2
    expected = whole(client, hours)
    ended = 0
    for last in range(100):
        folder = tmp_path / str(last)
        folder.mkdir()
        sink, state = SQLiteSink(folder / "rows.db"), FileState(folder / "state.json")
        steps = Steps(last, sink, state)
        try:
            calls(steps).run(steps, until=START + hours * HOUR, client=client)
            break
        except Ended:
            ended += 1
        assert set(stored(folder / "rows.db")) <= set(expected)
        calls(state).run(sink, until=START + hours * HOUR, client=client)
        assert stored(folder / "rows.db") == expected
    assert ended == 1 + hours * 5  # the state that begins; three items that count, a write, a state


CHILD = f"""
import os, signal, sys
from datetime import UTC, datetime
from xcaas_data.sync import FileState, SQLiteSink, Sync

left = int(sys.argv[2])

def step():
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

class Sink(SQLiteSink):
    def _connect(self):
        connection = super()._connect()
        connection.set_trace_callback(lambda sql: step())  # each statement, those that begin and commit among them
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


def test_a_process_that_is_killed_loses_and_doubles_nothing(tmp_path: Path, sandbox: Sandbox, client: XCaaS) -> None:
    ends: list[int] = []
    for left in (12, 24, 25, 26, 10_000):  # in a transaction, at its end, before the state and after it; and not at all
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(tmp_path), str(left)],
            env={**os.environ, **environment(sandbox.base_url)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        ends.append(done.returncode)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
    assert ends[-1] == 0
    assert ends[:-1] == [-signal.SIGKILL] * 4
    assert stored(tmp_path / "rows.db") == whole(client, 3)


def at(hours: int) -> Progress:
    return Progress(START + hours * HOUR, "every hour")


def some_state(kind: str, folder: Path) -> State:
    if kind == "file":
        return FileState(folder / "state.json")
    if kind == "sqlite":
        return SQLiteState(folder / "state.db")
    pytest.importorskip("fsspec")
    return FsspecState(f"memory://{folder.name}/state.json")


@pytest.mark.parametrize("kind", ["file", "sqlite", "fsspec"])
def test_states_keep_times_by_stream(kind: str, tmp_path: Path) -> None:
    state = some_state(kind, tmp_path)
    assert state.get("a") is None
    state.set("a", at(0))
    state.set("b", at(1))
    state.set("a", at(2))
    fresh = some_state(kind, tmp_path)
    assert (fresh.get("a"), fresh.get("b"), fresh.get("c")) == (at(2), at(1), None)


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
def test_a_file_that_holds_something_else_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(StateError, match=r"FileState\('.*state.json'\) does not contain a state"):
        FileState(tmp_path / "state.json").get("a")


def test_a_state_that_cannot_be_written_is_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = FileState(tmp_path / "state.json")
    state.set("a", at(0))

    def full(source: str, target: Path) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(StateError, match=r"FileState\('.*state.json'\) cannot be written: No space left"):
        state.set("a", at(1))
    assert state.get("a") == at(0)
    assert [found.name for found in tmp_path.iterdir()] == ["state.json"]


def test_rows_without_a_key_are_told_apart_by_all_they_have(tmp_path: Path, client: XCaaS) -> None:
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


def test_what_makes_no_sense_is_told(tmp_path: Path) -> None:
    state = FileState(tmp_path / "state.json")
    report = {"report": {"type": "a", "title": "b"}}
    with pytest.raises(SliceError, match="has no key, so its rows could be duplicated"):
        Sync("cc_historical.detailed_reports.create", start=START, every="1d", state=state, arguments=report)
    with pytest.raises(SliceError, match="takes a list, not a str"):
        Sync(OPERATION, start=START, every="1d", state=state, over={"pbx_id": "acme"})
    with pytest.raises(SliceError, match="has no time zone"):
        calls(state).pending(until=datetime(2026, 1, 2))
    assert calls(state).pending(until=START) == []


def test_windows_that_are_not_over_are_not_read(tmp_path: Path, client: XCaaS) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    sync = Sync(
        OPERATION,
        start=now - 2.5 * HOUR,
        every="1h",
        state=FileState(tmp_path / "state.json"),
        over={"pbx_id": [PBX]},
    )
    assert len(sync.pending(until=now + 9 * HOUR)) == len(sync.pending()) == 2
    assert sync.run(Memory(), until=now + 9 * HOUR, client=client).slices == 2


@pytest.mark.parametrize("change", [{"every": "2h"}, {"start": START + HOUR}, {"zone": "Europe/London"}])
def test_other_windows_do_not_go_on_from_a_state(change: dict[str, Any], tmp_path: Path, client: XCaaS) -> None:
    given: dict[str, Any] = {
        "start": START,
        "every": "1h",
        "state": FileState(tmp_path / "state.json"),
        "over": {"pbx_id": [PBX]},
    }
    Sync(OPERATION, **given).run(Memory(), until=START + 2 * HOUR, client=client)
    with pytest.raises(SliceError, match="the state has windows every 1:00:00 from 2026-01-01T00:00:00"):
        Sync(OPERATION, **{**given, **change}).pending(until=START + 9 * HOUR)


def test_regions_are_named_and_accounts_kept_apart(tmp_path: Path) -> None:
    state = FileState(tmp_path / "state.json")
    with pytest.raises(SliceError, match="storage has regions"):
        Sync("storage.objects.search", start=START, every="1d", state=state)
    one, other = (stream(calls(state, credentials=credentials)) for credentials in ("profile:a", "profile:b"))
    assert one != other


def test_one_region_that_fails_does_not_keep_others_from_being_read(tmp_path: Path, client: XCaaS) -> None:
    state, sink = FileState(tmp_path / "state.json"), Memory()
    sync = Sync("storage.objects.search", start=START, every="1h", state=state, over={"region": ["mars", "uk"]})
    with pytest.raises(ConfigurationError, match="mars") as caught:
        sync.run(sink, until=START + 3 * HOUR, client=client)
    assert caught.value.__notes__ == ["3 of 6 slices were read; 1 of 2 streams failed"]
    assert [piece.region for piece in sink.pieces] == ["uk"] * 3
    assert [piece.region for piece in sync.pending(until=START + 3 * HOUR)] == ["mars"] * 3


def test_a_state_that_cannot_be_written_is_told_before_anything_is_read(tmp_path: Path, client: XCaaS) -> None:
    sink = Memory()
    sync = calls(FileState(tmp_path / "missing" / "state.json"))
    with pytest.raises(StateError, match="cannot be written: No such file or directory"):
        sync.run(sink, until=START + 3 * HOUR, client=client)
    assert sink.pieces == []


def test_a_state_stays_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "state.json")
    FileState(tmp_path / "link.json").set("a", at(0))
    assert (tmp_path / "link.json").is_symlink()
    assert FileState(tmp_path / "state.json").get("a") == at(0)


def test_fsspec_is_not_for_local_files(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(ConfigurationError, match="not for local files"):
        FsspecState(f"file://{tmp_path}/state.json")
