"""Work Analytics: manual paging, unreturned calls, ring groups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from xcaas import NotFoundError, XCaaS
from xcaas.testing import FakeServer
from xcaas.work_analytics.models import Call
from xcaas_sandbox import Sandbox

from .support import CREDENTIALS, client_of

PBX = "1UQHOVgWTYCCY6OOk48SAQ"
CALLER = "+15555551211"


@pytest.fixture(scope="module")
def client() -> Iterator[XCaaS]:
    with Sandbox(speed=100) as running, client_of(running.base_url) as client:
        yield client


def test_calls_are_paged_manually(client: XCaaS) -> None:
    seen: list[str] = []
    last: Call | None = None
    while True:
        page = client.work_analytics.calls.list(
            PBX,
            limit=10,
            sorting_field="callId",
            sorting_direction="DESC",
            starting_after=None if last is None else last.call_id,
            latest_sorting_value=None if last is None else last.call_id,
        )
        calls = page.calls or []
        seen += [call.call_id for call in calls]
        if len(calls) < 10:
            break
        last = calls[-1]
    assert len(set(seen)) == len(seen) == 23
    assert seen == sorted(seen, reverse=True)


def test_pages_are_requested_by_query_or_body() -> None:
    server = FakeServer().respond("work_analytics.calls.list", json={"calls": []})
    with XCaaS(http_client=server, credentials=CREDENTIALS) as client:
        client.work_analytics.calls.list(PBX)
        client.work_analytics.calls.list(PBX, limit=50, sorting_field="startTime", sorting_direction="DESC")
        client.work_analytics.calls.list(PBX, paging="0,50", sorting="startTime,desc")
    sent = server.calls("work_analytics.calls.list")
    assert [dict(parse_qsl(urlsplit(request.url).query)) for request in sent] == [
        {},
        {"limit": "50", "sortingField": "startTime", "sortingDirection": "DESC"},
        {"paging": "0,50", "sorting": "startTime,desc"},
    ]


def test_call_without_connection_has_no_connect_time() -> None:
    rows = [
        {"callId": "a", "connectedTime": 0},
        {"callId": "b", "connectedTime": 1767450447539, "latestLabel": "MISSED"},
    ]
    server = FakeServer().respond("work_analytics.calls.list", json={"calls": rows})
    with XCaaS(http_client=server, credentials=CREDENTIALS) as client:
        missed, answered = client.work_analytics.calls.list(PBX).calls or []
    assert missed.connected_time is None
    assert answered.connected_time == datetime(2026, 1, 3, 14, 27, 27, 539000, UTC)
    assert answered.latest_label == "MISSED"


def test_active_calls_have_the_requested_fields(client: XCaaS) -> None:
    page = client.work_analytics.calls.active(PBX, fields=["callId", "startTime"], limit=5, sorting_field="startTime")
    starts = [call.start_time for call in page.calls or [] if call.start_time is not None]
    assert len(starts) == 5
    assert starts == sorted(starts)
    assert starts[0].tzinfo is not None


def test_unreturned_calls_are_searched_by_query_and_by_body(client: XCaaS) -> None:
    unreturned = client.work_analytics.unreturned_calls
    by_address = unreturned.details(PBX, caller_addresses=[CALLER, "+15555551212"], limit=5).records or []
    by_body = unreturned.search_details(PBX, query={"callerAddresses": [CALLER, "+15555551212"], "limit": 5}).records
    assert by_address == by_body
    assert {call.caller.address for call in by_address if call.caller} == {CALLER, "+15555551212"}
    rest = unreturned.details(PBX, caller_addresses=[CALLER], starting_after="1635571048003", limit=20).records or []
    assert [call.call_id for call in rest] == [f"16355710{48000 + number}" for number in range(6, 23, 3)]


def test_search_by_post_is_retried() -> None:
    server = FakeServer().respond("work_analytics.unreturned_calls.search_details", status=503)
    server.respond("work_analytics.unreturned_calls.search_details", json={"records": []})
    with XCaaS(http_client=server, credentials=CREDENTIALS) as client:
        page = client.work_analytics.unreturned_calls.search_details(PBX, query={"callerAddresses": [CALLER]})
    assert page.records == []
    assert len(server.calls("work_analytics.unreturned_calls.search_details")) == 2


def test_unreturned_callers_and_callees_are_listed(client: XCaaS) -> None:
    unreturned = client.work_analytics.unreturned_calls
    for find in (unreturned.callers, unreturned.callees):
        names = [caller.name for caller in find(PBX, limit=3, sorting_field="name").participants or []]
        assert len(set(names)) == 3
    (caller,) = unreturned.list(PBX, fields=["callerAddress", "attempts"]).calls or []
    assert caller.attempts == 3


def test_ring_groups_are_read_by_id_and_by_extension(client: XCaaS) -> None:
    groups = client.work_analytics.ring_groups
    by_id = groups.agent_activity(PBX, "LcfqMc30Ro2PWLSyYowS2g", metrics=["loggedInDuration"])
    assert by_id == groups.agent_activity_by_extension(PBX, "3900", metrics=["loggedInDuration"])
    agents = by_id.ring_group_agent_activity or []
    assert [(agent.agent_extension, agent.metrics) for agent in agents[:1]] == [
        ("1001", {"loggedInDuration": 3_600_000})
    ]


def test_unknown_ring_group_is_empty_and_unknown_pbx_an_error(client: XCaaS) -> None:
    groups = client.work_analytics.ring_groups
    assert groups.agent_activity(PBX, "none").ring_group_agent_activity == []
    with pytest.raises(NotFoundError):
        groups.agent_activity("none", "LcfqMc30Ro2PWLSyYowS2g")
