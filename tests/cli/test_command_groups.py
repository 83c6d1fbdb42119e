"""Commands that make several calls: calls, reports, queues, events."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import INTERRUPTED, Command
from xcaas_sandbox import Fault, Faults, Sandbox

CALLS = ("calls", "export", "--pbx", "acme-300-a-day", "--since", "2026-01-01")
SUMMARY = ("reports", "run", "queue-interactions-summary", "--since", "7d")


class TestCalls:
    def test_export_adds_new_calls_without_duplicates(self, xcaas: Command, sandbox: Sandbox, tmp_path: Path) -> None:
        file = tmp_path / "calls.parquet"
        assert re.search(r"30\d new, 30\d in all", xcaas.run(*CALLS, "--until", "2026-01-02", "--into", str(file)).err)
        before = sandbox.state.credentials.stats.calls
        assert "calls.parquet: 0 new, 30" in xcaas.run(*CALLS, "--until", "2026-01-02", "--into", str(file)).err
        assert sandbox.state.credentials.stats.calls == before
        assert re.search(r"\d new, 60\d in all", xcaas.run(*CALLS, "--until", "2026-01-03", "--into", str(file)).err)
        table: Any = import_module("pyarrow.parquet").read_table(file)
        ids: list[str] = table.column("call_id").to_pylist()
        assert 600 <= len(ids) == len(set(ids))
        starts: list[Any] = table.column("start_time_utc").to_pylist()
        assert starts == sorted(starts)

    def test_export_format_follows_the_file_name(self, xcaas: Command, tmp_path: Path) -> None:
        period = ("--until", "2026-01-01T06:00")
        assert xcaas.run(*CALLS, *period, "--into", str(tmp_path / "a.csv")).code == 0
        assert xcaas.run(*CALLS, *period, "--into", str(tmp_path / "a.jsonl")).code == 0
        with open(tmp_path / "a.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
        assert [row["callId"] for row in rows] == [line["callId"] for line in lines] != []
        outcome = xcaas.run(*CALLS, "--into", str(tmp_path / "a.xml"))
        assert (outcome.code, ".parquet, .csv or .jsonl" in outcome.err) == (2, True)
        outcome = xcaas.run(*CALLS, "--into", str(tmp_path / "no" / "a.csv"))
        assert (outcome.code, "does not exist. Create it first." in outcome.err) == (2, True)
        assert not (tmp_path / "no").exists()


class TestReports:
    def test_rows_have_one_field_per_column(self, xcaas: Command) -> None:
        outcome = xcaas.run(*SUMMARY, "--metrics", "entered,accepted", "-o", "csv")
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out.splitlines()[:2] == ["queue,entered,accepted", "Sales,0,0"]
        detailed = xcaas.run("reports", "run", "detailed-reports-interaction-details", "--since", "7d")
        assert json.loads(detailed.out.splitlines()[0])["interactionId"] == "int-000000"

    def test_csv_and_xlsx_are_files_of_the_service(self, xcaas: Command, tmp_path: Path) -> None:
        assert xcaas.run(*SUMMARY, "--into", str(tmp_path / "r.csv")).code == 0
        assert (tmp_path / "r.csv").read_text().splitlines()[0] == "Queue,Entered,Accepted,Abandoned"
        assert xcaas.run(*SUMMARY, "--into", str(tmp_path / "r.xlsx")).code == 0
        assert xcaas.run(*SUMMARY, "--into", str(tmp_path / "r.jsonl")).code == 0
        assert json.loads((tmp_path / "r.jsonl").read_text().splitlines()[0])["queue"] == "Sales"

    def test_wait_timeout_prints_how_to_resume(self, xcaas: Command) -> None:
        outcome = xcaas.run(*SUMMARY, "--wait", "0.001")
        assert outcome.code == 1
        match = re.search(r"xcaas reports run --resume (\d+)", outcome.err)
        assert match is not None
        assert xcaas.run("reports", "run", "--resume", match[1]).out.count("\n") == 230

    def test_failed_and_unknown_reports_are_errors(self, xcaas: Command) -> None:
        outcome = xcaas.run(*SUMMARY, "--title", "fail")
        assert (outcome.code, outcome.out) == (1, "")
        assert "The report was asked to fail" in outcome.err
        assert "--resume" not in outcome.err
        assert xcaas.run("reports", "run").code == 2
        outcome = xcaas.run("reports", "run", "queue-interactions-sumary", "--since", "7d")
        assert outcome.code == 1
        assert "To list the types: xcaas cc-historical report-types list" in outcome.err


class TestQueues:
    def test_watch_writes_json_lines_in_a_pipe(self, xcaas: Command) -> None:
        outcome = xcaas.run("queues", "watch", "--times", "1", "--queue", "101", "--metrics", "busy.rt")
        row = json.loads(outcome.out)
        assert (row["id"], row["name"], set(row)) == ("101", "Sales", {"at", "id", "name", "busy.rt"})

    def test_watch_survives_token_expiry_and_outages(self) -> None:
        """The table is redrawn in place, at 80 columns, until Ctrl-C."""
        faults = Faults()
        with Sandbox(token_lifetime=0.5, faults=faults) as sandbox:
            out = self.watch_in_terminal(Command(sandbox.base_url), faults)
            assert sandbox.state.credentials.stats.token_requests > 1
        assert "old numbers" in out
        assert out.count("Partners") >= 3
        assert max(len(re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]", "", line)) for line in re.split(r"[\r\n]+", out)) <= 80
        assert out.rindex("\x1b[?25h") > out.rindex("\x1b[?25l")  # the cursor is visible again

    def watch_in_terminal(self, xcaas: Command, faults: Faults) -> str:
        terminal, child_terminal = pty.openpty()
        arguments = [sys.executable, "-m", "xcaas_cli", "queues", "watch", "--every", "1"]
        environment = {**xcaas.environment(), "TERM": "xterm", "XCAAS_RETRIES": "0"}
        with (
            subprocess.Popen(
                arguments,
                env=environment,
                stdin=child_terminal,
                stdout=child_terminal,
                stderr=child_terminal,
                start_new_session=True,
            ) as process,
            os.fdopen(terminal, "rb", buffering=0) as output,
        ):
            os.close(child_terminal)
            out = b""
            running_text = b"Ctrl-C to stop"
            try:
                for marker, refreshes, next_action in (
                    (running_text, 2, self.outage(faults)),
                    (b"old numbers", 1, faults.clear),
                    (running_text, 1, None),
                ):
                    chunk = b""
                    while chunk.count(marker) < refreshes:
                        chunk += output.read(65536)
                    out += chunk
                    if next_action is not None:
                        next_action()
                process.send_signal(signal.SIGINT)
                while True:
                    out += output.read(65536)
            except OSError:  # raised when the process has ended
                pass
            finally:
                process.kill()
        assert process.returncode in INTERRUPTED
        return out.decode()

    @staticmethod
    def outage(faults: Faults) -> Any:
        return lambda: faults.add(Fault("/queues", status=503))

    def test_watch_ends_at_permanent_errors(self, xcaas: Command) -> None:
        outcome = xcaas.run("queues", "watch", "--metrics", "nonsense")
        assert outcome.code == 1
        assert "nonsense" in outcome.err


class TestEvents:
    @pytest.fixture(autouse=True)
    def log(self, sandbox: Sandbox) -> None:
        sandbox.state.services.events.extend(6)

    def test_tail_continues_where_the_last_run_ended(self, xcaas: Command, tmp_path: Path) -> None:
        tail = ("events", "tail", "--from", "earliest", "--state", str(tmp_path / "place"), "--limit-total", "2")
        first = [json.loads(line) for line in xcaas.run(*tail).out.splitlines()]
        second = [json.loads(line) for line in xcaas.run(*tail).out.splitlines()]
        ids = [event["id"] for event in (*first, *second)]
        assert len(set(ids)) == 4
        assert (tmp_path / "place").read_text().strip() == ids[-1]
        later = xcaas.run("events", "tail", "--from", first[0]["id"], "--limit-total", "3")
        assert [json.loads(line)["id"] for line in later.out.splitlines()] == ids[1:]

    def test_tail_ends_at_ctrl_c(self, xcaas: Command) -> None:
        with xcaas.start("events", "tail", "--from", "earliest") as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        assert json.loads(line)["payload"]
        assert process.returncode in INTERRUPTED
        assert err == b""


def test_products_list_resources_and_further_commands(xcaas: Command) -> None:
    for group, names in {
        "calls": ("agents", "calls", "export"),
        "events": ("read", "tail"),
        "queues": ("watch",),
    }.items():
        text = xcaas.run(group, "--help").out
        assert all(re.search(rf"^  {name} ", text, re.MULTILINE) for name in names), text


def test_each_command_has_help(xcaas: Command) -> None:
    from xcaas_cli.commands import COMMANDS

    for group, commands in COMMANDS.items():
        for name in commands:
            outcome = xcaas.run(group, name, "--help")
            assert outcome.code == 0
            assert "--profile" in outcome.out
