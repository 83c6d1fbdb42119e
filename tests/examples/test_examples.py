"""The examples do what they say, at a sandbox."""

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
    wanted = (F.type == "callrecording") & (F.object_state == "AVAILABLE")
    return client.storage.objects.search(filter=wanted & (F.created_time >= datetime.now(UTC) - DAY)).to_list()


def test_a_nightly_export(
    client: XCaaS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pandas: Any = importlib.import_module("pandas")  # it has no types
    monkeypatch.setattr(sys, "argv", ["nightly_export", str(tmp_path / "exports")])
    yesterday = (datetime.now(UTC) - DAY).date()
    nightly_export.main()
    path = tmp_path / "exports" / f"{yesterday}.parquet"
    shown = capsys.readouterr().out
    assert f"Recordings of {yesterday}" in shown
    assert "100%" in shown
    assert f"{path}: " in shown
    read: Any = pandas.read_parquet(path)
    assert len(read) in (14, 15)  # one each 102 minutes
    assert set(read["type"]) == {"callrecording"}
    assert {at.date() for at in read["created_time"]} == {yesterday}
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_service(sandbox: Sandbox, client: XCaaS) -> None:
    (one, *_) = recordings(client)
    with TestClient(service_fastapi.create_app()) as http:
        waiting = http.get("/waiting").json()
        assert "Sales" in waiting
        assert all(number >= 0 for number in waiting.values())
        heard = http.get(f"/recordings/{one.id}")
        assert heard.headers["content-type"] == "audio/mpeg"
        assert len(heard.content) == one.stored_bytes
        assert (http.get("/recordings/nope").status_code, http.get("/recordings/nope").json()) == (
            404,
            {"error": "not found"},
        )
        sandbox.state.faults.add(Fault(path="/queues", status=403))
        try:
            assert http.get("/waiting").status_code == 502
        finally:
            sandbox.state.faults.clear()


def test_a_command_of_django(
    client: XCaaS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not settings.configured:
        settings.configure(INSTALLED_APPS=["examples.django_recordings"])
        django.setup()
    ids = {item.id for item in recordings(client)}
    call_command("fetch_recordings", str(tmp_path), "--hours", "24")
    fetched = {path.stem for path in tmp_path.iterdir()}
    assert f"{len(fetched)} new recordings" in capsys.readouterr().out
    assert len(ids ^ fetched) <= 1  # one may have become too old meanwhile
    call_command("fetch_recordings", str(tmp_path))
    assert "0 new recordings" in capsys.readouterr().out
    monkeypatch.setenv("XCAAS_CLIENT_SECRET", "wrong")
    with pytest.raises(CommandError, match="0 fetched, then: "):
        call_command("fetch_recordings", str(tmp_path))


def test_calls_in_pandas(client: XCaaS, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
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
    """Cells are plain Python, so they run without a kernel, one after the other, in one namespace."""
    content = json.loads(notebook.read_text("utf-8"))
    cells = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]
    scope: dict[str, Any] = {}
    for number, cell in enumerate(cells):
        exec(compile(cell, f"{notebook.name}, cell {number}", "exec"), scope)  # noqa: S102 - our own notebook
    assert len(scope["waiting"]) == 12
    assert len(scope["recordings"]) in (14, 15)
    assert all(not cell["outputs"] for cell in content["cells"] if cell["cell_type"] == "code")
