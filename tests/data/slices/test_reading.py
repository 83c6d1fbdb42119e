"""Slices at the sandbox: together they give what the whole list gives, each row once."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from tests.products.support import JANUARY
from xcaas import ArgumentError, F, SecretUnavailableError, XCaaS
from xcaas.storage.models import StorageObject
from xcaas.testing import FakeServer
from xcaas_data._clients import close_clients
from xcaas_data.slices import Slice, SliceError, plan, unique
from xcaas_sandbox import Sandbox
from xcaas_sandbox.cli import environment

pyarrow: Any = importlib.import_module("pyarrow")

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PBX = "acme-5000-a-day"


def taken(pieces: Iterable[Slice[Any]], client: XCaaS, name: str) -> list[Any]:
    return [getattr(item, name) for piece in pieces for item in piece.items(client)]


def test_objects_are_found_once_in_all_regions(client: XCaaS) -> None:
    window = (START, START + 2 * DAY)
    condition = "type==callrecording,type==meeting"
    found = plan(
        client.storage.objects.search,
        window=window,
        every="7h",
        over={"region": ["us-west", "uk"]},
        arguments={"filter": condition},
    )
    ids = taken(found, client, "id")
    whole: list[StorageObject] = []
    for region in ("uk", "us-west"):
        with_region = client.with_options(region={"storage": region})
        whole += with_region.storage.objects.search(filter=condition)
    expected = [one.id for one in whole if one.created_time and window[0] <= one.created_time < window[1]]
    assert sorted(ids) == sorted(expected)
    assert len(ids) == len(set(ids)) > 100


def test_batches_have_the_schema_that_is_known_before(client: XCaaS) -> None:
    pieces = plan(client.storage.objects.search, window=(START - DAY, START + DAY), every="1d")
    pivot = {"tags": ["callId", "agentName"]}
    schema: Any = pieces[0].schema(pivot=pivot)
    assert schema.names[-3:] == ["tags.callId", "tags.agentName", "unknown_fields"]
    batches = [list(piece.read(client, size=30, pivot=pivot)) for piece in pieces]
    assert batches[0] == []
    table = pyarrow.Table.from_batches(batches[1], schema=schema)
    assert table.num_rows == sum(1 for _ in pieces[1].items(client)) > 30
    assert None not in table["tags.callId"].to_pylist()
    assert pyarrow.Table.from_batches(batches[0], schema=schema).num_rows == 0


def test_calls_that_both_windows_have_are_removed_by_their_key(client: XCaaS) -> None:
    window = (START, START + 6 * HOUR)
    pieces = plan(client.work_analytics.call_records.list, window=window, every="1h", over={"pbx_id": [PBX]})
    every = [item for piece in pieces for item in piece.items(client)]
    once = list(unique(every, pieces[0].key))
    [whole] = plan(client.work_analytics.call_records.list, window=window, every="1d", over={"pbx_id": [PBX]})
    assert [item.call_id for item in once] == [item.call_id for item in whole.items(client)]
    assert len(once) < len(every)  # the sandbox has both ends in a window
    assert list(unique([1, 1], None)) == [1, 1]


def test_estimates_and_slices_that_are_too_big(client: XCaaS) -> None:
    pieces = plan(
        client.work_analytics.call_records.list,
        window=(START, START + DAY),
        every="12h",
        over={"pbx_id": [PBX]},
        at_most=1000,
        client=client,
    )
    sizes = [piece.estimate(client) for piece in pieces]
    assert len(pieces) == 6
    assert all(size is not None and size <= 1000 for size in sizes)
    assert sizes == [sum(1 for _ in piece.items(client)) for piece in pieces]
    [one] = plan(client.storage.objects.search, window=(START, START + DAY), every="1d")
    assert one.estimate(client) is None
    with pytest.raises(SliceError, match="does not report how many items"):
        plan(client.storage.objects.search, window=(START, START + DAY), every="1d", at_most=5, client=client)
    with pytest.raises(SliceError, match="at_most is 0"):
        plan(client.storage.objects.search, window=(START, START + DAY), every="1d", at_most=0, client=client)


def test_changes_are_in_the_window_of_their_time(client: XCaaS) -> None:
    at = JANUARY - timedelta(hours=19 * 22, minutes=30)  # the first of them
    pieces = plan(
        client.audit_records.audits.list,
        window=(at, at + 19 * HOUR * 3),
        every=19 * HOUR,
        arguments={"service": "platform"},
    )
    found = [[item.audit_timestamp for item in piece.items(client)] for piece in pieces]
    # Each stands on an edge, where the sandbox counts it on both sides.
    assert found == [[at], [at + 19 * HOUR], [at + 38 * HOUR]]


def test_interactions_are_counted_and_found(client: XCaaS) -> None:
    pieces = plan(
        client.quality_management.interactions.list,
        window=(JANUARY - DAY, JANUARY),
        every="1h",
        arguments={"pbx": "acme"},
    )
    guids = taken(pieces, client, "interaction_guid")
    assert len(guids) == len(set(guids)) == 7
    assert sum(piece.estimate(client) or 0 for piece in pieces) == 7


def test_a_report_is_made_and_read(client: XCaaS) -> None:
    pieces = plan(
        client.cc_historical.detailed_reports.create,
        window=(START, START + 2 * DAY),
        every="1d",
        over={"region": ["us"]},
        arguments={"report": {"type": "detailed-reports-interaction-details", "title": "All", "dateRange": None}},
    )
    assert [sum(batch.num_rows for batch in piece.read(client)) for piece in pieces] == [340, 340]
    assert pieces[0].schema().names == ["total", "items", "unknown_fields"]
    assert pieces[0].estimate(client) is None


def test_what_is_asked_for() -> None:
    network = FakeServer()
    with XCaaS(http_client=network, credentials="key") as client:
        audits = plan(
            client.audit_records.audits.list,
            window=(START, START + HOUR),
            every="1h",
            arguments={"service": "platform", "size": 7},
        )
        list(audits[0].items(client))
        query = network.requests[-1].query
        assert (query["startTime"], query["endTime"], query["size"]) == (
            ["2025-12-31T23:59:59Z"],
            ["2026-01-01T01:00:01Z"],
            ["7"],
        )
        objects = plan(
            client.storage.objects.search, window=(START, START + HOUR), every="1h", arguments={"filter": "a==1,b==2"}
        )
        list(objects[0].items(client))
        query = network.requests[-1].query
        assert query["filter"] == ["(a==1,b==2);createdTime=ge=1767225600000;createdTime=lt=1767229200000"]
        assert query["limit"] == ["100"]
        objects = plan(
            client.storage.objects.search,
            window=(START, START + HOUR),
            every="1h",
            arguments={"filter": (F.type == "callrecording") | (F.created_time < START)},
        )
        list(objects[0].items(client))
        assert network.requests[-1].query["filter"] == [
            "(type==callrecording,createdTime=lt=1767225600000);createdTime=ge=1767225600000;createdTime=lt=1767229200000"
        ]


def test_credentials_are_found_where_a_slice_is_read(sandbox: Sandbox) -> None:
    """Another process gets nothing but the text of a slice; the credentials are in its environment."""
    reads = (
        "import sys; from xcaas_data.slices import Slice; print(*(i.id for i in Slice.from_json(sys.argv[1]).items()))"
    )
    found: list[str] = []
    for reference in ("environment", f"provider:{__name__}:made_here"):
        [one] = plan("storage.objects.search", window=(START, START + HOUR), every="1h", credentials=reference)
        done = subprocess.run(
            [sys.executable, "-c", reads, one.to_json()],
            env={**os.environ, **environment(sandbox.base_url)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        found.append(done.stdout)
    assert found[0] == found[1] != ""


def made_here() -> XCaaS:
    return XCaaS.from_env()


def ids_of(piece: Slice[Any]) -> list[str]:
    return [item.id for item in piece.items()]


def test_one_client_serves_all_slices_of_a_process(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(sandbox.base_url).items():
        monkeypatch.setenv(name, value)
    pieces = plan("storage.objects.search", window=(START, START + DAY), every="2h")
    tokens = sandbox.state.credentials.stats.token_requests
    with ThreadPoolExecutor(4) as pool:
        found = list(chain.from_iterable(pool.map(ids_of, pieces)))
    assert len(found) > 50
    assert sandbox.state.credentials.stats.token_requests == tokens + 1
    close_clients()


def test_a_provider_gives_a_client() -> None:
    [one] = plan("storage.objects.search", window=(START, START + DAY), every="1d", credentials="provider:os:getcwd")
    with pytest.raises(ArgumentError, match="os:getcwd returned a str, not an XCaaS"):
        list(one.items())


def test_a_profile_is_read_where_the_slice_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    [one] = plan("storage.objects.search", window=(START, START + DAY), every="1d", credentials="profile:acme")
    with pytest.raises(SecretUnavailableError):
        list(one.items())


def test_a_page_without_items_has_its_columns(client: XCaaS) -> None:
    [page] = client.storage.objects.search(filter="id==nothing").pages()
    table: Any = page.to_arrow()
    assert (table.num_rows, table.column_names[:2]) == (0, ["id", "type"])
