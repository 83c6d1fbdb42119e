"""The command's own part: what it prints is enough to call everything, and its files are read with care."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from xcaas import XCaaS
from xcaas_sandbox import Sandbox
from xcaas_sandbox._faults import load_faults
from xcaas_sandbox.cli import environment, main


def test_the_settings_that_are_printed_open_every_product(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as sandbox:
        for name, value in environment(sandbox.base_url).items():
            monkeypatch.setenv(name, value)
        with XCaaS.from_env(cluster="na12") as client:
            assert client.storage.regions.list()
            assert client.administration.sites.list().first()
            assert client.contacts.contacts.search().first()
            assert client.contacts.contacts.create(contact={"contactType": "company", "customerId": "1"}).id
            assert client.agent_status.agents.list().data
            assert client.dynamic_campaigns.campaigns.get(125).campaign
            assert client.work_analytics.pbxes.list().first()
            assert client.work_chat.messages.list()
            query = {"tenantId": "demotenant", "page": 1, "rows": 10, "duration": "today"}
            calls: Any = client.recent_calls.calls
            with pytest.deprecated_call():
                assert calls.list(query=query, region="us").first()


def test_rules_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text("- {path: /regions, status: 503, times: 1}\n- {path: /messages, drip: 0.01}\n", "utf-8")
    faults = load_faults(path)
    key = {"x-api-key": "eght_demo_key"}
    with Sandbox(faults=faults) as sandbox, httpx.Client(base_url=sandbox.base_url, headers=key) as client:
        assert client.get("/storage/us-west/v3/regions").status_code == 503
        assert client.get("/storage/us-west/v3/regions").status_code == 401
        answer = client.get("/chat/api/chat/v1/messages")
        assert answer.json()[0]["parsed"] == "The line is up again"
        assert answer.elapsed.total_seconds() > 0.05
    assert faults.fired == 2


@pytest.mark.parametrize("text", ["{}", "- {colour: blue}"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text, "utf-8")
    assert main(["--port", "0", "--faults", str(path)]) == 1
    assert "faults.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--token-lifetime", "--speed"])
def test_numbers_must_be_positive(option: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([option, "0"])
    assert caught.value.code == 2
