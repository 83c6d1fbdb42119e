"""Responses as in the vendor's samples, where its documents differ or are silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from tests.products.support import CREDENTIALS, SETTINGS
from xcaas import XCaaS
from xcaas.cc_historical.models import ReportCell
from xcaas.storage.models import BulkDownload
from xcaas.testing import FakeResponse, FakeServer
from xcaas.work_analytics.models import CallLeg, CallLegPage, CallRecord, CdrPage

PERIOD: dict[str, Any] = {
    "pbx_id": "acmecorp",
    "start_time": "2026-01-01 00:00:00",
    "end_time": "2026-01-02 00:00:00",
    "time_zone": "America/New_York",
}


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def client(server: FakeServer) -> Iterator[XCaaS]:
    with XCaaS(credentials=CREDENTIALS, http_client=server, **SETTINGS) as client:
        yield client


@pytest.mark.parametrize("status", [200, 204])
def test_status_change_without_a_message_is_accepted(client: XCaaS, server: FakeServer, status: int) -> None:
    server.respond("dynamic_campaigns.campaigns.set_status", FakeResponse(status))
    server.respond("agent_status.agents.set", FakeResponse(status))
    client.dynamic_campaigns.campaigns.set_status(125, body={"status": "PAUSED"})
    client.agent_status.agents.set("agQ4kXm2nT8aLrY0", body={"agent-status": 2})


def test_status_change_with_a_message_is_read(client: XCaaS, server: FakeServer) -> None:
    server.respond("dynamic_campaigns.campaigns.set_status", json={"message": "Done"})
    response = client.dynamic_campaigns.campaigns.set_status(125, body={"status": "PAUSED"})
    assert response is not None
    assert response.to_dict() == {"message": "Done"}


JOB = {"zipName": "a.zip", "status": "DONE"}


@pytest.mark.parametrize("response", [JOB, [JOB]])
def test_bulk_download_is_read_alone_or_in_a_list(client: XCaaS, server: FakeServer, response: Any) -> None:
    downloads = client.storage.bulk_downloads
    for name in ("start", "status", "cancel"):
        server.respond(f"storage.bulk_downloads.{name}", json=response)
    for download in (downloads.start(object_ids=["o1"]), downloads.status("a.zip"), downloads.cancel("a.zip")):
        assert isinstance(download, BulkDownload)
        assert download.zip_name == "a.zip"
    poller = downloads.download(object_ids=["o1"])
    assert poller.wait().read()
    assert (poller.id, poller.state) == ("a.zip", "DONE")


@pytest.mark.parametrize("response", [{"id": 1294, "status": "DONE"}, [{"id": 1294, "status": "DONE"}]])
def test_detailed_report_is_read_alone_or_in_a_list(client: XCaaS, server: FakeServer, response: Any) -> None:
    server.respond("cc_historical.detailed_reports.create", json=response)
    report = client.cc_historical.detailed_reports.create(
        report={
            "type": "detailed-reports-interaction-details",
            "title": "a",
            "dateRange": {"start": "2026-01-01T00:00:00.000Z", "end": "2026-01-02T00:00:00.000Z"},
        }
    )
    assert (report.id, report.status) == (1294, "DONE")


def test_cells_of_a_report_are_read_from_a_list_or_by_name(client: XCaaS, server: FakeServer) -> None:
    rows = [
        {"total": None, "items": [{"key": "entered", "label": "Entered", "value": "41"}]},
        {"total": None, "items": {"startTime": "2026-01-01T00:00+02:00", "entered": "41", "lost": None}},
    ]
    server.respond("cc_historical.reports.data", json=rows)
    cells, values = next(client.cc_historical.reports.data(1294).pages())
    assert cells.items == [ReportCell(key="entered", label="Entered", value="41")]
    assert values.items == {"startTime": "2026-01-01T00:00+02:00", "entered": "41", "lost": None}
    assert [cells.to_dict(), values.to_dict()] == rows


@pytest.mark.parametrize(("channel", "hired"), [("0", "2019"), (0, 2019), ("AGENT_TOPICS", "x")])
def test_numbers_of_quality_management_are_read(
    client: XCaaS, server: FakeServer, channel: object, hired: object
) -> None:
    topic = {"topic": "Agent Sales Enablers", "category": "Sales", "channel": channel}
    server.respond("quality_management.interactions.topics.list", json=[topic])
    server.respond("quality_management.users.get", json={"userReference": 1, "hireDate": hired})
    topics = client.quality_management.interactions.topics.list("0d2f")
    assert [item.to_dict() for item in topics] == [topic]
    assert topics[0].channel == channel
    assert client.quality_management.users.get(1).hire_date == hired


def test_times_of_quality_management_are_read(client: XCaaS, server: FakeServer) -> None:
    start = dt.datetime(2026, 1, 1, 7, 14, 53, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    client.quality_management.interactions.count(start_ts=start, end_ts="2026-01-02 06:14:53")
    query = server.requests[-1].query
    assert dict(query) == {"startTS": ["2026-01-01T06:14:53"], "endTS": ["2026-01-02 06:14:53"]}


LEG = {"callId": "1635571048351", "legId": "1", "status": "Completed", "talkTimeMS": 0}
RECORD = {"callId": "1635571048351", "callLegCount": "1", "lastLegDisposition": "Voicemail", "waitTimeMS": 0}


def test_cdr_list_contains_legs_or_calls(client: XCaaS, server: FakeServer) -> None:
    pages = [{"data": [row], "meta": {"totalRecordCount": 1, "scrollId": "No Data"}} for row in (LEG, RECORD)]
    server.respond("work_analytics.cdr.list", json=pages[0]).respond("work_analytics.cdr.list", json=pages[1])
    older: Any = client.work_analytics.cdr
    with pytest.warns(DeprecationWarning, match="listCdr"):
        (leg,) = older.list(**PERIOD)
    with pytest.warns(DeprecationWarning, match="listCdr"):
        (record,) = older.list(**PERIOD, is_call_record=True)
    assert isinstance(leg, CallLeg)
    assert isinstance(record, CallRecord)
    assert (record.call_leg_count, record.last_leg_disposition, record.unknown_fields) == (1, "Voicemail", {})
    assert [leg.to_dict(), record.to_dict()] == [LEG, RECORD]
    assert CdrPage.from_dict(pages[1]).validate().to_dict() == pages[1]


@pytest.mark.parametrize("count", ["1", 1])
def test_number_of_legs_round_trips(count: object) -> None:
    record = CallRecord.from_dict({"callId": "1", "callLegCount": count})
    assert record.call_leg_count == 1
    assert record.to_dict()["callLegCount"] == count
    assert record.evolve(caller="x").to_dict()["callLegCount"] == count


def test_totals_of_a_page_are_typed(client: XCaaS, server: FakeServer) -> None:
    body = {"data": [LEG], "meta": {"totalRecordCount": 41, "scrollId": "No Data"}, "took": 5}
    server.respond("work_analytics.call_legs.list", json=body)
    page = next(client.work_analytics.call_legs.list(**PERIOD).pages())
    envelope = page.envelope(CallLegPage)
    assert envelope.meta is not None
    assert envelope.meta.total_record_count == 41
    assert envelope.data == page.items
    assert envelope.unknown_fields == {"took": 5}
