"""The official client of the protocol, connected to a server in this process."""

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
    """Use a client whose server calls what the environment says."""

    async def run() -> T:
        async with (
            make_async_client({"cluster": "na12"}) as client,
            Client(make_server(Session(client), writes=writes)) as connected,
        ):
            return await use(connected)

    return anyio.run(run)


def text(result: CallToolResult) -> str:
    """The text of a result."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def rows(result: CallToolResult) -> list[dict[str, Any]]:
    """The rows of a result, which has them twice."""
    assert not result.is_error, text(result)
    assert json.loads(text(result)) == result.structured_content
    found: list[dict[str, Any]] = result.structured_content["rows"]
    return found


def error(result: CallToolResult) -> str:
    """What a tool says that failed."""
    assert result.is_error, text(result)
    return text(result)
