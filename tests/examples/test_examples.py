"""The examples, run against a sandbox."""

from __future__ import annotations

import importlib
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from fastapi.testclient import TestClient

from examples import calls_pandas, nightly_export, service_fastapi
from xcaas import F, XCaaS
from xcaas.storage.models import StorageObject
from xcaas_sandbox import Fault, Sandbox

NOTEBOOKS = sorted((Path(__file__).parents[2] / "examples").glob("*.ipynb"))
DAY = timedelta(days=1)


def recordings(client: XCaaS) -> list[StorageObject]:
    condition = (F.type == "callrecording") & (F.object_state == "AVAILABLE")
    return client.storage.objects.search(filter=condition & (F.created_time >= datetime.now(UTC) - DAY)).to_list()


def test_nightly_export_writes_parquet(
    client: XCaaS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pandas: Any = importlib.import_module("pandas")  # pandas has no type hints
    monkeypatch.setattr(sys, "argv", ["nightly_export", str(tmp_path / "exports")])
    yesterday = (datetime.now(UTC) - DAY).date()
    nightly_export.main()
    path = tmp_path / "exports" / f"{yesterday}.parquet"
    output = capsys.readouterr().out
    assert f"Recordings of {yesterday}" in output
    assert "100%" in output
    assert f"{path}: " in output
    frame: Any = pandas.read_parquet(path)
    assert len(frame) in (14, 15)  # one every 102 minutes
    assert set(frame["type"]) == {"callrecording"}
    assert {time.date() for time in frame["created_time"]} == {yesterday}
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_fastapi_service_streams_recordings(sandbox: Sandbox, client: XCaaS) -> None:
    (recording, *_) = recordings(client)
    with TestClient(service_fastapi.create_app()) as http:
        waiting = http.get("/waiting").json()
        assert "Sales" in waiting
        assert all(number >= 0 for number in waiting.values())
        response = http.get(f"/recordings/{recording.id}")
        assert response.headers["content-type"] == "audio/mpeg"
        assert len(response.content) == recording.stored_bytes
        assert (http.get("/recordings/nope").status_code, http.get("/recordings/nope").json()) == (
            404,
            {"error": "not found"},
        )
        sandbox.state.faults.add(Fault(path="/queues", status=403))
        try:
            assert http.get("/waiting").status_code == 502
        finally:
            sandbox.state.faults.clear()


def test_django_command_fetches_new_recordings(
    client: XCaaS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not settings.configured:
        settings.configure(INSTALLED_APPS=["examples.django_recordings"])
        django.setup()
    ids = {item.id for item in recordings(client)}
    call_command("fetch_recordings", str(tmp_path), "--hours", "24")
    fetched = {path.stem for path in tmp_path.iterdir()}
    assert f"{len(fetched)} new recordings" in capsys.readouterr().out
    assert len(ids ^ fetched) <= 1  # one may have become too old in the meantime
    call_command("fetch_recordings", str(tmp_path))
    assert "0 new recordings" in capsys.readouterr().out
    monkeypatch.setenv("XCAAS_CLIENT_SECRET", "wrong")
    with pytest.raises(CommandError, match="0 fetched, then: "):
        call_command("fetch_recordings", str(tmp_path))


def test_calls_are_counted_by_hour_in_pandas(
    client: XCaaS, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    end = datetime.now(UTC)
    calls = calls_pandas.call_records(client, "acme-480-a-day", end - DAY, end)
    assert len(calls) in (480, 481)
    hours = calls_pandas.by_hour(calls)
    assert len(hours) in (24, 25, 26)
    assert hours["calls"].sum() == (calls["direction"] == "Incoming").sum()
    monkeypatch.setattr(sys, "argv", ["calls_pandas", "acmecorp"])
    calls_pandas.main()
    assert "missed" in capsys.readouterr().out


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.usefixtures("sandbox")
def test_notebooks_run(notebook: Path) -> None:
    """Cells are plain Python, so they run without a kernel, in order and in one namespace."""
    content = json.loads(notebook.read_text("utf-8"))
    cells = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]
    scope: dict[str, Any] = {}
    for number, cell in enumerate(cells):
        exec(compile(cell, f"{notebook.name}, cell {number}", "exec"), scope)  # noqa: S102 - our own notebook
    assert len(scope["waiting"]) == 12
    assert len(scope["recordings"]) in (14, 15)
    assert all(not cell["outputs"] for cell in content["cells"] if cell["cell_type"] == "code")
