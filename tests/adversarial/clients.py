"""Calls made one after another by each kind of client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import Any, Final, TypeAlias

import anyio.to_thread
import trio

from tests.adversarial.leftovers import open_tasks
from tests.support.shop import PRODUCT, AsyncShop, Shop
from xcaas_core.sdk import Operation, empty_response, path

__all__ = ["KINDS", "LIBRARIES", "LIBRARY_WARNINGS", "Call", "make", "outcomes", "own_client", "run_async"]

LIBRARIES: Final = ("httpx", "httpx2")
KINDS: Final = ("blocking", "asyncio", "trio", "own blocking", "own asyncio", "own trio")

# After a failed write, the library leaves the generator of a body in memory unclosed. Trio warns about it.
LIBRARY_WARNINGS: Final = r"ignore:Async generator 'httpx2?\._content\.ByteStream:ResourceWarning"

# The name of a method and its argument. `peek` reads the first piece of a streamed body, `wait` waits for an event.
Call: TypeAlias = "tuple[str, Any]"

HEAD: Final[Operation[None]] = Operation(
    PRODUCT, "headItem", "HEAD", "/items/{id}", call="shop.items.head", parameters=(path("id"),),
    responses={"200": empty_response()},
)  # fmt: skip


def own_client(kind: str, library: str, **settings: Any) -> Any:
    """Return a user's HTTP client for this kind of client."""
    module = import_module(library)
    return (module.Client if "blocking" in kind else module.AsyncClient)(**settings)


def make(kind: str, library: str, url: str, **options: Any) -> Any:
    """Return a client of a kind that uses one of the libraries."""
    if kind.startswith("own"):
        options.setdefault("http_client", own_client(kind, library))
    else:
        options["http_library"] = library
    options.setdefault("retries", 0)
    return (Shop if "blocking" in kind else AsyncShop)(base_url=url, **options)


def run_async(kind: str, main: Callable[[], Awaitable[Any]]) -> Any:
    """Run an async function in the event loop of this kind."""
    if "trio" in kind:
        return trio.run(main)

    async def run() -> Any:
        return await main()

    loop = import_module("uvloop").new_event_loop if "uvloop" in kind else None
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(run())


def outcomes(kind: str, library: str, url: str, calls: Sequence[Call], **options: Any) -> list[Any]:
    """Return the outcome of each call: the item's id, another value, or the name of the error."""
    if "blocking" in kind:
        return _call_all(make(kind, library, url, **options), calls)
    results: list[Any] = run_async(kind, lambda: _acall_all(make(kind, library, url, **options), calls))
    return results


def _call_all(client: Shop, calls: Sequence[Call]) -> list[Any]:
    results: list[Any] = []
    with client:
        for name, argument in calls:
            try:
                results.append(_id_or_value(_call(client, name, argument)))
            except Exception as error:
                results.append(type(error).__name__)
    _close(client)
    return results


def _call(client: Shop, name: str, argument: Any) -> Any:
    match name:
        case "head":
            return client.session.call(HEAD, (argument,))
        case "wait":
            return argument.wait(10)
        case "peek":
            with client.streaming(client.items.content, argument) as response:
                return next(response.iter_bytes())
        case "download":
            with client.streaming(client.items.content, argument) as response:
                return b"".join(response.iter_bytes())
        case "store":
            return client.items.store(argument, bytes(32 << 20))
        case _:
            return getattr(client.items, name)(argument)


async def _acall_all(client: AsyncShop, calls: Sequence[Call]) -> list[Any]:
    results: list[Any] = []
    async with client:
        for name, argument in calls:
            try:
                results.append(_id_or_value(await _acall(client, name, argument)))
            except Exception as error:
                results.append(type(error).__name__)
    await _aclose(client)
    assert (await _remaining_tasks()) == []
    return results


async def _remaining_tasks() -> list[str]:
    """Return the tasks that are left, after those that are ending."""
    for _ in range(100):
        if not open_tasks():
            break
        await anyio.sleep(0.001)
    return open_tasks()


async def _acall(client: AsyncShop, name: str, argument: Any) -> Any:
    match name:
        case "head":
            return await client.session.call(HEAD, (argument,))
        case "wait":
            return await anyio.to_thread.run_sync(argument.wait, 10)
        case "peek":
            async with client.streaming(client.shop.items.content, argument) as response:
                pieces: Any = response.iter_bytes()
                try:
                    return await anext(pieces)
                finally:
                    await pieces.aclose()
        case "download":
            async with client.streaming(client.shop.items.content, argument) as response:
                return b"".join([piece async for piece in response.iter_bytes()])
        case "store":
            return await client.shop.items.store(argument, bytes(32 << 20))
        case _:
            return await getattr(client.shop.items, name)(argument)


def _id_or_value(value: Any) -> Any:
    try:
        return value["id"]
    except (TypeError, KeyError):
        return value


def _close(client: Any) -> None:
    """Close the user's HTTP client."""
    if (http_client := client._options.http_client) is not None:
        http_client.close()


async def _aclose(client: Any) -> None:
    if (http_client := client._options.http_client) is not None:
        await http_client.aclose()
