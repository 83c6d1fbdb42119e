"""CPU time per call of `AsyncXCaaS` with 50 calls in flight, compared with the bare library's `AsyncClient`.

`python -m benchmarks.call_flight`: once as installed, once with the extra `httpx2`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Final

from benchmarks._measure import compare, show
from benchmarks._small_answers import HEADERS, json_server, library, run_with_each_library
from benchmarks.call_cost import OBJECT

BUDGETS: Final = {"httpx": 0.40, "httpx2": 0.9}
IN_FLIGHT: Final = 50
CALLS: Final = 500
ROUNDS: Final = 5
# Seconds. Without a delay, few requests would be in flight at the same time.
DELAY: Final = 0.01


def main(arguments: list[str]) -> int:
    if not arguments:
        return run_with_each_library("benchmarks.call_flight", ())
    library(arguments[0])
    with json_server(OBJECT, delay=DELAY) as base:
        return asyncio.run(_measure(arguments[0], base))


async def _measure(name: str, base: str) -> int:
    import xcaas

    url = f"{base}/storage/us-west/v3/objects/o1"
    credentials = xcaas.BearerToken("token")
    loop = asyncio.get_running_loop()
    async with (
        import_module(name).AsyncClient() as bare,
        xcaas.AsyncXCaaS(base_url=base, credentials=credentials, rate_limits=False) as client,
    ):

        async def ours() -> object:
            return await client.storage.objects.get("o1")

        async def peer() -> object:
            response = await bare.get(url, headers=HEADERS)
            response.raise_for_status()
            return response.json()

        await asyncio.gather(_many(ours), _many(peer))  # open the connections before measuring
        comparison = await asyncio.to_thread(
            compare,
            lambda: asyncio.run_coroutine_threadsafe(_many(ours), loop).result(),
            lambda: asyncio.run_coroutine_threadsafe(_many(peer), loop).result(),
            rounds=ROUNDS,
        )
    budget = BUDGETS[name]
    show(f"{CALLS} typed calls over {name}, {IN_FLIGHT} in flight", comparison, peer=f"bare {name}", budget=budget)
    return 0 if comparison.ratio <= budget else 1


async def _many(call: Callable[[], Awaitable[object]]) -> None:
    remaining = iter(range(CALLS))

    async def worker() -> None:
        for _ in remaining:
            await call()

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
