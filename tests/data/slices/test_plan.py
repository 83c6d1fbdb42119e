"""Plans: the slices they return, and the arguments they reject."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from xcaas import ArgumentError, AsyncXCaaS, XCaaS
from xcaas.cc_historical.models import DetailedReportRequest
from xcaas_data.slices import NotSliceableError, Slice, SliceError, plan

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = (START, START + timedelta(days=1))
SLICEABLE = (
    "audit_records.audits.list",
    "cc_historical.detailed_reports.create",
    "quality_management.interactions.list",
    "storage.objects.search",
    "work_analytics.call_records.list",
)


def test_plan_makes_a_slice_per_window_region_and_partition(client: XCaaS) -> None:
    objects = plan(client.storage.objects.search, window=DAY, every="12h", over={"region": ["us-west", "uk", "uk"]})
    assert [(piece.region, piece.start.hour, piece.end.hour) for piece in objects] == [
        ("uk", 0, 12),
        ("uk", 12, 0),
        ("us-west", 0, 12),
        ("us-west", 12, 0),
    ]
    calls = plan(client.work_analytics.call_records.list, window=DAY, every="1d", over={"pbx_id": ["b", "a"]})
    assert [(piece.operation, piece.partition, piece.key) for piece in calls] == [
        ("work_analytics.call_records.list", "a", "call_id"),
        ("work_analytics.call_records.list", "b", "call_id"),
    ]
    assert objects == sorted(objects)


@pytest.mark.parametrize("call", SLICEABLE)
def test_operations_are_given_by_name_or_method(call: str, client: XCaaS) -> None:
    required_arguments = {
        "audit_records": {"service": "platform"},
        "cc_historical": {"report": {"type": "a", "title": "b"}},
    }
    product, *_, verb = call.split(".")
    options: dict[str, Any] = {
        "arguments": required_arguments.get(product, {"pbx": "x"} if product == "quality_management" else {}),
        "over": {"pbx_id": ["a"]} if product == "work_analytics" else {},
    }
    by_name = plan(call, window=DAY, every="1d", **options)
    for api in (client, AsyncXCaaS()):
        method: Any = api
        for name in call.split("."):
            method = getattr(method, name)
        assert method.__name__ == verb
        assert plan(method, window=DAY, every="1d", **options) == by_name


def test_unsliceable_operations_raise_and_list_the_sliceable_ones(client: XCaaS) -> None:
    for operation in (client.storage.objects.get, "storage.buckets.list", print):
        with pytest.raises(NotSliceableError) as caught:
            plan(operation, window=DAY, every="1h")
        assert all(call in str(caught.value) for call in SLICEABLE)


def test_misspelt_operations_raise_with_a_suggestion() -> None:
    with pytest.raises(NotSliceableError, match=r"Did you mean storage\.objects\.search\?"):
        plan("storage.object.search", window=DAY, every="1h")


def test_slices_round_trip_through_json_and_pickle() -> None:
    [piece] = plan(
        "storage.objects.search",
        window=DAY,
        every="1d",
        over={"region": ["uk"]},
        arguments={"filter": "type==meeting"},
        credentials="profile:acme",
    )
    assert Slice[Any].from_json(piece.to_json()) == piece
    assert pickle.loads(pickle.dumps(piece)) == piece
    assert len(pickle.dumps(piece)) < 500
    assert hash(piece) == hash(Slice[Any].from_json(piece.to_json()))
    assert json.loads(piece.to_json()) == {
        "operation": "storage.objects.search",
        "region": "uk",
        "partition": "",
        "start": "2026-01-01T00:00:00Z",
        "end": "2026-01-02T00:00:00Z",
        "arguments": {"filter": "type==meeting"},
        "credentials": "profile:acme",
    }


def test_slice_ids_depend_on_rows_and_credentials() -> None:
    [piece], [same], [other_region], [other_credentials] = (
        plan("storage.objects.search", window=DAY, every="1d", over={"region": [region]}, credentials=reference)
        for region, reference in (
            ("uk", "environment"),
            ("uk", "environment"),
            ("ca", "environment"),
            ("uk", "profile:a"),
        )
    )
    assert piece.id == same.id
    assert len({piece.id, other_region.id, other_credentials.id}) == 3
    arguments = ('{"limit": 5, "filter": "a==1"}', '{"filter":"a==1","limit":5}')
    assert len({replace(piece, arguments=text).id for text in arguments}) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": "2026"}, "not a pair of times"),
        ({"window": (START,)}, "not a pair of times"),
        ({"window": (START.date(), START.date())}, "is not a time"),
        ({"window": DAY[::-1]}, "the wrong way round"),
        (
            {"window": (START, datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))))},
            "is out of range in UTC",
        ),
        ({"every": 1}, "1 is not a length of time"),
        ({"every": "999999w"}, "is too long"),
        ({"zone": UTC}, "is not a time zone"),
        ({"over": {"region": None}}, "takes a list of str"),
        ({"over": {"region": [1, "uk"]}}, "takes a list of str"),
        ({"credentials": XCaaS}, "is not a reference"),
        ({"arguments": {"filter": "type=callrecording"}}, "filter"),
    ],
)
def test_arguments_of_invalid_types_raise(arguments: dict[str, Any], message: str) -> None:
    options: dict[str, Any] = {"window": DAY, "every": "1d", **arguments}
    with pytest.raises(ArgumentError, match=message):
        plan("storage.objects.search", **options)


def test_unimportable_providers_raise() -> None:
    [piece] = plan("storage.objects.search", window=DAY, every="1d", credentials="provider:nowhere:client")
    with pytest.raises(ArgumentError, match="the provider nowhere:client cannot be imported"):
        list(piece.items())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"operation": 5}', "null"])
def test_from_json_rejects_invalid_text(text: str) -> None:
    with pytest.raises(SliceError, match="the text is not a slice"):
        Slice[Any].from_json(text)


def test_from_json_rejects_slices_of_another_release() -> None:
    [piece] = plan("storage.objects.search", window=DAY, every="1d")
    with pytest.raises(SliceError, match="not a slice of this release"):
        Slice[Any].from_json(json.dumps({**json.loads(piece.to_json()), "colour": "red"}))
    with pytest.raises(NotSliceableError):
        Slice[Any].from_json(piece.to_json().replace("objects.search", "objects.find"))


def test_split_divides_a_slice_into_equal_parts() -> None:
    [piece] = plan("storage.objects.search", window=DAY, every="1d")
    parts = piece.split(3)
    assert [(part.end - part.start) / timedelta(hours=1) for part in parts] == [8, 8, 8]
    [second] = plan("storage.objects.search", window=(START, START + timedelta(seconds=1)), every="1s")
    assert second.split(5) == [second]


def test_windows_are_limited_to_what_the_service_allows() -> None:
    pieces = plan(
        "audit_records.audits.list",
        window=(START, START + timedelta(days=62)),
        every="52w",
        arguments={"service": "platform"},
    )
    # The requests extend one second beyond both ends, which counts towards the limit.
    assert len(pieces) == 3
    assert all(piece.end - piece.start + timedelta(seconds=2) <= timedelta(days=31) for piece in pieces)


def test_models_are_accepted_as_arguments() -> None:
    report = DetailedReportRequest.from_dict(
        {
            "type": "detailed-reports-interaction-details",
            "title": "All",
            "dateRange": {"start": "2026-01-01T00:00:00.000Z", "end": "2026-01-02T00:00:00.000Z"},
        }
    )
    [piece] = plan("cc_historical.detailed_reports.create", window=DAY, every="1d", arguments={"report": report})
    assert json.loads(piece.arguments)["report"]["title"] == "All"


@pytest.mark.parametrize(
    ("call", "arguments", "message"),
    [
        ("storage.objects.search", {"over": {"pbx_id": ["a"]}}, "is not cut by 'pbx_id'. It is cut by region"),
        ("audit_records.audits.list", {"over": {"region": ["a"]}}, "It is cut by time alone"),
        ("storage.objects.search", {"over": {"region": "uk"}}, "takes a list, not a str"),
        ("storage.objects.search", {"arguments": {"colour": "red"}}, "has no argument 'colour'. It has filter"),
        ("audit_records.audits.list", {"arguments": {"start_time": "x"}}, "'start_time' differs from slice to slice"),
        ("audit_records.audits.list", {}, "requires 'service'"),
        ("work_analytics.call_records.list", {}, "requires 'pbx_id'"),
        ("storage.objects.search", {"arguments": {"filter": object()}}, "cannot be sent to another process"),
        ("storage.objects.search", {"zone": "Mars/Olympus"}, "is not a time zone"),
        ("storage.objects.search", {"credentials": "s3cr3t"}, "is not a reference"),
        ("storage.objects.search", {"credentials": "profile:"}, "is not a reference"),
        ("storage.objects.search", {"credentials": "environment:x"}, "is not a reference"),
        ("storage.objects.search", {"credentials": "provider:module"}, "is not a reference"),
    ],
)
def test_invalid_arguments_raise_with_advice(call: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SliceError, match=message) as caught:
        plan(call, window=DAY, every="1h", **arguments)
    assert "s3cr3t" not in str(caught.value)


def test_partition_parameters_are_accepted_as_plain_arguments() -> None:
    [piece] = plan("work_analytics.call_records.list", window=DAY, every="1d", arguments={"pbx_id": "allpbxes"})
    assert (piece.partition, json.loads(piece.arguments)) == ("", {"pbx_id": "allpbxes"})


@pytest.mark.parametrize("end", [START, START - timedelta(hours=1), START.replace(tzinfo=None)])
def test_slices_require_start_before_end_in_utc(end: datetime) -> None:
    with pytest.raises(SliceError, match="must be before its end, and both must be in UTC"):
        Slice[Any]("storage.objects.search", "", "", START, end)
