"""Tokens in threads and event loops, with a real server, drivers and HTTP library."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
import trio

from tests.support.sample_client import Client
from tests.support.simulation import fake_context
from tests.support.token_server import StubResponse, TokenServer
from xcaas_core import ClientCredentials, TokenPolicy
from xcaas_core._errors import XCaaSError
from xcaas_core.auth._interface import AuthContext
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import Authorizer, build_authorizer
from xcaas_core.operations._product import Product, Scheme
from xcaas_core.sansio._drivers import run, run_async
from xcaas_core.sansio._messages import Request
from xcaas_core.sansio._steps import Flow, Send
from xcaas_core.transport._async import AsyncHttpTransport
from xcaas_core.transport._sync import HttpTransport

T = TypeVar("T")


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


def product(server: TokenServer) -> Product:
    scheme = Scheme("oauth2", credential="client-credentials", token_url=server.token_url)
    return Product("sample", title="Sample", servers=(), schemes={"oauth": scheme}, package="x")


def context() -> AuthContext:
    return fake_context(time.monotonic)


def authorizer(server: TokenServer, credential: ClientCredentials) -> Authorizer:
    result = build_authorizer(product(server), (("oauth",),), CredentialSet.parse(credential), context=context())
    assert result is not None
    return result


def api_call(server: TokenServer, auth: Authorizer) -> Flow[int]:
    """Authorize and send a request, and repeat it after a 401, like the call flow."""
    request = Request("GET", f"{server.url}/things", {}, timeout=10.0)
    applied = yield from auth.authorize(request, deadline=None)
    response = yield Send(request)
    if response.status == 401 and (yield from auth.rejected(request, response, applied, deadline=None)):  # type: ignore[attr-defined, arg-type]
        yield from auth.authorize(request, deadline=None, replay=True)
        response = yield Send(request)
    return response.status  # type: ignore[attr-defined, no-any-return]


async def call_in_loop(server: TokenServer, auth: Authorizer, calls: int) -> list[int]:
    io = AsyncHttpTransport()
    try:
        return list(await asyncio.gather(*(run_async(api_call(server, auth), io) for _ in range(calls))))
    finally:
        await io.close()


def call_in_threads(server: TokenServer, auth: Authorizer, calls: int) -> list[int]:
    io = HttpTransport()
    start = threading.Barrier(calls)

    def call_once() -> int:
        start.wait(10)
        return run(api_call(server, auth), io)

    try:
        with ThreadPoolExecutor(calls) as pool:
            return [future.result(30) for future in [pool.submit(call_once) for _ in range(calls)]]
    finally:
        io.close()


# CREDENTIALS 1
def test_hundred_threads_share_one_token_request(server: TokenServer) -> None:
    server.service.latency = 0.2
    assert call_in_threads(server, authorizer(server, ClientCredentials("id", "secret")), 100) == [200] * 100
    assert server.service.token_requests == 1


# CREDENTIALS 2
def test_hundred_tasks_share_one_token_request_and_never_block_the_loop(server: TokenServer) -> None:
    server.service.latency = 1.0
    auth = authorizer(server, ClientCredentials("id", "secret"))
    stalls: list[float] = []

    async def main() -> list[int]:
        async def watch() -> None:
            while True:
                before = time.perf_counter()
                await asyncio.sleep(0.001)
                stalls.append(time.perf_counter() - before - 0.001)

        io = AsyncHttpTransport()
        tasks = [asyncio.create_task(run_async(api_call(server, auth), io)) for _ in range(100)]
        await asyncio.sleep(0.3)  # all tasks wait for the token by now
        watcher = asyncio.create_task(watch())
        await asyncio.sleep(0.5)
        watcher.cancel()
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            await io.close()

    assert asyncio.run(main()) == [200] * 100
    assert server.service.token_requests == 1
    # A busy machine may stall any process, but a blocking lock would stall the loop for the whole second.
    assert sorted(stalls)[int(len(stalls) * 0.9)] < 0.02


# CREDENTIALS 3
def test_credential_is_usable_in_threads_and_two_loops_in_turn(server: TokenServer) -> None:
    auth = authorizer(server, ClientCredentials("id", "secret"))
    assert call_in_threads(server, auth, 5) == [200] * 5
    assert asyncio.run(call_in_loop(server, auth, 5)) == [200] * 5
    server.service.revoke()
    assert asyncio.run(call_in_loop(server, auth, 5)) == [200] * 5
    assert call_in_threads(server, auth, 5) == [200] * 5
    assert server.service.token_requests == 2


def test_concurrent_threads_and_loops_share_one_token_request(server: TokenServer) -> None:
    server.service.latency = 0.3
    auth = authorizer(server, ClientCredentials("id", "secret"))
    with ThreadPoolExecutor(3) as pool:
        loops = [pool.submit(lambda: asyncio.run(call_in_loop(server, auth, 20))) for _ in range(2)]
        threads = pool.submit(call_in_threads, server, auth, 20)
        assert [future.result(30) for future in loops] == [[200] * 20] * 2
        assert threads.result(30) == [200] * 20
    assert server.service.token_requests == 1


def test_trio_waits_for_a_leader_in_another_thread(server: TokenServer) -> None:
    server.service.latency = 0.4
    auth = authorizer(server, ClientCredentials("id", "secret"))
    results: list[int] = []

    async def main() -> None:
        io = AsyncHttpTransport()

        async def call_once() -> None:
            results.append(await run_async(api_call(server, auth), io))

        async with trio.open_nursery() as nursery:
            for _ in range(20):
                nursery.start_soon(call_once)
        await io.close()

    with ThreadPoolExecutor(1) as pool:
        threads = pool.submit(call_in_threads, server, auth, 5)
        time.sleep(0.1)
        trio.run(main)
        assert threads.result(30) == [200] * 5
    assert results == [200] * 20
    assert server.service.token_requests == 1


# CREDENTIALS 8
@pytest.mark.parametrize("runner", ["asyncio", "trio"])
def test_cancelled_leader_is_replaced(server: TokenServer, runner: str) -> None:
    server.service.behave = lambda number: StubResponse(200, b"", delay=30) if number == 1 else None
    auth = authorizer(server, ClientCredentials("id", "secret"))

    async def with_asyncio() -> int:
        io = AsyncHttpTransport()
        leader = asyncio.create_task(run_async(api_call(server, auth), io))
        while not server.service.token_requests:
            await asyncio.sleep(0.01)
        waiting = asyncio.create_task(run_async(api_call(server, auth), io))
        await asyncio.sleep(0.1)
        leader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leader
        try:
            return await asyncio.wait_for(waiting, 10)
        finally:
            await io.close()

    async def with_trio() -> int:
        io, results = AsyncHttpTransport(), list[int]()

        async def wait() -> None:
            results.append(await run_async(api_call(server, auth), io))

        async def cancel(leader: trio.CancelScope) -> None:
            while not server.service.token_requests:
                await trio.sleep(0.01)
            nursery.start_soon(wait)
            await trio.sleep(0.1)
            leader.cancel()

        with trio.fail_after(20):
            async with trio.open_nursery() as nursery:
                with trio.CancelScope() as leader:
                    nursery.start_soon(cancel, leader)
                    await run_async(api_call(server, auth), io)
        await io.close()
        return results[0]

    assert (asyncio.run(with_asyncio()) if runner == "asyncio" else trio.run(with_trio)) == 200
    assert server.service.token_requests == 2


def test_leader_retries_after_a_lost_connection(server: TokenServer) -> None:
    server.service.behave = lambda number: StubResponse(0, delay=0.1) if number == 1 else None
    assert call_in_threads(server, authorizer(server, ClientCredentials("id", "secret")), 20) == [200] * 20
    assert server.service.token_requests == 2


def test_fifty_threads_with_a_revoked_token_share_one_token_request(server: TokenServer) -> None:
    auth = authorizer(server, ClientCredentials("id", "secret"))
    assert call_in_threads(server, auth, 50) == [200] * 50
    server.service.revoke()
    server.service.latency = 0.2
    server.service.api_latency = 0.05
    assert call_in_threads(server, auth, 50) == [200] * 50
    assert server.service.token_requests == 2


def test_short_tokens_under_load_never_fail_a_call(server: TokenServer) -> None:
    """50 threads for three token lives: no call fails, and there is one request per life."""
    server.service.lifetime = 1.0
    server.service.latency = 0.05
    auth = authorizer(server, ClientCredentials("id", "secret"))
    io = HttpTransport()
    end = time.monotonic() + 3.0

    def work() -> list[int]:
        statuses: list[int] = []
        while time.monotonic() < end:
            statuses.append(run(api_call(server, auth), io))
            time.sleep(0.02)
        return statuses

    with ThreadPoolExecutor(50) as pool:
        statuses = [status for future in [pool.submit(work) for _ in range(50)] for status in future.result(30)]
    io.close()
    assert set(statuses) == {200}
    assert len(statuses) > 100
    # A life of 1 s is renewed after 0.8 s: 4 or 5 requests, and one more for each token that expires in use.
    assert 3 <= server.service.token_requests <= 8


# CREDENTIALS 30
def test_redirects_of_the_token_endpoint_are_not_followed(server: TokenServer) -> None:
    from xcaas_core import TokenRefusedError

    with TokenServer() as target:
        server.service.behave = lambda number: StubResponse(307, headers={"location": target.token_url})
        io = HttpTransport()
        with pytest.raises(TokenRefusedError, match="redirect"):
            run(api_call(server, authorizer(server, ClientCredentials("id", "secret"))), io)
        io.close()
        assert target.service.token_requests == 0


def test_token_request_has_its_own_shorter_deadline(server: TokenServer) -> None:
    from xcaas_core import TokenUnavailableError

    server.service.behave = lambda number: StubResponse(200, delay=30)
    policy = TokenPolicy(attempt_timeout=0.2, total_timeout=0.6, backoff=0.01)
    auth = authorizer(server, ClientCredentials("id", "secret", policy=policy))
    io = HttpTransport()
    started = time.monotonic()
    with pytest.raises(TokenUnavailableError):
        run(api_call(server, auth), io)
    assert time.monotonic() - started < 3
    io.close()


def test_concurrent_threads_call_a_provider_once() -> None:
    calls: list[int] = []

    def provide() -> ClientCredentials:
        calls.append(1)
        time.sleep(0.1)
        return ClientCredentials("id", "secret")

    with TokenServer() as server:
        server.service.latency = 0.1
        with Client(credentials=provide, base_url=server.url) as client, ThreadPoolExecutor(30) as pool:
            futures = [pool.submit(client.sample.get) for _ in range(30)]
            assert [future.result(30) for future in futures] == [{"ok": True}] * 30
        assert server.service.token_requests == 1
    assert len(calls) == 2, "once to resolve the credentials, once for the token request"


def test_closing_a_client_during_a_token_request_ends_all_calls() -> None:
    with TokenServer() as server:
        server.service.latency = 1.0
        client = Client(credentials=ClientCredentials("id", "secret"), base_url=server.url)
        outcomes: list[object] = []

        def work() -> None:
            try:
                outcomes.append(client.sample.get())
            except XCaaSError as error:
                outcomes.append(error)

        threads = [threading.Thread(target=work) for _ in range(5)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        client.close()
        for thread in threads:
            thread.join(20)
        assert len(outcomes) == 5
