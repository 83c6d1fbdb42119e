"""Clients in a forked process."""

from __future__ import annotations

import asyncio
import os
from importlib import import_module

import pytest

from tests.support.origin import StubResponse, serving
from tests.support.shop import AsyncShop, Shop
from xcaas_core import CallTimeoutError, ConfigurationError, RateLimit
from xcaas_core.calls._rate_limits import RateLimiter
from xcaas_core.transport._async import AsyncHttpTransport

ITEM = StubResponse(body=b'{"id":"1"}')


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_has_its_own_connections_and_slots() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, max_in_flight=1) as client:
        client.items.get("1")
        flight = client.session.engine.shared.flight
        assert flight.try_enter()  # as if another thread were calling
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if client.items.get("2") == {"id": "1"} else 2
            finally:
                os._exit(code)
        flight.leave()
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        client.items.get("3")
    assert origin.connections == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_refuses_connections_of_a_users_http_client(library: str) -> None:
    library_module = import_module(library)
    with (
        serving(ITEM) as origin,
        library_module.Client() as http_client,
        Shop(base_url=origin.url, http_client=http_client) as client,
    ):
        client.items.get("1")
        child = os.fork()
        if child == 0:
            code = 1
            try:
                client.items.get("2")
            except ConfigurationError:
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        client.items.get("3")


def test_an_async_client_refuses_inherited_connections(library: str) -> None:
    async def main() -> None:
        async with import_module(library).AsyncClient() as http_client:
            client = AsyncShop(base_url=origin.url, http_client=http_client)
            reset_after_fork(client)  # no effect without connections
            await client.shop.items.get("1")
            reset_after_fork(client)
            with pytest.raises(ConfigurationError, match="forked"):
                await client.shop.items.get("2")

    def reset_after_fork(client: AsyncShop) -> None:
        io = client.session.io
        assert isinstance(io, AsyncHttpTransport)
        io.reset()

    with serving(ITEM) as origin:
        asyncio.run(main())


class HeldLimiter(RateLimiter):
    """A rate limiter whose lock can be held."""

    def hold(self) -> None:
        self._lock.acquire()


def test_a_forked_child_keeps_rate_limits_with_a_new_lock() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        state = client.session.engine.shared
        limiter = state.limiters["shop"] = HeldLimiter([RateLimit(2, 60)], state.clock)
        client.items.get("1")
        limiter.hold()
        state.reset()
        client.items.get("2")
        with pytest.raises(CallTimeoutError, match="rate limit"):
            client.with_options(timeout=5).items.get("3")
