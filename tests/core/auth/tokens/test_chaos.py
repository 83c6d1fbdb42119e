"""Many failures at once: no deadlock, no stampede, and every call ends with a token or a typed error.

Seeded, so that failures are reproducible.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.credentials import World
from tests.support.sample_client import AsyncClient, Client
from tests.support.simulation import FakeResponse, Outcome, Task, TokenEndpoint
from tests.support.token_server import Service, StubResponse, TokenServer
from xcaas_core import (
    ClientCredentials,
    TokenPolicy,
    TokenRateLimitError,
    TokenRefusedError,
    TokenResponseError,
    TokenTimeoutError,
    TokenUnavailableError,
)
from xcaas_core._errors import AuthenticationError, ConnectError, ConnectionLostError, TokenError
from xcaas_core.auth.tokens._token import AccessToken

EXPECTED = (TokenResponseError, TokenRateLimitError, TokenRefusedError, TokenTimeoutError, TokenUnavailableError)


class Killed(BaseException):
    """Thrown into cancelled tasks."""


class ChaoticEndpoint(TokenEndpoint):
    """A simulated endpoint with random outcomes and latencies."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice

    def answer(self, request: object, now: float) -> Outcome:
        dice = self._dice
        self.latency = dice.choice([0.0, 0.05, 0.5, 3.0, 15.0])
        self.seen_at.append(now)
        token = f"token-{len(self.seen_at)}"
        outcomes: list[Outcome] = [
            self.token(token, expires_in=dice.choice(["1799", "30", 5, "0", -1, None, "NaN", 1e12])),
            self.token(token),
            self.token(token),
            FakeResponse(503, b""),
            FakeResponse(429, b"", {"retry-after": str(dice.choice([1, 5, 60]))}),
            FakeResponse(401, b'{"error": "invalid_client"}'),
            FakeResponse(200, b"<html>"),
            FakeResponse(200, b""),
            FakeResponse(200, b"[]"),
            FakeResponse(200, b'{"access_token": 7}'),
            FakeResponse(302, b""),
            ConnectError("no route"),
            ConnectionLostError("reset"),
        ]
        return dice.choice(outcomes)


@pytest.mark.parametrize("seed", range(60))
def test_chaos_in_simulated_time(seed: int) -> None:
    dice = random.Random(seed)
    world = World(ChaoticEndpoint(dice), random=dice.random)
    tasks: list[Task[AccessToken]] = []
    start = world.clock.now
    for _ in range(300):
        after = dice.uniform(0, 2000)
        deadline = dice.choice([None, start + after + dice.uniform(0.01, 40)])
        task = world.simulation.start(world.acquire(deadline), after=after)
        tasks.append(task)
        if dice.random() < 0.1:
            when = after + dice.uniform(0, 3)
            world.simulation.at(when, lambda task=task: world.simulation.cancel(task, Killed()))  # type: ignore[misc]
        if dice.random() < 0.05:
            world.simulation.at(after, lambda: _revoke(world))
    world.simulation.run()
    for task in tasks:
        assert task.done
        assert task.error is None or isinstance(task.error, (*EXPECTED, Killed))
        if task.error is None:
            assert task.value.value.startswith("Bearer token-")
    for earlier, later in zip(world.endpoint.seen_at, world.endpoint.seen_at[1:], strict=False):
        assert later >= earlier
    assert len(world.endpoint.seen_at) < len(tasks), "a token request per call is a stampede"


def _revoke(world: World) -> None:
    if world.manager.current is not None:
        world.manager.invalidate(world.manager.current)


class ChaoticService(Service):
    """A real server with random responses, within a second."""

    def __init__(self, seed: int) -> None:
        super().__init__(lifetime=0.5, latency=0.01)
        self._dice = random.Random(seed)
        self.behave = self._misbehave

    def _misbehave(self, number: int) -> StubResponse | None:
        kind = self._dice.randrange(12)
        if self._dice.random() < 0.05:
            self.revoke()
        responses: dict[int, StubResponse] = {
            0: StubResponse(200, b"{}", delay=1.0),
            1: StubResponse(0),
            2: StubResponse(429, headers={"retry-after": "1"}),
            3: StubResponse(500),
            4: StubResponse(200, b"<html>"),
            5: StubResponse(200, b'{"access_token": ["x"]}'),
            6: StubResponse(200, b'{"access_token": "over", "token_type": "bearer", "expires_in": "0"}'),
        }
        return responses.get(kind)


@pytest.mark.parametrize("seed", [1, 2])
def test_chaos_with_threads_tasks_and_a_real_server(seed: int) -> None:
    service = ChaoticService(seed)
    policy = TokenPolicy(attempt_timeout=0.3, total_timeout=2.0, backoff=0.02, longest_wait=1.5, refusal_memory=0.1)
    credentials = ClientCredentials("id", "secret", policy=policy)
    end = time.monotonic() + 3.0
    outcomes: list[BaseException | None] = []
    lock = threading.Lock()

    def record(error: BaseException | None) -> None:
        with lock:
            outcomes.append(error)

    def call_in_thread(client: Client) -> None:
        while time.monotonic() < end:
            try:
                client.sample.get()
                record(None)
            except Exception as error:
                record(error)
            time.sleep(0.01)

    async def call_in_tasks(url: str) -> None:
        async def call_repeatedly(client: AsyncClient) -> None:
            while time.monotonic() < end:
                try:
                    await client.sample.get()
                    record(None)
                except Exception as error:
                    record(error)
                await asyncio.sleep(0.01)

        async with AsyncClient(credentials=credentials, base_url=url, timeout=10, retries=0) as client:
            await asyncio.gather(*(call_repeatedly(client) for _ in range(10)))

    with TokenServer(service) as server:
        with (
            Client(credentials=credentials, base_url=server.url, timeout=10, retries=0) as client,
            ThreadPoolExecutor(11) as pool,
        ):
            futures = [pool.submit(call_in_thread, client) for _ in range(10)]
            futures.append(pool.submit(lambda: asyncio.run(call_in_tasks(server.url))))
            for future in futures:
                future.result(30)
        assert time.monotonic() < end + 15, "every wait is bounded"
        assert outcomes.count(None) > 20
        for error in outcomes:
            assert error is None or isinstance(error, (TokenError, AuthenticationError)), repr(error)
        # One request at a time, of at least 10 ms.
        assert service.token_requests < 3.5 / 0.01
