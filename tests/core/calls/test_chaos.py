"""Many calls against a server that fails in many ways, at random but reproducibly."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from tests.support.origin import Origin, StubResponse, serving
from tests.support.shop import AsyncShop, Shop
from xcaas_core import RetryPolicy, XCaaSError

QUICK = RetryPolicy(2, first_wait=0.001, longest_wait=0.004)
CALLS = 240


def responses_for(seed: int) -> list[StubResponse]:
    """Return responses in an order that the seed decides; 60 % are valid."""
    random_generator = random.Random(seed)
    valid = StubResponse(body=b'{"id":"1"}')
    failures = [
        StubResponse(503),
        StubResponse(429, headers=["Retry-After: 0.01"]),
        StubResponse(429),
        StubResponse(500, b"<html>", kind="text/html"),
        StubResponse(cut="before"),
        StubResponse(cut="inside", body=b'{"id":"1"}' * 20),
        StubResponse(body=b"<html>", kind="text/html"),
        StubResponse(body=b'{"id":'),
        StubResponse(body=b""),
        StubResponse(body=b"\x1f\x8b\x00", headers=["Content-Encoding: gzip"]),
        StubResponse(401, b'{"fault":{"faultstring":"x"}}'),
        StubResponse(body=b'{"id":"1"}', announce=500, cut="inside"),
        StubResponse(delay=0.4, body=b'{"id":"1"}'),  # 0.1 s over the timeout
    ]
    return [
        valid if random_generator.random() < 0.6 else random_generator.choice(failures) for _ in range(CALLS * 4)
    ] + [valid]


def check(origin: Origin, outcomes: Counter[str], creates: list[str]) -> None:
    assert sum(outcomes.values()) == CALLS
    assert outcomes["right"] > CALLS / 2
    sent = Counter(json.loads(seen.body)["id"] for seen in origin.seen if seen.method == "POST")
    # No create that may have been carried out was sent again.
    assert all(count == 1 for count in sent.values())
    assert set(sent) <= set(creates)


@pytest.mark.parametrize("seed", [1, 2])
def test_calls_in_threads_return_the_item_or_raise_a_typed_error(seed: int) -> None:
    outcomes: Counter[str] = Counter()
    creates = [f"c{number}" for number in range(CALLS)]
    with (
        serving(*responses_for(seed)) as origin,
        Shop(base_url=origin.url, retries=QUICK, timeout=0.3, max_in_flight=8) as client,
    ):
        numbers = iter(range(CALLS))
        lock = threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                try:
                    result = client.items.get("1") if number % 3 else client.items.create({"id": creates[number]})
                    outcome = "right" if result == {"id": "1"} else "wrong"
                except XCaaSError as error:
                    outcome = type(error).__name__
                with lock:
                    outcomes[outcome] += 1

        threads = [threading.Thread(target=work) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        assert client.session.engine.shared.flight.in_flight == 0
    assert not outcomes["wrong"]
    check(origin, outcomes, creates)


def test_calls_in_tasks_return_the_item_or_raise_a_typed_error(
    run: Callable[[Callable[[], Awaitable[None]]], None],
) -> None:
    import anyio

    outcomes: Counter[str] = Counter()
    creates = [f"c{number}" for number in range(CALLS)]

    async def main() -> None:
        with serving(*responses_for(3)) as origin:
            async with AsyncShop(base_url=origin.url, retries=QUICK, timeout=0.3, max_in_flight=8) as client:
                numbers = iter(range(CALLS))

                async def work() -> None:
                    for number in numbers:
                        try:
                            get = number % 3
                            result = await (
                                client.items.get("1") if get else client.items.create({"id": creates[number]})
                            )
                            outcomes["right" if result == {"id": "1"} else "wrong"] += 1
                        except XCaaSError as error:
                            outcomes[type(error).__name__] += 1

                async with anyio.create_task_group() as group:
                    for _ in range(12):
                        group.start_soon(work)
                assert client.session.engine.shared.flight.in_flight == 0
            check(origin, outcomes, creates)
        assert not outcomes["wrong"]

    run(main)


def test_a_slow_server_does_not_block_the_event_loop() -> None:
    async def main() -> None:
        with serving(StubResponse(delay=0.3)) as origin:
            async with AsyncShop(base_url=origin.url) as client:
                await client.items.get("0")
                stalls: list[float] = []

                async def measure_stalls() -> None:
                    loop = asyncio.get_running_loop()
                    for _ in range(100):
                        before = loop.time()
                        await asyncio.sleep(0.001)
                        stalls.append(loop.time() - before)

                await asyncio.gather(measure_stalls(), *(client.items.get(str(n)) for n in range(10)))
                assert sorted(stalls)[len(stalls) // 2] < 0.05

    asyncio.run(main())
