"""Every region, where one does not want to name them."""

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


def test_storage_tells_which_there_are(client: XCaaS) -> None:
    assert regions(client) == ALL


def test_others_have_those_that_the_specs_know(client: XCaaS, sandbox: Sandbox) -> None:
    before = sandbox.state.credentials.stats.calls
    assert regions(client, "quality_management") == ALL
    assert sandbox.state.credentials.stats.calls == before
    with pytest.raises(SliceError, match="audit_records has no regions"):
        regions(client, "audit_records")


def test_a_plan_of_all(client: XCaaS) -> None:
    pieces = plan("storage.objects.search", window=MONDAY, every="1d", over={"region": "all"}, client=client)
    assert [piece.region for piece in pieces] == ALL
    assert pieces == plan("storage.objects.search", window=MONDAY, every="1d", over={"region": ALL})


def test_a_sync_of_all(tmp_path: Path, client: XCaaS, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_an_object_has_one_path(client: XCaaS) -> None:
    (piece,) = plan("storage.objects.search", window=MONDAY, every="1d", over={"region": ["uk"]})
    found = next(piece.items(client))
    assert path_of(found, "uk").startswith(f"uk/{found.type}/2026-01-05/{found.id}.")
    found.created_time, found.type, found.object_name, found.mime_type = None, "a/../b", None, None
    assert path_of(found, "uk") == f"uk/a%2F%2E%2E%2Fb/unknown/{found.id}"
