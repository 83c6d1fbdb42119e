"""Calls that are cancelled at a random point take nothing from the others, and leave nothing behind."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, Final

import anyio
import pytest

from tests.adversarial.clients import KINDS, LIBRARIES, LIBRARYS_OWN, make, run_async
from tests.adversarial.leftovers import nothing_left, tasks_left
from tests.adversarial.raw_server import Asked, Piece, chunked, json, serving

ASYNC: Final = [kind for kind in KINDS if "blocking" not in kind]
MAX_SECONDS: Final = 0.02
ROUNDS: Final = 6
CALLS: Final = 12
LEAVES_SOCKETS: Final = pytest.mark.skipif(
    tuple(map(int, version("anyio").split(".")[:2])) < (4, 16),
    reason="anyio before 4.16 leaves sockets of cancelled tasks to the garbage collector",
)


def script(asked: Asked) -> Iterator[Piece]:
    """Each item in several pieces with waits between them, at times with another response behind.

    That one comes with the last piece: what arrives between a look at an idle connection and the next request, no
    client can tell from the response to it (docs/calls.md).
    """
    chance = random.Random(asked.target)
    body = b'{"id":"%s"}' % asked.id.encode()
    response, behind = chance.choice(
        ((json(asked.id), b""), (chunked(body[:4], body[4:]), b""), (json(asked.id), json("EVIL")))
    )
    for at in range(0, len(response), 30):
        yield chance.random() * MAX_SECONDS / 8
        yield response[at : at + 30] + (behind if at + 30 >= len(response) else b"")


async def one(client: Any, id: str, chance: random.Random, wrong: list[Any]) -> None:
    """A call that is cancelled after a random time, or not at all."""
    limit = chance.choice((chance.random() * MAX_SECONDS, None))
    with anyio.move_on_after(limit) as scope:
        found = (await client.shop.items.get(id))["id"]
        if found != id:
            wrong.append((id, found))
    if limit is None and scope.cancelled_caught:
        wrong.append((id, "cancelled"))


@pytest.mark.filterwarnings(LIBRARYS_OWN)
# The libraries leave generators of their own to the collector, which trio tells.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ASYNC)
def test_scopes_that_end(kind: str, library: str) -> None:
    chance = random.Random(f"{kind} {library}")
    wrong: list[Any] = []

    async def main() -> None:
        async with make(kind, library, server.url, timeout=5, retries=2) as client:
            for turn in range(ROUNDS):
                with anyio.move_on_after(chance.choice((None, chance.random() * MAX_SECONDS * 2))):
                    async with anyio.create_task_group() as group:
                        for number in range(CALLS):
                            group.start_soon(one, client, f"{turn}-{number}", chance, wrong)
            for number in range(CALLS):
                await one(client, f"last-{number}", random.Random(0), wrong)
            if (own := client._options.http_client) is not None:
                await own.aclose()
        await anyio.sleep(0.01)
        wrong.extend(tasks_left())

    with nothing_left(), serving(script) as server:
        run_async(kind, main)
    assert wrong == []


@LEAVES_SOCKETS
@pytest.mark.filterwarnings(LIBRARYS_OWN)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", [kind for kind in ASYNC if "asyncio" in kind])
def test_tasks_that_are_cancelled(kind: str, library: str) -> None:
    """By `wait_for`, by hand, twice in a row, and by the failure of another task of their group."""
    chance = random.Random(f"{kind} {library}")
    wrong: list[Any] = []

    async def get(client: Any, id: str) -> None:
        if (found := (await client.shop.items.get(id))["id"]) != id:
            wrong.append((id, found))

    async def waited(client: Any, id: str) -> None:
        try:
            await asyncio.wait_for(get(client, id), chance.random() * MAX_SECONDS)
        except TimeoutError:
            return

    async def twice(client: Any, id: str) -> None:
        task = asyncio.create_task(get(client, id))
        await asyncio.sleep(chance.random() * MAX_SECONDS)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def failing() -> None:
        await asyncio.sleep(chance.random() * MAX_SECONDS)
        raise ZeroDivisionError

    async def together(client: Any, ids: list[str]) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing())
            for id in ids:
                group.create_task(get(client, f"group-{id}"))

    async def main() -> None:
        async with make(kind, library, server.url, timeout=5, retries=2) as client:
            for turn in range(ROUNDS):
                ids = [f"{turn}-{number}" for number in range(CALLS)]
                await asyncio.gather(*(chance.choice((get, waited, twice))(client, id) for id in ids))
                with pytest.raises(ExceptionGroup):
                    await together(client, ids)
            if (own := client._options.http_client) is not None:
                await own.aclose()
        wrong.extend(tasks_left())

    with nothing_left(), serving(script) as server:
        run_async(kind, main)
    assert wrong == []
