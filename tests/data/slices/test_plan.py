"""Plans: what slices they give, and what they refuse."""

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
ALL = (
    "audit_records.audits.list",
    "cc_historical.detailed_reports.create",
    "quality_management.interactions.list",
    "storage.objects.search",
    "work_analytics.call_records.list",
)


def test_windows_for_each_region_and_each_value(client: XCaaS) -> None:
    found = plan(client.storage.objects.search, window=DAY, every="12h", over={"region": ["us-west", "uk", "uk"]})
    assert [(one.region, one.start.hour, one.end.hour) for one in found] == [
        ("uk", 0, 12),
        ("uk", 12, 0),
        ("us-west", 0, 12),
        ("us-west", 12, 0),
    ]
    calls = plan(client.work_analytics.call_records.list, window=DAY, every="1d", over={"pbx_id": ["b", "a"]})
    assert [(one.operation, one.partition, one.key) for one in calls] == [
        ("work_analytics.call_records.list", "a", "call_id"),
        ("work_analytics.call_records.list", "b", "call_id"),
    ]
    assert found == sorted(found)


@pytest.mark.parametrize("call", ALL)
def test_a_name_and_a_method_mean_the_same(call: str, client: XCaaS) -> None:
    asked = {"audit_records": {"service": "platform"}, "cc_historical": {"report": {"type": "a", "title": "b"}}}
    product, *_, verb = call.split(".")
    given: dict[str, Any] = {
        "arguments": asked.get(product, {"pbx": "x"} if product == "quality_management" else {}),
        "over": {"pbx_id": ["a"]} if product == "work_analytics" else {},
    }
    by_name = plan(call, window=DAY, every="1d", **given)
    for some in (client, AsyncXCaaS()):
        method: Any = some
        for name in call.split("."):
            method = getattr(method, name)
        assert method.__name__ == verb
        assert plan(method, window=DAY, every="1d", **given) == by_name


def test_operations_that_cannot_be_cut_are_told_those_that_can(client: XCaaS) -> None:
    for wrong in (client.storage.objects.get, "storage.buckets.list", print):
        with pytest.raises(NotSliceableError) as caught:
            plan(wrong, window=DAY, every="1h")
        assert all(call in str(caught.value) for call in ALL)


def test_a_name_that_is_nearly_right_is_told_the_right_one() -> None:
    with pytest.raises(NotSliceableError, match=r"Did you mean storage\.objects\.search\?"):
        plan("storage.object.search", window=DAY, every="1h")


def test_a_slice_is_small_text_and_comes_back() -> None:
    [one] = plan(
        "storage.objects.search",
        window=DAY,
        every="1d",
        over={"region": ["uk"]},
        arguments={"filter": "type==meeting"},
        credentials="profile:acme",
    )
    assert Slice[Any].from_json(one.to_json()) == one
    assert pickle.loads(pickle.dumps(one)) == one
    assert len(pickle.dumps(one)) < 500
    assert hash(one) == hash(Slice[Any].from_json(one.to_json()))
    assert json.loads(one.to_json()) == {
        "operation": "storage.objects.search",
        "region": "uk",
        "partition": "",
        "start": "2026-01-01T00:00:00Z",
        "end": "2026-01-02T00:00:00Z",
        "arguments": {"filter": "type==meeting"},
        "credentials": "profile:acme",
    }


def test_the_id_is_about_the_rows_and_whose_they_are() -> None:
    [one], [same], [elsewhere], [anothers] = (
        plan("storage.objects.search", window=DAY, every="1d", over={"region": [region]}, credentials=reference)
        for region, reference in (
            ("uk", "environment"),
            ("uk", "environment"),
            ("ca", "environment"),
            ("uk", "profile:a"),
        )
    )
    assert one.id == same.id
    assert len({one.id, elsewhere.id, anothers.id}) == 3
    arguments = ('{"limit": 5, "filter": "a==1"}', '{"filter":"a==1","limit":5}')
    assert len({replace(one, arguments=text).id for text in arguments}) == 1


@pytest.mark.parametrize(
    ("given", "message"),
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
def test_wrong_arguments_are_told(given: dict[str, Any], message: str) -> None:
    whole: dict[str, Any] = {"window": DAY, "every": "1d", **given}
    with pytest.raises(ArgumentError, match=message):
        plan("storage.objects.search", **whole)


def test_a_provider_that_is_not_there_is_told() -> None:
    [piece] = plan("storage.objects.search", window=DAY, every="1d", credentials="provider:nowhere:client")
    with pytest.raises(ArgumentError, match="the provider nowhere:client cannot be imported"):
        list(piece.items())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"operation": 5}', "null"])
def test_other_text_is_no_slice(text: str) -> None:
    with pytest.raises(SliceError, match="the text is not a slice"):
        Slice[Any].from_json(text)


def test_text_of_another_release_is_told() -> None:
    [one] = plan("storage.objects.search", window=DAY, every="1d")
    with pytest.raises(SliceError, match="not a slice of this release"):
        Slice[Any].from_json(json.dumps({**json.loads(one.to_json()), "colour": "red"}))
    with pytest.raises(NotSliceableError):
        Slice[Any].from_json(one.to_json().replace("objects.search", "objects.find"))


def test_a_slice_splits_into_parts_that_adjoin() -> None:
    [one] = plan("storage.objects.search", window=DAY, every="1d")
    parts = one.split(3)
    assert [(part.end - part.start) / timedelta(hours=1) for part in parts] == [8, 8, 8]
    [second] = plan("storage.objects.search", window=(START, START + timedelta(seconds=1)), every="1s")
    assert second.split(5) == [second]


def test_windows_are_not_longer_than_the_service_takes() -> None:
    found = plan(
        "audit_records.audits.list",
        window=(START, START + timedelta(days=62)),
        every="52w",
        arguments={"service": "platform"},
    )
    # A second more is asked for at both ends, which counts too.
    assert len(found) == 3
    assert all(one.end - one.start + timedelta(seconds=2) <= timedelta(days=31) for one in found)


def test_models_are_arguments_too() -> None:
    report = DetailedReportRequest.from_dict(
        {
            "type": "detailed-reports-interaction-details",
            "title": "All",
            "dateRange": {"start": "2026-01-01T00:00:00.000Z", "end": "2026-01-02T00:00:00.000Z"},
        }
    )
    [one] = plan("cc_historical.detailed_reports.create", window=DAY, every="1d", arguments={"report": report})
    assert json.loads(one.arguments)["report"]["title"] == "All"


@pytest.mark.parametrize(
    ("call", "given", "message"),
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
def test_what_makes_no_sense_is_told(call: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(SliceError, match=message) as caught:
        plan(call, window=DAY, every="1h", **given)
    assert "s3cr3t" not in str(caught.value)


def test_a_partition_may_be_one_argument_of_all() -> None:
    [one] = plan("work_analytics.call_records.list", window=DAY, every="1d", arguments={"pbx_id": "allpbxes"})
    assert (one.partition, json.loads(one.arguments)) == ("", {"pbx_id": "allpbxes"})


@pytest.mark.parametrize("end", [START, START - timedelta(hours=1), START.replace(tzinfo=None)])
def test_a_slice_goes_from_a_time_in_utc_to_a_later_one(end: datetime) -> None:
    with pytest.raises(SliceError, match="must be before its end, and both must be in UTC"):
        Slice[Any]("storage.objects.search", "", "", START, end)
