"""The official MCP client, connected to a server in this process."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

import anyio
from mcp.client import Client
from mcp_types import CallToolResult, TextContent

from xcaas_cli._connection import make_async_client
from xcaas_cli.mcp._server import make_server
from xcaas_cli.mcp._session import Session

__all__ = ["Call", "error", "rows", "text", "with_client"]

T = TypeVar("T")

Call: TypeAlias = tuple[str, dict[str, Any]]
"""A tool and its arguments."""


def with_client(use: Callable[[Client], Awaitable[T]], *, writes: bool = False) -> T:
    """Run `use` with a client of a server that is configured by the environment."""

    async def run() -> T:
        async with (
            make_async_client({"cluster": "na12"}) as client,
            Client(make_server(Session(client), writes=writes)) as mcp_client,
        ):
            return await use(mcp_client)

    return anyio.run(run)


def text(result: CallToolResult) -> str:
    """Return the text of a result."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def rows(result: CallToolResult) -> list[dict[str, Any]]:
    """Return the rows of a result, which contains them as text and as structured content."""
    assert not result.is_error, text(result)
    assert json.loads(text(result)) == result.structured_content
    rows_: list[dict[str, Any]] = result.structured_content["rows"]
    return rows_


def error(result: CallToolResult) -> str:
    """Return the message of a failed tool call."""
    assert result.is_error, text(result)
    return text(result)
