"""Calls cancelled at random points do not affect others, and leave nothing behind."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, Final

import anyio
import pytest

from tests.adversarial.clients import KINDS, LIBRARIES, LIBRARY_WARNINGS, make, run_async
from tests.adversarial.leftovers import no_leaks, open_tasks
from tests.adversarial.raw_server import Piece, Request, chunked, json, serving

ASYNC: Final = [kind for kind in KINDS if "blocking" not in kind]
MAX_SECONDS: Final = 0.02
ROUNDS: Final = 6
CALLS: Final = 12
LEAVES_SOCKETS: Final = pytest.mark.skipif(
    tuple(map(int, version("anyio").split(".")[:2])) < (4, 16),
    reason="anyio before 4.16 leaves sockets of cancelled tasks to the garbage collector",
)


def script(request: Request) -> Iterator[Piece]:
    """Yield each item in pieces with waits, sometimes followed by another response.

    That one comes with the last piece: no client can tell data that arrives between its check of an idle connection and
    the next request from the response to that request (docs/calls.md).
    """
    rng = random.Random(request.target)
    body = b'{"id":"%s"}' % request.id.encode()
    response, extra = rng.choice(
        ((json(request.id), b""), (chunked(body[:4], body[4:]), b""), (json(request.id), json("EVIL")))
    )
    for start in range(0, len(response), 30):
        yield rng.random() * MAX_SECONDS / 8
        yield response[start : start + 30] + (extra if start + 30 >= len(response) else b"")


async def call_and_cancel(client: Any, id: str, rng: random.Random, errors: list[Any]) -> None:
    """Make a call and cancel it after a random time, or not at all."""
    limit = rng.choice((rng.random() * MAX_SECONDS, None))
    with anyio.move_on_after(limit) as scope:
        received = (await client.shop.items.get(id))["id"]
        if received != id:
            errors.append((id, received))
    if limit is None and scope.cancelled_caught:
        errors.append((id, "cancelled"))


@pytest.mark.filterwarnings(LIBRARY_WARNINGS)
# Trio warns about generators that the libraries leave to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ASYNC)
def test_cancelled_scopes_do_not_affect_other_calls(kind: str, library: str) -> None:
    rng = random.Random(f"{kind} {library}")
    errors: list[Any] = []

    async def main() -> None:
        async with make(kind, library, server.url, timeout=5, retries=2) as client:
            for turn in range(ROUNDS):
                with anyio.move_on_after(rng.choice((None, rng.random() * MAX_SECONDS * 2))):
                    async with anyio.create_task_group() as group:
                        for number in range(CALLS):
                            group.start_soon(call_and_cancel, client, f"{turn}-{number}", rng, errors)
            for number in range(CALLS):
                await call_and_cancel(client, f"last-{number}", random.Random(0), errors)
            if (http_client := client._options.http_client) is not None:
                await http_client.aclose()
        await anyio.sleep(0.01)
        errors.extend(open_tasks())

    with no_leaks(), serving(script) as server:
        run_async(kind, main)
    assert errors == []


@LEAVES_SOCKETS
@pytest.mark.filterwarnings(LIBRARY_WARNINGS)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", [kind for kind in ASYNC if "asyncio" in kind])
def test_cancelled_tasks_do_not_affect_other_calls(kind: str, library: str) -> None:
    """By `wait_for`, explicitly, twice in a row, and by the failure of another task in their group."""
    rng = random.Random(f"{kind} {library}")
    errors: list[Any] = []

    async def get(client: Any, id: str) -> None:
        if (received := (await client.shop.items.get(id))["id"]) != id:
            errors.append((id, received))

    async def get_with_timeout(client: Any, id: str) -> None:
        try:
            await asyncio.wait_for(get(client, id), rng.random() * MAX_SECONDS)
        except TimeoutError:
            return

    async def cancel_twice(client: Any, id: str) -> None:
        task = asyncio.create_task(get(client, id))
        await asyncio.sleep(rng.random() * MAX_SECONDS)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def fail() -> None:
        await asyncio.sleep(rng.random() * MAX_SECONDS)
        raise ZeroDivisionError

    async def get_in_group(client: Any, ids: list[str]) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            for id in ids:
                group.create_task(get(client, f"group-{id}"))

    async def main() -> None:
        async with make(kind, library, server.url, timeout=5, retries=2) as client:
            for turn in range(ROUNDS):
                ids = [f"{turn}-{number}" for number in range(CALLS)]
                await asyncio.gather(*(rng.choice((get, get_with_timeout, cancel_twice))(client, id) for id in ids))
                with pytest.raises(ExceptionGroup):
                    await get_in_group(client, ids)
            if (http_client := client._options.http_client) is not None:
                await http_client.aclose()
        errors.extend(open_tasks())

    with no_leaks(), serving(script) as server:
        run_async(kind, main)
    assert errors == []
