"""Output of commands: formats, fields, files, and only data on stdout."""

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
    object_id: str = json.loads(xcaas.out("storage", "objects", "search", "--limit-total", "1"))["id"]
    return object_id


def test_all_formats_contain_the_same_rows(xcaas: Command, tmp_path: Path) -> None:
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


def test_fields_are_written_in_the_given_order(xcaas: Command) -> None:
    assert xcaas.out(*SEARCH, "--fields", "type,id", "-o", "csv").splitlines()[0] == "type,id"
    users = xcaas.out("administration", "users", "list", "--limit-total", "1", "--fields", "basicInfo.userName")
    assert list(json.loads(users)) == ["basicInfo.userName"]
    assert json.loads(users)["basicInfo.userName"]
    outcome = xcaas.run(*SEARCH, "--fields", "createdTme")
    assert (outcome.code, outcome.err) == (0, "No entry has a field createdTme. Did you mean createdTime?\n")


def test_single_results_and_empty_lists(xcaas: Command) -> None:
    object_id = first_id(xcaas)
    assert json.loads(xcaas.out("storage", "objects", "get", object_id))["id"] == object_id
    assert xcaas.out("storage", "objects", "get", object_id, "--fields", "id", "-o", "yaml") == f"id: {object_id}\n"
    assert int(xcaas.out("quality-management", "interactions", "count")) > 0
    assert xcaas.out("storage", "objects", "search", "--where", "type=none", "-o", "json") == "[]\n"
    assert xcaas.out("storage", "objects", "search", "--where", "type=none") == ""


def test_where_matches_fields_and_tags(xcaas: Command) -> None:
    item = json.loads(xcaas.out(*SEARCH[:3], "--limit-total", "1"))
    tag = next(pair for pair in item["tags"] if pair["key"] == "recording_start_time")
    conditions = ("--where", f"recording_start_time={tag['value']}", "--where", "created_time>=2026-01-01")
    assert item in map(json.loads, xcaas.out(*SEARCH[:3], *conditions).splitlines())
    assert xcaas.out(*SEARCH[:3], "--where", "_none=1") == ""
    outcome = xcaas.run(*SEARCH[:3], "--where", "typ=callrecording")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "--where typ: entries have no field of this name, but may have a tag. Did you mean type?\n"


def test_raw_writes_the_response_unchanged(xcaas: Command) -> None:
    page = json.loads(xcaas.out("storage", "objects", "search", "--limit", "2", "--limit-total", "2", "--raw"))
    assert {"content", "lastPage"} <= set(page)
    assert json.loads(xcaas.out("storage", "regions", "list", "--raw"))


def test_downloads_are_written_to_a_file_or_stdout(xcaas: Command, tmp_path: Path) -> None:
    object_id = first_id(xcaas)
    checksum = json.loads(xcaas.out("storage", "objects", "get", object_id))["checksum"]
    with xcaas.start("storage", "objects", "download", object_id) as process:
        content, _ = process.communicate(timeout=60)
    assert (process.returncode, md5(content).hexdigest()) == (0, checksum)
    outcome = xcaas.run("storage", "objects", "download", object_id, "--into", str(tmp_path / "call.mp3"))
    assert (outcome.code, outcome.out, outcome.err) == (0, "", f"Saved {tmp_path / 'call.mp3'}\n")
    assert (tmp_path / "call.mp3").read_bytes() == content


def test_jobs_are_followed_until_they_end(xcaas: Command, tmp_path: Path) -> None:
    archive = tmp_path / "calls.zip"
    job = ("storage", "bulk-downloads", "download", "--object-ids", first_id(xcaas), "--into", str(archive))
    assert xcaas.run(*job).code == 0
    assert archive.read_bytes().startswith(b"PK")


def test_events_are_written_as_they_happen(xcaas: Command) -> None:
    xcaas.settings["XCAAS_CLUSTER"] = "na12"
    new_event = Request(f"{xcaas.base_url}/_sandbox/events?count=1", method="POST")
    with xcaas.start("events", "read", "all", "--limit-total", "2") as process:
        for _ in range(100):  # a new reader receives only later events
            urlopen(new_event, timeout=10).close()
            try:
                process.wait(0.1)
                break
            except subprocess.TimeoutExpired:
                pass
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, b"")
    assert [set(json.loads(line)) >= {"id", "payload"} for line in out.splitlines()] == [True, True]


def test_failed_calls_leave_no_file(xcaas: Command, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    outcome = xcaas.run("storage", "objects", "search", "--filter", "no filter", "--into", str(file))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("xcaas: GET http://127.0.0.1")
    assert outcome.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX pipes")
def test_pipes_are_rejected_as_targets(xcaas: Command, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    outcome = xcaas.run(*SEARCH, "--into", str(pipe))
    assert outcome.code == 2
    assert "a pipe or a device" in outcome.err
    assert pipe.is_fifo()


def test_parquet_without_pyarrow_is_a_usage_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("xcaas_cli.output._sink.find_spec", not_installed)
    outcome = Command("http://127.0.0.1:9").run(*SEARCH, "--into", str(tmp_path / "rows.parquet"))
    assert outcome.code == 2
    assert "pip install 'xcaas[arrow]'" in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_full_disks_leave_the_old_file(xcaas: Command, tmp_path: Path, suffix: str) -> None:
    import resource

    file = tmp_path / f"rows.{suffix}"
    file.write_text("before", "utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        outcome = xcaas.run(*SEARCH, "--into", str(file))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (outcome.code, outcome.err) == (1, f"xcaas: {file}: File too large\n")
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_text("utf-8") == "before"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    ("streams", "code", "message"),
    [
        (">&-", 1, "xcaas: stdout is closed\n"),
        ("2>&- <&-", 0, ""),
        ("-o table | head -n 0; exit ${PIPESTATUS[0]}", 0, ""),
    ],
)
def test_closed_standard_streams_are_handled(xcaas: Command, streams: str, code: int, message: str) -> None:
    process = subprocess.run(
        ["bash", "-c", f'"$0" -m xcaas_cli storage regions list {streams}', sys.executable],
        env=xcaas.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (process.returncode, process.stderr) == (code, message)


def test_tables_can_be_written_to_files(xcaas: Command, tmp_path: Path) -> None:
    file = tmp_path / "rows.txt"
    xcaas.run(*SEARCH, "-o", "table", "--into", str(file))
    assert file.read_text("utf-8").startswith("id  ")


def test_fields_select_nested_values(xcaas: Command) -> None:
    users = xcaas.run("administration", "users", "list", "--limit-total", "1", "-o", "table")
    assert users.out.startswith("basicInfo.userId  ")
    tags = json.loads(xcaas.out(*SEARCH[:3], "--limit-total", "1"))["tags"]
    output = xcaas.out(*SEARCH[:3], "--limit-total", "1", "--fields", f"tags.{tags[0]['key']}")
    assert list(json.loads(output).values()) == [tags[0]["value"]]
    licenses = "serviceInfo.licenses.name"
    output = xcaas.out("administration", "users", "list", "--limit-total", "1", "--fields", licenses)
    assert all(isinstance(name, str) for name in json.loads(output)[licenses])


@pytest.mark.parametrize("text", ["a: [1", "&a [*a]", "a: !!binary aGVsbG8=", "? [x]\n: 1"])
def test_invalid_bodies_are_usage_errors(xcaas: Command, text: str) -> None:
    outcome = xcaas.run("contacts", "contacts", "create", "--body", "-", stdin=text)
    assert outcome.code == 2
    assert "stdin is neither JSON nor YAML" in outcome.err
    assert "Traceback" not in outcome.err


def test_failed_jobs_are_named(xcaas: Command) -> None:
    outcome = xcaas.run("storage", "bulk-downloads", "download", "--object-ids", "none", "--into", "unused.zip")
    assert outcome.code == 1
    assert re.match(r"The id of the job is (\S+)\.\nxcaas: job \1 ended as FAILED", outcome.err)


def test_missing_folders_are_usage_errors(xcaas: Command, tmp_path: Path) -> None:
    outcome = xcaas.run(*SEARCH, "--into", str(tmp_path / "none" / "rows.csv"))
    assert outcome.code == 2
    assert "does not exist" in outcome.err
    assert "Traceback" not in outcome.err


def test_error_messages_have_the_request_id(xcaas: Command) -> None:
    outcome = xcaas.run("administration", "users", "get", "nobody")
    assert outcome.code == 1
    assert "request id" in outcome.err


def test_unreachable_servers_and_wrong_secrets_are_errors(xcaas: Command) -> None:
    outcome = Command("http://127.0.0.1:9").run("administration", "sites", "list", "--timeout", "1")
    assert outcome.code == 1
    assert "no connection could be made" in outcome.err
    xcaas.settings["XCAAS_CLIENT_SECRET"] = "wrong"
    outcome = xcaas.run(*SEARCH)
    assert outcome.code == 1
    assert "invalid_client" in outcome.err
    assert "wrong" not in outcome.err


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and pipes")
def test_ctrl_c_leaves_complete_lines(xcaas: Command) -> None:
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
        for _ in range(200):  # until the file is being written
            if list(tmp_path.iterdir()) or process.poll() is not None:
                break
            sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20) == (b"", b"")
    assert process.returncode in INTERRUPTED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and pipes")
def test_closed_pipes_are_no_error(xcaas: Command) -> None:
    with xcaas.start("storage", "objects", "search", "--limit-total", "2000") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.wait(60)
    assert (process.returncode, err) == (0, b"")


def run_in_terminal(xcaas: Command, *arguments: str, stream: str) -> tuple[str, str]:
    """Run a command with a terminal of 80 columns as `stream` ("stdout" or "stderr"). Return the text of both streams."""
    terminal, child_terminal = pty.openpty()
    try:
        process = subprocess.run(
            [sys.executable, "-m", "xcaas_cli", *arguments],
            env={**xcaas.environment(), "TERM": "xterm", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=child_terminal if stream == "stdout" else subprocess.PIPE,
            stderr=child_terminal if stream == "stderr" else subprocess.PIPE,
            timeout=60,
            check=True,
        )
    finally:
        os.close(child_terminal)
    return _read(terminal), (process.stderr if stream == "stdout" else process.stdout).decode()


def _read(terminal: int) -> str:
    output = b""
    try:
        while chunk := os.read(terminal, 65536):
            output += chunk
    except OSError:  # raised when the process has ended
        pass
    finally:
        os.close(terminal)
    return re.sub(r"\x1b\[\d*m", "", output.decode())


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
def test_tables_fit_the_terminal(xcaas: Command) -> None:
    output = xcaas.run(*SEARCH, "-o", "table").out
    lines = output.splitlines()
    assert len(lines) == 4
    assert max(map(len, lines)) <= 80
    assert "createdTime" not in output
    output, _ = run_in_terminal(xcaas, *SEARCH, "--fields", "id,createdTime,objectName,tags", stream="stdout")
    assert "2026-01-01T00:00:00  " in output
    assert max(map(len, output.splitlines())) <= 80


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")
def test_progress_is_on_stderr_and_data_is_not(xcaas: Command) -> None:
    progress, data = run_in_terminal(xcaas, *SEARCH, stream="stderr")
    assert len([json.loads(line) for line in data.splitlines()]) == 3
    assert "entries" in progress
    assert "us-west" not in progress
