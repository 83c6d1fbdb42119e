"""Servers with several addresses: dead ones cost a moment, and no attempt leaves a socket behind."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from collections.abc import Coroutine, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from tests.support.origin import Answer, serving
from tests.support.shop import AsyncShop
from xcaas_core import ConnectError
from xcaas_core._asyncio_dial import dial

DEAD, BUSY = "192.0.2.1", "192.0.2.2"  # TEST-NET-1: documentation only


class Loop(asyncio.SelectorEventLoop):
    """One that knows a name with the addresses it is told, of which `DEAD` never answers and `BUSY` refuses at once."""

    def __init__(self, *addresses: str) -> None:
        super().__init__()
        self.addresses = addresses
        self.tried: list[str] = []
        self.given_up: list[str] = []

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> Any:
        assert host == "server.test"
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [
            (families[":" in address], socket.SOCK_STREAM, 0, "", (address, port)[: 4 if ":" in address else 2])
            for address in self.addresses
        ]

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        self.tried.append(address[0])
        if address[0] == BUSY:
            raise ConnectionRefusedError(111, f"refused by {BUSY}")
        if address[0] == "127.0.0.1":
            return await super().sock_connect(sock, address)
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            self.given_up.append(address[0])
            raise


@contextmanager
def listening() -> Generator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def run(loop: Loop, work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return loop.run_until_complete(asyncio.wait_for(work, 20))
    finally:
        loop.close()
        gc.collect()  # an open socket would be told now


@pytest.mark.parametrize(
    ("addresses", "tried"),
    [
        (["127.0.0.1"], ["127.0.0.1"]),
        (["127.0.0.1", DEAD], ["127.0.0.1"]),
        ([DEAD, BUSY, "127.0.0.1", "::2"], [DEAD, "::2", BUSY, "127.0.0.1"]),
        (["::1", "::2", "127.0.0.1"], ["::1", "127.0.0.1"]),
    ],
)
def test_the_first_to_answer_is_taken_and_families_take_turns(addresses: list[str], tried: list[str]) -> None:
    with listening() as port:
        loop = Loop(*addresses)
        with run(loop, dial(loop, "server.test", port)) as sock:
            assert sock.getpeername() == ("127.0.0.1", port)
        assert loop.tried == tried
        assert sorted(loop.given_up) == sorted(set(tried) - {BUSY, "127.0.0.1"})


def test_all_refusals_are_told_once_each() -> None:
    loop = Loop(BUSY, BUSY, "127.0.0.1")
    with pytest.raises(OSError, match=r"^\[Errno 111\] refused by 192\.0\.2\.2; \[Errno \d+\] Connect call failed"):
        run(loop, dial(loop, "server.test", 1))


@pytest.mark.parametrize("addresses", [[DEAD], [DEAD, DEAD, DEAD]])
def test_giving_up_leaves_nothing_open(addresses: list[str]) -> None:
    async def main() -> None:
        with anyio.move_on_after(0.4) as scope:
            await dial(loop, "server.test", 9)
        assert scope.cancelled_caught

    loop = Loop(*addresses)
    run(loop, main())
    assert loop.given_up == loop.tried


def test_a_name_that_nobody_knows() -> None:
    async def main() -> None:
        async with AsyncShop(base_url="https://nobody.invalid", retries=0) as client:
            with pytest.raises(ConnectError, match="no connection could be made"):
                await client.items.get("1")

    asyncio.run(main())


def test_tasks_may_begin_at_once() -> None:
    """Eager tasks came with Python 3.12; asyncio's own way to try several addresses fails with them there."""
    settings: Mapping[str, Any] = vars(asyncio)
    factory = settings.get("eager_task_factory")
    assert (factory is None) is (sys.version_info < (3, 12))

    async def main(url: str) -> None:
        asyncio.get_running_loop().set_task_factory(factory)
        async with AsyncShop(base_url=url.replace("127.0.0.1", "localhost")) as client:
            assert await client.items.get("1") == {}

    with serving(Answer()) as origin:
        asyncio.run(main(origin.url))
