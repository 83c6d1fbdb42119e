"""DuckDB reads pagers directly."""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import Any

from tests.engines import fleet
from tests.engines.conftest import START
from xcaas_sandbox import Sandbox

duckdb: Any = importlib.import_module("duckdb")


def test_pagers_are_read_as_tables(sandbox: Sandbox) -> None:
    with fleet.client() as client:
        calls = client.work_analytics.call_records.list(
            pbx_id="acme-24000-a-day",
            start_time=START,
            end_time=START + timedelta(hours=1),
            time_zone="UTC",
        )
        pages = sum(1 for _ in calls.pages())
        calls_before = sandbox.state.credentials.stats.calls
        rows = duckdb.sql("SELECT count(*), count(DISTINCT call_id), min(disconnected_time_utc) FROM calls").fetchall()
        [[count, distinct, first]] = rows
        assert (count, distinct, first) == (1001, 1001, START)
        # Read once, although DuckDB asks for the schema first.
        assert sandbox.state.credentials.stats.calls - calls_before == pages
