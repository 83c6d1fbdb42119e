"""Reading slices from the sandbox: together they return the rows of the whole list, without duplicates."""

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


def values_of(pieces: Iterable[Slice[Any]], client: XCaaS, name: str) -> list[Any]:
    return [getattr(item, name) for piece in pieces for item in piece.items(client)]


def test_objects_of_all_regions_are_read_once(client: XCaaS) -> None:
    window = (START, START + 2 * DAY)
    condition = "type==callrecording,type==meeting"
    pieces = plan(
        client.storage.objects.search,
        window=window,
        every="7h",
        over={"region": ["us-west", "uk"]},
        arguments={"filter": condition},
    )
    ids = values_of(pieces, client, "id")
    objects: list[StorageObject] = []
    for region in ("uk", "us-west"):
        with_region = client.with_options(region={"storage": region})
        objects += with_region.storage.objects.search(filter=condition)
    expected = [item.id for item in objects if item.created_time and window[0] <= item.created_time < window[1]]
    assert sorted(ids) == sorted(expected)
    assert len(ids) == len(set(ids)) > 100


def test_batches_have_the_schema_of_the_slice(client: XCaaS) -> None:
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


def test_unique_removes_calls_that_two_windows_contain(client: XCaaS) -> None:
    window = (START, START + 6 * HOUR)
    pieces = plan(client.work_analytics.call_records.list, window=window, every="1h", over={"pbx_id": [PBX]})
    items = [item for piece in pieces for item in piece.items(client)]
    unique_items = list(unique(items, pieces[0].key))
    [single_slice] = plan(client.work_analytics.call_records.list, window=window, every="1d", over={"pbx_id": [PBX]})
    assert [item.call_id for item in unique_items] == [item.call_id for item in single_slice.items(client)]
    assert len(unique_items) < len(items)  # the sandbox includes both ends of a window
    assert list(unique([1, 1], None)) == [1, 1]


def test_at_most_splits_slices_by_their_estimates(client: XCaaS) -> None:
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
    [piece] = plan(client.storage.objects.search, window=(START, START + DAY), every="1d")
    assert piece.estimate(client) is None
    with pytest.raises(SliceError, match="does not report how many items"):
        plan(client.storage.objects.search, window=(START, START + DAY), every="1d", at_most=5, client=client)
    with pytest.raises(SliceError, match="at_most is 0"):
        plan(client.storage.objects.search, window=(START, START + DAY), every="1d", at_most=0, client=client)


def test_items_on_an_edge_belong_to_the_later_window(client: XCaaS) -> None:
    first_time = JANUARY - timedelta(hours=19 * 22, minutes=30)  # of the first record
    pieces = plan(
        client.audit_records.audits.list,
        window=(first_time, first_time + 19 * HOUR * 3),
        every=19 * HOUR,
        arguments={"service": "platform"},
    )
    times = [[item.audit_timestamp for item in piece.items(client)] for piece in pieces]
    # Each time is an edge, which the sandbox includes in both windows.
    assert times == [[first_time], [first_time + 19 * HOUR], [first_time + 38 * HOUR]]


def test_interactions_are_counted_and_read(client: XCaaS) -> None:
    pieces = plan(
        client.quality_management.interactions.list,
        window=(JANUARY - DAY, JANUARY),
        every="1h",
        arguments={"pbx": "acme"},
    )
    guids = values_of(pieces, client, "interaction_guid")
    assert len(guids) == len(set(guids)) == 7
    assert sum(piece.estimate(client) or 0 for piece in pieces) == 7


def test_reports_are_created_and_read(client: XCaaS) -> None:
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


def test_requests_have_windows_page_sizes_and_filters() -> None:
    server = FakeServer()
    with XCaaS(http_client=server, credentials="key") as client:
        audits = plan(
            client.audit_records.audits.list,
            window=(START, START + HOUR),
            every="1h",
            arguments={"service": "platform", "size": 7},
        )
        list(audits[0].items(client))
        query = server.requests[-1].query
        assert (query["startTime"], query["endTime"], query["size"]) == (
            ["2025-12-31T23:59:59Z"],
            ["2026-01-01T01:00:01Z"],
            ["7"],
        )
        objects = plan(
            client.storage.objects.search, window=(START, START + HOUR), every="1h", arguments={"filter": "a==1,b==2"}
        )
        list(objects[0].items(client))
        query = server.requests[-1].query
        assert query["filter"] == ["(a==1,b==2);createdTime=ge=1767225600000;createdTime=lt=1767229200000"]
        assert query["limit"] == ["100"]
        objects = plan(
            client.storage.objects.search,
            window=(START, START + HOUR),
            every="1h",
            arguments={"filter": (F.type == "callrecording") | (F.created_time < START)},
        )
        list(objects[0].items(client))
        assert server.requests[-1].query["filter"] == [
            "(type==callrecording,createdTime=lt=1767225600000);createdTime=ge=1767225600000;createdTime=lt=1767229200000"
        ]


def test_credentials_are_resolved_in_the_reading_process(sandbox: Sandbox) -> None:
    """Another process receives only the JSON of a slice, and has credentials in its environment."""
    program = (
        "import sys; from xcaas_data.slices import Slice; print(*(i.id for i in Slice.from_json(sys.argv[1]).items()))"
    )
    outputs: list[str] = []
    for reference in ("environment", f"provider:{__name__}:client_from_environment"):
        [piece] = plan("storage.objects.search", window=(START, START + HOUR), every="1h", credentials=reference)
        completed = subprocess.run(
            [sys.executable, "-c", program, piece.to_json()],
            env={**os.environ, **environment(sandbox.base_url)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        outputs.append(completed.stdout)
    assert outputs[0] == outputs[1] != ""


def client_from_environment() -> XCaaS:
    return XCaaS.from_env()


def ids_of(piece: Slice[Any]) -> list[str]:
    return [item.id for item in piece.items()]


def test_slices_of_a_process_share_one_client(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(sandbox.base_url).items():
        monkeypatch.setenv(name, value)
    pieces = plan("storage.objects.search", window=(START, START + DAY), every="2h")
    tokens = sandbox.state.credentials.stats.token_requests
    with ThreadPoolExecutor(4) as pool:
        ids = list(chain.from_iterable(pool.map(ids_of, pieces)))
    assert len(ids) > 50
    assert sandbox.state.credentials.stats.token_requests == tokens + 1
    close_clients()


def test_providers_must_return_a_client() -> None:
    [piece] = plan("storage.objects.search", window=(START, START + DAY), every="1d", credentials="provider:os:getcwd")
    with pytest.raises(ArgumentError, match="os:getcwd returned a str, not an XCaaS"):
        list(piece.items())


def test_profiles_are_resolved_when_a_slice_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    [piece] = plan("storage.objects.search", window=(START, START + DAY), every="1d", credentials="profile:acme")
    with pytest.raises(SecretUnavailableError):
        list(piece.items())


def test_empty_pages_have_their_columns(client: XCaaS) -> None:
    [page] = client.storage.objects.search(filter="id==nothing").pages()
    table: Any = page.to_arrow()
    assert (table.num_rows, table.column_names[:2]) == (0, ["id", "type"])
