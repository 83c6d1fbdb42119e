"""The running event loop, of asyncio or trio, without importing trio if it isn't in use."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

__all__ = ["call_soon", "has_ended", "in_thread", "running_loop"]


def running_loop() -> object:
    """Return the running asyncio loop, or the token of the running trio loop."""
    # trio first: in guest mode it runs inside an asyncio loop
    trio = sys.modules.get("trio")
    if trio is not None:
        try:
            token: object = trio.lowlevel.current_trio_token()
        except RuntimeError:
            pass
        else:
            return token
    return asyncio.get_running_loop()


def in_trio() -> bool:
    """Return whether the running event loop is trio's."""
    return not isinstance(running_loop(), asyncio.AbstractEventLoop)


def has_ended(loop: object) -> bool:
    """Return whether a loop is a closed asyncio loop. trio's tokens don't tell."""
    return isinstance(loop, asyncio.AbstractEventLoop) and loop.is_closed()


def call_soon(loop: object, function: Callable[[], object]) -> None:
    """Call a function in a loop, from any thread. Do nothing if the loop has ended."""
    try:
        if isinstance(loop, asyncio.AbstractEventLoop):
            loop.call_soon_threadsafe(function)
        else:
            token: Any = loop  # trio's
            token.run_sync_soon(function)
    except RuntimeError as error:
        # asyncio's message says "closed", trio raises RunFinishedError
        if "closed" not in str(error) and type(error).__name__ != "RunFinishedError":
            raise


async def in_thread(source: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read a blocking iterator (a file) in a thread, so that it doesn't block the loop."""
    from anyio.to_thread import run_sync

    while (chunk := await run_sync(next, source, None)) is not None:
        yield chunk
