"""Calls of generated methods, which return a value or an error."""

from __future__ import annotations

import asyncio
import inspect
import warnings
from typing import Any

from tests.conformance.clients import Method

__all__ = ["attempt", "attempt_async"]


def _call(client: Any, method: Method, arguments: dict[str, object], *, raw: bool = False) -> Any:
    target = client
    for name in method.call.split("."):
        target = getattr(target, name)
    if method.returns_helper:
        return method.once(target.__self__, arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return client.raw(target, **arguments) if raw and not method.downloads else target(**arguments)


def attempt(
    client: Any, method: Method, arguments: dict[str, object], *, raw: bool = False
) -> tuple[object, BaseException | None]:
    """Call a method, with `client.raw` if it supports that. Return the value or the error."""
    try:
        value = _call(client, method, arguments, raw=raw)
        return value.read() if type(value).__name__ == "Download" else value, None
    except Exception as error:
        return None, error


async def attempt_async(
    client: Any, method: Method, arguments: dict[str, object]
) -> tuple[object, BaseException | None]:
    """Call a method of an async client. Return the value or the error."""

    async def finish() -> object:
        value = _call(client, method, arguments)
        if inspect.isawaitable(value):
            value = await value
        return await value.read() if type(value).__name__ == "AsyncDownload" else value

    try:
        return await asyncio.wait_for(finish(), 20), None
    except Exception as error:
        return None, error
