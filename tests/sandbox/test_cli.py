"""The command: the settings that it prints, files of faults, and its options."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from xcaas import XCaaS
from xcaas_sandbox import Fault, Faults, Sandbox
from xcaas_sandbox._faults import load_faults
from xcaas_sandbox.cli import environment, main


def test_printed_settings_authorize_every_product(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as sandbox:
        for name, value in environment(sandbox.base_url).items():
            monkeypatch.setenv(name, value)
        with XCaaS.from_env() as client:
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


def test_faults_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text("- {path: /regions, status: 503, times: 1}\n- {path: /messages, drip: 0.07}\n", "utf-8")
    faults = load_faults(path)
    key = {"x-api-key": "eght_demo_key"}
    with Sandbox(faults=faults) as sandbox, httpx.Client(base_url=sandbox.base_url, headers=key) as client:
        assert client.get("/storage/us-west/v3/regions").status_code == 503
        assert client.get("/storage/us-west/v3/regions").status_code == 401
        response = client.get("/chat/api/chat/v1/messages")
        assert response.json()[0]["parsed"] == "The line is up again"
        assert response.elapsed.total_seconds() >= 0.07
    assert faults.fired == 2


def test_drip_sends_any_body_in_eight_chunks() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(5):
            await send({"type": "http.response.body", "body": bytes([number]) * 100, "more_body": number < 4})

    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    faults = Faults([Fault(drip=0.001)])

    async def main() -> None:
        await faults.middleware(app)({"type": "http", "method": "GET", "path": "/"}, receive, send)

    asyncio.run(main())
    start, *chunks, end = sent
    assert start["type"] == "http.response.start"
    assert [len(chunk["body"]) for chunk in chunks] == [63] * 7 + [59]
    assert b"".join(chunk["body"] for chunk in chunks) == b"".join(bytes([number]) * 100 for number in range(5))
    assert end == {"type": "http.response.body", "body": b"", "more_body": False}


@pytest.mark.parametrize("text", ["{}", "- {colour: blue}"])
def test_invalid_file_of_faults_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text, "utf-8")
    assert main(["--port", "0", "--faults", str(path)]) == 1
    assert "faults.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "value"), [("--token-lifetime", "0"), ("--speed", "0"), ("--port", "65536")])
def test_numbers_out_of_range_are_refused(option: str, value: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([option, value])
    assert caught.value.code == 2
