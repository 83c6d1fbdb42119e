"""Dates of the initial data: the last days, or a fixed time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.products.support import JANUARY, client_of
from xcaas import F, XCaaS
from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import main

DAY = timedelta(days=1)


def times(client: XCaaS, end: datetime) -> dict[str, list[datetime | None]]:
    """Return the times in lists of the last day."""
    objects = client.storage.objects.search(filter=(F.created_time >= end - DAY) & (F.type == "voicemail"))
    audits = client.audit_records.audits.list(service="platform", start_time=end - DAY, end_time=end)
    interactions = client.quality_management.interactions.list(pbx="acme", start_ts=end - DAY, end_ts=end)
    journeys = client.journey.journeys.search(
        query={
            "dateRange": {"start": (end - DAY).isoformat(), "end": end.isoformat()},
            "displayTimezone": "UTC",
        }
    )
    records = client.work_analytics.call_records.list(
        pbx_id="acme", start_time=end - DAY, end_time=end, time_zone="UTC"
    )
    return {
        "objects": [item.created_time for item in objects],
        "audits": [item.audit_timestamp for item in audits],
        "interactions": [item.created_at for item in interactions],
        "journeys": [item.time for item in journeys],
        "records": [item.start_time for item in records],
    }


def test_initial_data_covers_the_last_day() -> None:
    with Sandbox() as sandbox, client_of(sandbox.base_url) as client:
        now = datetime.now(UTC)
        for name, dates in times(client, now).items():
            assert dates, name
            assert all(date is not None and now - DAY <= date <= now for date in dates), (name, dates)
        recent = max(date for date in times(client, now)["objects"] if date is not None)
        assert now - recent < timedelta(hours=2)


def test_fixed_time_gives_the_same_dates() -> None:
    runs: list[object] = []
    for _ in range(2):
        with Sandbox(until=JANUARY) as sandbox, client_of(sandbox.base_url) as client:
            runs.append(times(client, JANUARY))
            first = client.storage.objects.search().first()
            assert first is not None
            assert first.created_time == datetime(2026, 1, 1, tzinfo=UTC)
            sandbox.state.reset()
            assert times(client, JANUARY) == runs[0]
    assert runs[0] == runs[1]


def test_time_without_a_zone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Sandbox(until=JANUARY.replace(tzinfo=None))
    with pytest.raises(SystemExit):
        main(["--until", "yesterday"])
    assert "'yesterday' is not a time. Give ISO 8601" in capsys.readouterr().err
