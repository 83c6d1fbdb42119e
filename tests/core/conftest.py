"""Fixtures for tests of calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import trio


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Callable[[Callable[[], Awaitable[None]]], None]:
    """Run an async function, in each kind of event loop."""

    def run_asyncio(function: Callable[[], Awaitable[None]]) -> None:
        async def main() -> None:
            await function()

        asyncio.run(main())

    return run_asyncio if request.param == "asyncio" else trio.run


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> str:
    """The name of each HTTP library."""
    return str(request.param)
