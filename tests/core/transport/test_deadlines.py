"""What is left of a total, for connections whose every wait asks for it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.shop import AsyncShop
from xcaas_core import CallTimeoutError
from xcaas_core.transport._deadlines import Backend, Deadline, Stream


class Refused(Exception):
    """What the library raises when no connection can be made."""


class Network:
    """Stands in for the library's backend, and for its connections."""

    def __init__(self, *reachable: str) -> None:
        self.reachable = reachable
        self.tried: list[tuple[str, float | None]] = []
        self.written: list[bytes] = []

    def get_extra_info(self, info: str) -> None:
        """Nothing has arrived, and there is no TLS."""

    def connect_tcp(self, host: str, port: int, timeout: float | None, **options: Any) -> Network:
        self.tried.append((host, timeout))
        if host not in self.reachable:
            raise Refused(host)
        return self

    def write(self, data: bytes, timeout: float | None) -> None:
        self.written.append(bytes(data))
        self.tried.append(("write", timeout))


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 80)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_each_address_has_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3")
    network = Network("192.0.2.3")
    Backend(network, (Refused, TimeoutError)).connect_tcp("server.test", 80, Deadline(30, 12, None).get("connect"))
    hosts, limits = zip(*network.tried, strict=True)
    assert hosts == ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert [round(limit or 0) for limit in limits] == [4, 6, 12]


def test_without_a_limit_addresses_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "192.0.2.1", "192.0.2.2")
    network = Network()
    with pytest.raises(Refused, match=r"192\.0\.2\.2"):
        Backend(network, (Refused, TimeoutError)).connect_tcp("server.test", 80)
    assert network.tried == [("192.0.2.1", None), ("192.0.2.2", None)]


def looking_up(monkeypatch: pytest.MonkeyPatch, look_up: Callable[[], object]) -> None:
    def found(*_: object, flags: int, **__: object) -> None:
        if not flags & socket.AI_NUMERICHOST:
            look_up()
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    looking_up(monkeypatch, lambda: None)
    network = Network("server.test")
    with pytest.raises(Refused, match="Name or service not known"):
        Backend(network, (Refused, TimeoutError)).connect_tcp("server.test", 80)
    assert network.tried == []


def test_lookups_that_fail_in_other_ways_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up() -> None:
        raise RuntimeError("no network in these tests")

    looking_up(monkeypatch, look_up)
    with pytest.raises(Refused, match="no network in these tests"):
        Backend(Network(), (Refused, TimeoutError)).connect_tcp("server.test", 80, 5)


def test_link_local_addresses_keep_their_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("fe80::1", 80, 0, 1))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    network = Network()
    with pytest.raises(Refused):
        Backend(network, (Refused, TimeoutError)).connect_tcp("server.test", 80)
    assert [host.partition("%")[0] for host, _ in network.tried] == ["fe80::1"]
    assert "%" in network.tried[0][0]


def test_a_name_server_that_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    looking_up(monkeypatch, answered.wait)
    try:
        with pytest.raises(TimeoutError, match=r"server\.test was not found in time"):
            Backend(Network(), (Refused, TimeoutError)).connect_tcp("server.test", 80, 0.01)
    finally:
        answered.set()


def test_names_are_looked_up_where_no_thread_can_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the interpreter ends, and something still makes a call."""

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    looking_up(monkeypatch, lambda: None)
    with pytest.raises(Refused):
        Backend(Network(), (Refused, TimeoutError)).connect_tcp("server.test", 80, 1)


def test_a_long_body_is_sent_in_pieces_each_with_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    network = Network()
    limit = Deadline(30, None, None).get("write")
    stream = Stream(network)
    stream.write(b"head", limit)
    now[0] = 10
    body = bytes(range(256)) * 600
    stream.write(body, limit)
    now[0] = 40
    stream.write(b"more", limit)
    assert b"".join(network.written) == b"head" + body + b"more"
    assert {timeout for _, timeout in network.tried} == {30, 20, 0.001}
    assert len(network.written) == 5


def test_limits_are_numbers_to_everybody_else() -> None:
    deadline = Deadline(30, 10, 5)
    assert deadline.get("connect") == 10
    assert deadline.get("read") == 5
    deadline.at = None
    assert type(deadline.get("read")) is int


@pytest.mark.parametrize(
    ("phase", "words", "connected"),
    [
        ("pool", "no connection came free in time", False),
        ("connect", "no connection was made in time", False),
        ("write", "the response was not complete in time", True),
        ("read", "the response was not complete in time", True),
        (None, "the response was not complete in time", True),
    ],
)
def test_a_total_that_is_used_up_tells_in_which_phase(phase: str | None, words: str, connected: bool) -> None:
    deadline = Deadline(-1, 10, 10)
    if phase is not None:
        deadline.get(phase)
    with pytest.raises(CallTimeoutError, match=words) as caught:
        deadline.check()
    assert caught.value.connected is connected


def test_a_cancelled_handshake_is_told_as_one() -> None:
    """A library that is late with its own limit is stopped by the total of the call."""

    async def connecting_for_ever(request: httpx.Request) -> httpx.Response:
        request.extensions["timeout"].get("connect")
        await asyncio.sleep(30)
        raise AssertionError("not cancelled")

    async def main() -> None:
        own = httpx.AsyncClient(transport=httpx.MockTransport(connecting_for_ever))
        async with own, AsyncShop(base_url="https://shop.test", http_client=own, retries=0, timeout=0.5) as client:
            with pytest.raises(CallTimeoutError, match="no connection was made in time") as caught:
                await client.shop.items.get("1")
            assert not caught.value.connected

    asyncio.run(main())
