"""Regions of a product, and `{"region": "all"}` in plans and syncs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from xcaas import XCaaS
from xcaas_data.paths import path_of
from xcaas_data.slices import SliceError, plan, regions
from xcaas_data.sync import FileState, Sync
from xcaas_sandbox import Sandbox

MONDAY = (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC))
ALL = ["ap", "ca", "uk", "us-east", "us-west"]


def test_regions_of_storage_are_requested(client: XCaaS) -> None:
    assert regions(client) == ALL


def test_regions_of_other_products_come_from_the_specs(client: XCaaS, sandbox: Sandbox) -> None:
    before = sandbox.state.credentials.stats.calls
    assert regions(client, "quality_management") == ALL
    assert sandbox.state.credentials.stats.calls == before
    with pytest.raises(SliceError, match="audit_records has no regions"):
        regions(client, "audit_records")


def test_plan_covers_all_regions(client: XCaaS) -> None:
    pieces = plan("storage.objects.search", window=MONDAY, every="1d", over={"region": "all"}, client=client)
    assert [piece.region for piece in pieces] == ALL
    assert pieces == plan("storage.objects.search", window=MONDAY, every="1d", over={"region": ALL})


def test_sync_covers_all_regions(tmp_path: Path, client: XCaaS, monkeypatch: pytest.MonkeyPatch) -> None:
    def client_for(_: str) -> XCaaS:
        return client

    monkeypatch.setattr("xcaas_data.slices._plan.client_for", client_for)
    sync = Sync(
        client.storage.objects.search,
        start=MONDAY[0],
        every="1d",
        state=FileState(tmp_path / "state"),
        over={"region": "all"},
    )
    assert sorted(piece.region for piece in sync.pending(until=MONDAY[1])) == ALL


def test_path_of_escapes_ids_and_unknown_values(client: XCaaS) -> None:
    (piece,) = plan("storage.objects.search", window=MONDAY, every="1d", over={"region": ["uk"]})
    item = next(piece.items(client))
    assert path_of(item, "uk").startswith(f"uk/{item.type}/2026-01-05/{item.id}.")
    item.created_time, item.type, item.object_name, item.mime_type = None, "a/../b", None, None
    assert path_of(item, "uk") == f"uk/a%2F%2E%2E%2Fb/unknown/{item.id}"
