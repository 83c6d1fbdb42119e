"""`xcaas mcp` as hosts start it: a process with the protocol over stdin and stdout."""

from __future__ import annotations

import json
import sys
from typing import Any

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from tests.cli.mcp.calling import error, rows
from tests.cli.running import Command


def test_official_client_works_over_stdio(xcaas: Command) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "xcaas_cli", "mcp", "--region", "us-east", "--region", "eu"],
        env=xcaas.environment(),
    )

    async def use() -> None:
        async with Client(server, mode="legacy") as client:
            assert client.server_info is not None
            assert client.server_info.name == "xcaas"
            tools = {tool.name for tool in (await client.list_tools()).tools}
            assert "queue_state" in tools
            assert "create_contact" not in tools
            assert "The tool create_contact is unknown" in error(await client.call_tool("create_contact", {}))
            assert len(rows(await client.call_tool("queue_state", {}))) == 12
            first = await client.call_tool("find_recordings", {"since": "2026-01-01", "limit": 1})
            second = await client.call_tool("read_on", {"cursor": first.structured_content["cursor"], "limit": 1})
            assert rows(first)[0]["id"] != rows(second)[0]["id"]
            assert rows(first)[0]["id"].startswith("us-east")
            assert "status 404" in error(await client.call_tool("get_recording", {"recording_id": "none"}))
            async with anyio.create_task_group() as group:  # concurrently
                group.start_soon(client.call_tool, "find_chats")
                group.start_soon(client.call_tool, "find_sites")

    anyio.run(use)


def test_stdout_has_only_protocol_messages(xcaas: Command) -> None:
    parameters = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    messages: list[dict[str, Any]] = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": parameters},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
        {
            "jsonrpc": "2.0",
            "id": 3,
            "method": "tools/call",
            "params": {"name": "read_on", "arguments": {"cursor": "x"}},
        },
    ]
    with xcaas.start("mcp", "--allow-writes") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        responses: dict[int, dict[str, Any]] = {}
        for message in messages:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
            if "id" in message:
                response = json.loads(process.stdout.readline())
                responses[response["id"]] = response["result"]
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, b"", b"")
    assert responses[1]["serverInfo"]["title"] == "8x8 XCaaS"
    assert "create_contact" in {tool["name"] for tool in responses[2]["tools"]}
    assert responses[3]["isError"] is True
