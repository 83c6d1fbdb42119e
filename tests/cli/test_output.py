"""What commands write: forms, fields, files, and nothing but data on stdout."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
from hashlib import md5
from importlib import import_module
from pathlib import Path
from time import sleep
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.cli.running import INTERRUPTED, Command, not_installed

SEARCH = ("storage", "objects", "search", "--limit-total", "3")


def first_id(xcaas: Command) -> str:
    found: str = json.loads(xcaas.out("storage", "objects", "search", "--limit-total", "1"))["id"]
    return found


def test_forms_of_a_list_hold_the_same(xcaas: Command, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in xcaas.out(*SEARCH).splitlines()]
    assert len(lines) == 3
    assert json.loads(xcaas.out(*SEARCH, "-o", "json")) == lines
    assert yaml.safe_load(xcaas.out(*SEARCH, "-o", "yaml")) == lines
    rows = list(csv.DictReader(io.StringIO(xcaas.out(*SEARCH, "-o", "csv"))))
    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    assert [json.loads(row["tags"]) for row in rows] == [line["tags"] for line in lines]
    file = tmp_path / "rows.parquet"
    assert xcaas.out(*SEARCH, "--into", str(file)) == ""
    table: Any = import_module("pyarrow.parquet").read_table(file)
    assert table.column("id").to_pylist() == [line["id"] for line in lines]


def test_fields_in_the_order_that_was_asked_for(xcaas: Command) -> None:
    assert xcaas.out(*SEARCH, "--fields", "type,id", "-o", "csv").splitlines()[0] == "type,id"
    users = xcaas.out("administration", "users", "list", "--limit-total", "1", "--fields", "basicInfo.userName")
    assert list(json.loads(users)) == ["basicInfo.userName"]
    assert json.loads(users)["basicInfo.userName"]
    outcome = xcaas.run(*SEARCH, "--fields", "createdTme")
    assert (outcome.code, outcome.err) == (0, "No entry has a field createdTme. Did you mean createdTime?\n")


def test_one_thing_and_nothing(xcaas: Command) -> None:
    found = first_id(xcaas)
    assert json.loads(xcaas.out("storage", "objects", "get", found))["id"] == found
    assert xcaas.out("storage", "objects", "get", found, "--fields", "id", "-o", "yaml") == f"id: {found}\n"
    assert int(xcaas.out("quality-management", "interactions", "count")) > 0
    assert xcaas.out("storage", "objects", "search", "--where", "type=none", "-o", "json") == "[]\n"
    assert xcaas.out("storage", "objects", "search", "--where", "type=none") == ""


def test_conditions_name_fields_and_tags(xcaas: Command) -> None:
    found = json.loads(xcaas.out(*SEARCH[:3], "--limit-total", "1"))
    tag = next(pair for pair in found["tags"] if pair["key"] == "recording_start_time")
    wanted = ("--where", f"recording_start_time={tag['value']}", "--where", "created_time>=2026-01-01")
    assert found in map(json.loads, xcaas.out(*SEARCH[:3], *wanted).splitlines())
    assert xcaas.out(*SEARCH[:3], "--where", "_none=1") == ""
    outcome = xcaas.run(*SEARCH[:3], "--where", "typ=callrecording")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "--where typ: entries have no field of this name, but may have a tag. Did you mean type?\n"


def test_raw_is_what_the_service_sent(xcaas: Command) -> None:
    page = json.loads(xcaas.out("storage", "objects", "search", "--limit", "2", "--limit-total", "2", "--raw"))
    assert {"content", "lastPage"} <= set(page)
    assert json.loads(xcaas.out("storage", "regions", "list", "--raw"))


def test_files_go_to_a_file_or_a_pipe(xcaas: Command, tmp_path: Path) -> None:
    found = first_id(xcaas)
    checksum = json.loads(xcaas.out("storage", "objects", "get", found))["checksum"]
    with xcaas.start("storage", "objects", "download", found) as process:
        content, _ = process.communicate(timeout=60)
    assert (process.returncode, md5(content).hexdigest()) == (0, checksum)
    outcome = xcaas.run("storage", "objects", "download", found, "--into", str(tmp_path / "call.mp3"))
    assert (outcome.code, outcome.out, outcome.err) == (0, "", f"Saved {tmp_path / 'call.mp3'}\n")
    assert (tmp_path / "call.mp3").read_bytes() == content


def test_a_job_is_followed_to_its_end(xcaas: Command, tmp_path: Path) -> None:
    archive = tmp_path / "calls.zip"
    job = ("storage", "bulk-downloads", "download", "--object-ids", first_id(xcaas), "--into", str(archive))
    assert xcaas.run(*job).code == 0
    assert archive.read_bytes().startswith(b"PK")


def test_events_come_as_they_happen(xcaas: Command) -> None:
    xcaas.settings["XCAAS_CLUSTER"] = "na12"
    more = Request(f"{xcaas.base_url}/_sandbox/events?count=1", method="POST")
    with xcaas.start("events", "read", "all", "--limit-total", "2") as process:
        for _ in range(100):  # a reader begins with what happens after it came
            urlopen(more, timeout=10).close()
            try:
                process.wait(0.1)
                break
            except subprocess.TimeoutExpired:
                pass
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, b"")
    assert [set(json.loads(line)) >= {"id", "payload"} for line in out.splitlines()] == [True, True]


def test_a_failed_call_leaves_no_file(xcaas: Command, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    outcome = xcaas.run("storage", "objects", "search", "--filter", "no filter", "--into", str(file))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("xcaas: GET http://127.0.0.1")
    assert outcome.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX pipes")
def test_what_is_no_file_is_not_replaced(xcaas: Command, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    outcome = xcaas.run(*SEARCH, "--into", str(pipe))
    assert outcome.code == 2
    assert "a pipe or a device" in outcome.err
    assert pipe.is_fifo()


def test_parquet_without_pyarrow_is_told_before_the_call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("xcaas_cli.output._sink.find_spec", not_installed)
    outcome = Command("http://127.0.0.1:9").run(*SEARCH, "--into", str(tmp_path / "rows.parquet"))
    assert outcome.code == 2
    assert "pip install 'xcaas[arrow]'" in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_full_disk_leaves_what_was_there(xcaas: Command, tmp_path: Path, form: str) -> None:
    import resource

    file = tmp_path / f"rows.{form}"
    file.write_text("before", "utf-8")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        outcome = xcaas.run(*SEARCH, "--into", str(file))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (outcome.code, outcome.err) == (1, f"xcaas: {file}: File too large\n")
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_text("utf-8") == "before"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    ("streams", "code", "said"),
    [
        (">&-", 1, "xcaas: stdout is closed\n"),
        ("2>&- <&-", 0, ""),
        ("-o table | head -n 0; exit ${PIPESTATUS[0]}", 0, ""),
    ],
)
def test_streams_that_are_closed(xcaas: Command, streams: str, code: int, said: str) -> None:
    process = subprocess.run(
        ["bash", "-c", f'"$0" -m xcaas_cli storage regions list {streams}', sys.executable],
        env=xcaas.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (process.returncode, process.stderr) == (code, said)


def test_tables_go_to_files_too(xcaas: Command, tmp_path: Path) -> None:
    file = tmp_path / "rows.txt"
    xcaas.run(*SEARCH, "-o", "table", "--into", str(file))
    assert file.read_text("utf-8").startswith("id  ")


def test_fields_inside_objects_and_lists(xcaas: Command) -> None:
    users = xcaas.run("administration", "users", "list", "--limit-total", "1", "-o", "table")
    assert users.out.startswith("basicInfo.userId  ")
    tags = json.loads(xcaas.out(*SEARCH[:3], "--limit-total", "1"))["tags"]
    found = xcaas.out(*SEARCH[:3], "--limit-total", "1", "--fields", f"tags.{tags[0]['key']}")
    assert list(json.loads(found).values()) == [tags[0]["value"]]
    licenses = "serviceInfo.licenses.name"
    found = xcaas.out("administration", "users", "list", "--limit-total", "1", "--fields", licenses)
    assert all(isinstance(name, str) for name in json.loads(found)[licenses])


@pytest.mark.parametrize("text", ["a: [1", "&a [*a]", "a: !!binary aGVsbG8=", "? [x]\n: 1"])
def test_bodies_that_are_neither_json_nor_yaml(xcaas: Command, text: str) -> None:
    outcome = xcaas.run("contacts", "contacts", "create", "--body", "-", given=text)
    assert outcome.code == 2
    assert "stdin is neither JSON nor YAML" in outcome.err
    assert "Traceback" not in outcome.err


def test_a_job_that_fails_is_named(xcaas: Command) -> None:
    outcome = xcaas.run("storage", "bulk-downloads", "download", "--object-ids", "none", "--into", "unused.zip")
    assert outcome.code == 1
    assert re.match(r"The id of the job is (\S+)\.\nxcaas: job \1 ended as FAILED", outcome.err)


def test_a_folder_that_is_not_there(xcaas: Command, tmp_path: Path) -> None:
    outcome = xcaas.run(*SEARCH, "--into", str(tmp_path / "none" / "rows.csv"))
    assert outcome.code == 2
    assert "does not exist" in outcome.err
    assert "Traceback" not in outcome.err


def test_the_message_has_the_request_id(xcaas: Command) -> None:
    outcome = xcaas.run("administration", "users", "get", "nobody")
    assert outcome.code == 1
    assert "request id" in outcome.err


def test_a_server_that_is_down_and_a_key_that_is_wrong(xcaas: Command) -> None:
    outcome = Command("http://127.0.0.1:9").run("administration", "sites", "list", "--timeout", "1")
    assert outcome.code == 1
    assert "no connection could be made" in outcome.err
    xcaas.settings["XCAAS_CLIENT_SECRET"] = "wrong"
    outcome = xcaas.run(*SEARCH)
    assert outcome.code == 1
    assert "invalid_client" in outcome.err
    assert "wrong" not in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and pipes")
def test_ctrl_c_ends_at_once_with_whole_lines(xcaas: Command) -> None:
    with xcaas.start("storage", "objects", "search", "--limit", "1") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode in INTERRUPTED
    assert b"Traceback" not in err
    assert not out or out.endswith(b"\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and pipes")
def test_ctrl_c_leaves_no_file(xcaas: Command, tmp_path: Path) -> None:
    with xcaas.start("storage", "objects", "search", "--limit", "1", "--into", str(tmp_path / "rows.csv")) as process:
        for _ in range(200):  # until it is at work
            if list(tmp_path.iterdir()) or process.poll() is not None:
                break
            sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20) == (b"", b"")
    assert process.returncode in INTERRUPTED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and pipes")
def test_a_pipe_that_is_closed_is_no_error(xcaas: Command) -> None:
    with xcaas.start("storage", "objects", "search", "--limit-total", "2000") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.wait(60)
    assert (process.returncode, err) == (0, b"")


def in_a_terminal(xcaas: Command, *arguments: str, shown: str) -> tuple[str, str]:
    """Return what a command shows on a terminal of 80 columns, which stands behind stdout or stderr, and the other stream."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.run(
            [sys.executable, "-m", "xcaas_cli", *arguments],
            env={**xcaas.environment(), "TERM": "xterm", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=theirs if shown == "stdout" else subprocess.PIPE,
            stderr=theirs if shown == "stderr" else subprocess.PIPE,
            timeout=60,
            check=True,
        )
    finally:
        os.close(theirs)
    return _read(ours), (process.stderr if shown == "stdout" else process.stdout).decode()


def _read(terminal: int) -> str:
    shown = b""
    try:
        while piece := os.read(terminal, 65536):
            shown += piece
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(terminal)
    return re.sub(r"\x1b\[\d*m", "", shown.decode())


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
def test_tables_fit_the_terminal(xcaas: Command) -> None:
    shown = xcaas.run(*SEARCH, "-o", "table").out
    lines = shown.splitlines()
    assert len(lines) == 4
    assert max(map(len, lines)) <= 80
    assert "createdTime" not in shown
    shown, _ = in_a_terminal(xcaas, *SEARCH, "--fields", "id,createdTime,objectName,tags", shown="stdout")
    assert "2026-01-01T00:00:00  " in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
def test_progress_is_on_stderr_and_data_is_not(xcaas: Command) -> None:
    shown, data = in_a_terminal(xcaas, *SEARCH, shown="stderr")
    assert len([json.loads(line) for line in data.splitlines()]) == 3
    assert "entries" in shown
    assert "us-west" not in shown
