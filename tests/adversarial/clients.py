"""Every kind of client, making the same calls in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import Any, Final, TypeAlias

import anyio.to_thread
import trio

from tests.adversarial.leftovers import tasks_left
from tests.support.shop import PRODUCT, AsyncShop, Shop
from xcaas_core.sdk import Operation, empty_response, path

__all__ = ["KINDS", "LIBRARIES", "LIBRARYS_OWN", "Call", "make", "outcomes", "own_client", "run_async"]

LIBRARIES: Final = ("httpx", "httpx2")
KINDS: Final = ("blocking", "asyncio", "trio", "own blocking", "own asyncio", "own trio")

# A write that fails leaves the generator of a body in memory, which holds nothing, open in the library. Trio tells.
LIBRARYS_OWN: Final = r"ignore:Async generator 'httpx2?\._content\.ByteStream:ResourceWarning"

# The name of a method and its argument. `peek` leaves a streamed body after its first piece, `wait` waits for an event.
Call: TypeAlias = "tuple[str, Any]"

HEAD: Final[Operation[None]] = Operation(
    PRODUCT, "headItem", "HEAD", "/items/{id}", call="shop.items.head", parameters=(path("id"),),
    responses={"200": empty_response()},
)  # fmt: skip


def own_client(kind: str, library: str, **settings: Any) -> Any:
    """A user's HTTP client for this kind of client."""
    module = import_module(library)
    return (module.Client if "blocking" in kind else module.AsyncClient)(**settings)


def make(kind: str, library: str, url: str, **options: Any) -> Any:
    """A client of a kind, over one of the libraries."""
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

    async def whole() -> Any:
        return await main()

    loop = import_module("uvloop").new_event_loop if "uvloop" in kind else None
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(whole())


def outcomes(kind: str, library: str, url: str, calls: Sequence[Call], **options: Any) -> list[Any]:
    """What comes of each call: the id of the item that was got, or another value, or the name of the error."""
    if "blocking" in kind:
        return _blocking(make(kind, library, url, **options), calls)
    found: list[Any] = run_async(kind, lambda: _awaiting(make(kind, library, url, **options), calls))
    return found


def _blocking(client: Shop, calls: Sequence[Call]) -> list[Any]:
    found: list[Any] = []
    with client:
        for name, argument in calls:
            try:
                found.append(_shown(_call(client, name, argument)))
            except Exception as error:
                found.append(type(error).__name__)
    _close(client)
    return found


def _call(client: Shop, name: str, argument: Any) -> Any:
    match name:
        case "head":
            return client.session.call(HEAD, (argument,))
        case "wait":
            return argument.wait(10)
        case "peek":
            with client.streaming(client.items.content, argument) as answer:
                return next(answer.iter_bytes())
        case "download":
            with client.streaming(client.items.content, argument) as answer:
                return b"".join(answer.iter_bytes())
        case "store":
            return client.items.store(argument, bytes(32 << 20))
        case _:
            return getattr(client.items, name)(argument)


async def _awaiting(client: AsyncShop, calls: Sequence[Call]) -> list[Any]:
    found: list[Any] = []
    async with client:
        for name, argument in calls:
            try:
                found.append(_shown(await _acall(client, name, argument)))
            except Exception as error:
                found.append(type(error).__name__)
    await _aclose(client)
    assert (await _settled()) == []
    return found


async def _settled() -> list[str]:
    """The tasks that are left; those that are ending may."""
    for _ in range(100):
        if not tasks_left():
            break
        await anyio.sleep(0.001)
    return tasks_left()


async def _acall(client: AsyncShop, name: str, argument: Any) -> Any:
    match name:
        case "head":
            return await client.session.call(HEAD, (argument,))
        case "wait":
            return await anyio.to_thread.run_sync(argument.wait, 10)
        case "peek":
            async with client.streaming(client.shop.items.content, argument) as answer:
                pieces: Any = answer.iter_bytes()
                try:
                    return await anext(pieces)
                finally:
                    await pieces.aclose()
        case "download":
            async with client.streaming(client.shop.items.content, argument) as answer:
                return b"".join([piece async for piece in answer.iter_bytes()])
        case "store":
            return await client.shop.items.store(argument, bytes(32 << 20))
        case _:
            return await getattr(client.shop.items, name)(argument)


def _shown(value: Any) -> Any:
    try:
        return value["id"]
    except (TypeError, KeyError):
        return value


def _close(client: Any) -> None:
    """Close what the user brought."""
    if (own := client._options.http_client) is not None:
        own.close()


async def _aclose(client: Any) -> None:
    if (own := client._options.http_client) is not None:
        await own.aclose()
