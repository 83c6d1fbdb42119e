"""Each tool against the sandbox, called by the official client."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp_types import CallToolResult

from tests.cli.mcp.calling import Call, error, rows, text, with_client
from tests.cli.test_auth import SECRETS
from xcaas import AsyncXCaaS, ClientCredentials
from xcaas.testing import FakeResponse, FakeServer
from xcaas_cli.mcp._server import make_server
from xcaas_cli.mcp._session import Session
from xcaas_cli.mcp.tools import _recordings

INTERACTION = "int-15bd0b19d21-KK2fSQPPTD3DRpOS8UfhmgALh-phone-03-sample"
RECORDING = "us-west-9bcf00d2585ed524584aee60"
CHAT = "vXg39aMTRlq4xCBFaUCTlA"


def call(*calls: Call, writes: bool = False) -> list[CallToolResult]:
    async def use(client: Client) -> list[CallToolResult]:
        return [await client.call_tool(name, arguments) for name, arguments in calls]

    return with_client(use, writes=writes)


def test_reading_tools_return_rows() -> None:
    expected: list[tuple[Call, dict[str, Any]]] = [
        (("queue_state", {"queue_ids": ["102"]}), {"id": "102", "name": "Support"}),
        (("agent_state", {}), {"id": "ag0000", "groupName": "Team Oslo"}),
        (("agent_state", {"queue_id": "101"}), {"id": "ag0000"}),
        (("find_interactions", {"since": "2026-01-01"}), {"interactionGuid": INTERACTION}),
        (("get_transcript", {"interaction_id": INTERACTION}), {"text": "Good morning.", "start": 10, "channel": 1}),
        (("find_evaluations", {"since": "2025-12-01"}), {"evaluationId": 45}),
        (("find_evaluations", {"evaluation_id": 45}), {"templateName": "Agent performance"}),
        (("find_call_records", {"since": "2026-01-01"}), {"startTimeUTC": "2026-01-29T00:20:00Z", "talkTimeMS": 0}),
        (("get_customer_history", {"phone_number": "+14085550123"}), {"startedAt": "2026-01-01T09:00:00Z"}),
        (("get_summaries", {"interaction_ids": ["int-19b1c0", "int-1"]}), {"summaryObjectId": "obj-5521"}),
        (("list_report_types", {}), {"type": "queue-interactions-summary", "groupBy": ["queue"]}),
        (("list_report_types", {"type": "queue-interactions-summary"}), {"metrics": ["entered", "accepted"]}),
        (("find_contacts", {"name": "Ada*"}), {"firstName": "Ada"}),
        (("find_contacts", {"phone": "+442071234567", "where": ["companyName=Example*"]}), {"lastName": "Byron 6"}),
        (("find_sites", {"name": "Head*"}), {"id": "sT8mQ2rZ0kWb"}),
        (("find_chats", {}), {"id": CHAT, "state": "active"}),
        (("get_chat_messages", {"conversation_id": CHAT}), {"text": "Where is my parcel?"}),
    ]
    results = call(*(call for call, _ in expected))
    for ((name, _), expected_fields), result in zip(expected, results, strict=True):
        assert expected_fields.items() <= rows(result)[0].items(), name
    assert rows(results[0])[0]["metrics"].keys() >= {"interactionsWaitInQueue.rt", "slaPercentage.today"}
    assert len(rows(results[0])) == 1
    assert results[9].structured_content["partialFailures"][0]["interactionId"] == "int-1"


def test_find_users_combines_conditions() -> None:
    (result,) = call(("find_users", {"user_name": "ada*", "last_name": "By*", "where": ["basicInfo.status=ACTIVE"]}))
    assert [row["basicInfo"]["userName"] for row in rows(result)] == ["ada.byron@acme.example"]


def test_find_recordings_filters_and_get_recording_returns_details() -> None:
    conditions = {"since": "2026-01-01", "until": "2026-01-02", "queue": "Queue 10*", "where": ["direction=INBOUND"]}
    recordings, details, missing = call(
        ("find_recordings", {"type": "callcenterrecording", **conditions}),
        ("get_recording", {"recording_id": RECORDING}),
        ("get_recording", {"recording_id": "none", "region": "us-east"}),
    )
    assert recordings.structured_content["period"] == {
        "since": "2026-01-01T00:00:00+00:00",
        "until": "2026-01-02T00:00:00+00:00",
    }
    times = [row["createdTime"] for row in rows(recordings)]
    assert times == sorted(times, reverse=True)
    assert len(times) > 1
    for row in rows(recordings):
        assert row["tags"]["direction"] == "INBOUND"
        assert row["tags"]["queueName"].startswith("Queue 10")
        assert row["tags"]["startTime"][:4] == "2026"
    assert details.structured_content["checksumType"] == "MD5"
    assert "no object none in region us-east" in error(missing)


def test_get_stored_text_reads_transcriptions_only() -> None:
    transcriptions = {"type": "transcription", "since": "2026-01-01", "until": "2026-01-02", "limit": 1}
    (recordings,) = call(("find_recordings", transcriptions))
    recording_id = rows(recordings)[0]["id"]
    transcription, rejected = call(
        ("get_stored_text", {"recording_id": recording_id}), ("get_stored_text", {"recording_id": RECORDING})
    )
    assert rows(transcription)[:2] == [
        {"channel": 0, "text": f"word 0 of {recording_id}"},
        {"channel": 1, "text": f"word 1 of {recording_id}"},
    ]
    assert "callcenterrecording, audio/mpeg" in error(rejected)


@pytest.mark.parametrize(
    ("content", "entries"),
    [
        (b'[{"text": "a"}, "b"]', [{"text": "a"}, "b"]),
        (b'{"score": 1}', [{"score": 1}]),
        (b"\xef\xbb\xbfone\n\ntwo \xff\r\n", ["one", "two \ufffd"]),
        (b"", []),
    ],
)
def test_stored_texts_are_parsed_as_json_or_lines(content: bytes, entries: list[Any]) -> None:
    assert _recordings.entries(content) == entries


def test_read_on_returns_the_remainder_of_a_list() -> None:
    meetings = {"since": "2026-01-22", "type": "meeting"}

    async def use(client: Client) -> list[str]:
        result = await client.call_tool("find_recordings", {**meetings, "limit": 50})
        ids = [row["id"] for row in rows(result)]
        arguments = {"cursor": result.structured_content["cursor"], "limit": 1}
        assert rows(await client.call_tool("read_on", arguments)) == rows(await client.call_tool("read_on", arguments))
        while cursor := result.structured_content.get("cursor"):
            assert "read_on" in result.structured_content["note"]
            result = await client.call_tool("read_on", {"cursor": cursor, "limit": 30})
            ids += [row["id"] for row in rows(result)]
        return ids

    ids = with_client(use)
    (complete,) = call(("find_recordings", {**meetings, "limit": 500}))
    assert "cursor" not in complete.structured_content
    assert len(ids) > 90
    assert ids == [row["id"] for row in rows(complete)]


def test_run_report_returns_rows() -> None:
    summary = {"type": "queue-interactions-summary", "since": "2d", "group_by": "queue", "timezone": "UTC", "limit": 2}
    detailed = {"type": "detailed-reports-interaction-details", "since": "2d", "limit": 1}
    summary_result, detailed_result = call(("run_report", summary), ("run_report", detailed))
    assert [row["Queue"] for row in rows(summary_result)] == ["Sales", "Support"]
    assert rows(detailed_result)[0]["interactionId"] == "int-000000"


def test_slow_reports_return_a_cursor() -> None:
    server = FakeServer()
    state = {"id": 7, "status": "IN_PROGRESS"}
    for target in ("cc_historical.reports.create", "cc_historical.reports.status"):
        server.respond(target, lambda _: FakeResponse(json=state))
    cell = {"key": "queue", "label": "Queue", "value": "Sales"}
    server.respond("cc_historical.reports.data", json=[{"items": [cell]}])

    async def run() -> list[CallToolResult]:
        async with (
            AsyncXCaaS(http_client=server, credentials=ClientCredentials("id", "hush")) as client,
            Client(make_server(Session(client))) as mcp_client,
        ):
            report = {"type": "queue-interactions-summary", "since": "2d"}
            pending = await mcp_client.call_tool("run_report", report)
            state["status"] = "DONE"
            cursor = pending.structured_content["cursor"]
            return [pending, await mcp_client.call_tool("read_on", {"cursor": cursor, "limit": 1})]

    pending, ready = anyio.run(run)
    assert rows(pending) == []
    assert "not ready" in pending.structured_content["note"]
    assert rows(ready)[0] == {"Queue": "Sales"}
    assert pending.structured_content["period"] == ready.structured_content["period"]
    assert [call.method for call in server.requests].count("POST") == 1  # the report is started only once


def test_who_am_i_reports_access_without_secrets() -> None:
    (result,) = call(("who_am_i", {}))
    report = result.structured_content
    assert "storage" in report["products"]
    assert report["recordingRegions"][:2] == ["us-west", "us-east"]
    assert report["settings"]["cluster"] == "na12"
    assert not [secret for secret in SECRETS if secret in text(result)]


def test_writing_tools_require_allow_writes() -> None:
    (rejected,) = call(("set_agent_status", {"agent_id": "ag0001", "status": "on_break"}))
    assert "The tool set_agent_status is unknown" in error(rejected)
    contact = {"customer_id": "0012345QAB", "last_name": "Neu", "phone": "+4930123456", "email": "neu@x.example"}
    status, created, contacts, sent, messages, restored = call(
        ("set_agent_status", {"agent_id": "ag0001", "status": "on_break"}),
        ("create_contact", contact),
        ("find_contacts", {"email": "neu@x.example"}),
        ("send_chat_message", {"conversation_id": CHAT, "text": "On its way"}),
        ("get_chat_messages", {"conversation_id": CHAT}),
        ("restore_recording", {"recording_id": RECORDING}),
        writes=True,
    )
    assert (status.structured_content["status"], status.structured_content["message"]) == ("on_break", "Status changed")
    assert [row["id"] for row in rows(contacts)] == [created.structured_content["id"]]
    assert sent.structured_content["sent"] is True
    assert "On its way" in [row["text"] for row in rows(messages)]
    assert "not archived" in error(restored)
