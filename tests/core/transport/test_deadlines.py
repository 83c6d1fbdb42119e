"""Deadlines: every wait of a connection is limited by the rest of the total."""

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
    """The library's error for a failed connection."""


class Network:
    """A fake of the library's backend and of its connections."""

    def __init__(self, *reachable: str) -> None:
        self.reachable = reachable
        self.waits: list[tuple[str, float | None]] = []
        self.written: list[bytes] = []

    def get_extra_info(self, info: str) -> None:
        """Return None: no data has arrived, and there is no TLS."""

    def connect_tcp(self, host: str, port: int, timeout: float | None, **options: Any) -> Network:
        self.waits.append((host, timeout))
        if host not in self.reachable:
            raise Refused(host)
        return self

    def write(self, data: bytes, timeout: float | None) -> None:
        self.written.append(bytes(data))
        self.waits.append(("write", timeout))


def fake_dns(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def getaddrinfo(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 80)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_addresses_share_the_time_equally(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dns(monkeypatch, "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3")
    network = Network("192.0.2.3")
    Backend(network, (Refused, TimeoutError)).connect_tcp("server.test", 80, Deadline(30, 12, None).get("connect"))
    hosts, limits = zip(*network.waits, strict=True)
    assert hosts == ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert [round(limit or 0) for limit in limits] == [4, 6, 12]


def test_addresses_have_no_limit_without_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_dns(monkeypatch, "192.0.2.1", "192.0.2.2")
    network = Network()
    with pytest.raises(Refused, match=r"192\.0\.2\.2"):
        Backend(network, (Refused, TimeoutError)).connect_tcp("server.test", 80)
    assert network.waits == [("192.0.2.1", None), ("192.0.2.2", None)]


def fake_failing_dns(monkeypatch: pytest.MonkeyPatch, look_up: Callable[[], object]) -> None:
    def getaddrinfo(*_: object, flags: int, **__: object) -> None:
        if not flags & socket.AI_NUMERICHOST:
            look_up()
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_an_unknown_name_raises_the_librarys_error(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_failing_dns(monkeypatch, lambda: None)
    network = Network("server.test")
    with pytest.raises(Refused, match="Name or service not known"):
        Backend(network, (Refused, TimeoutError)).connect_tcp("server.test", 80)
    assert network.waits == []


def test_other_errors_of_a_lookup_raise_the_librarys_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up() -> None:
        raise RuntimeError("no network in these tests")

    fake_failing_dns(monkeypatch, look_up)
    with pytest.raises(Refused, match="no network in these tests"):
        Backend(Network(), (Refused, TimeoutError)).connect_tcp("server.test", 80, 5)


def test_link_local_addresses_keep_their_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("fe80::1", 80, 0, 1))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    network = Network()
    with pytest.raises(Refused):
        Backend(network, (Refused, TimeoutError)).connect_tcp("server.test", 80)
    assert [host.partition("%")[0] for host, _ in network.waits] == ["fe80::1"]
    assert "%" in network.waits[0][0]


def test_a_slow_lookup_raises_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    fake_failing_dns(monkeypatch, released.wait)
    try:
        with pytest.raises(TimeoutError, match=r"server\.test was not found in time"):
            Backend(Network(), (Refused, TimeoutError)).connect_tcp("server.test", 80, 0.01)
    finally:
        released.set()


def test_names_are_looked_up_if_no_thread_can_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """At interpreter shutdown, for example."""

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    fake_failing_dns(monkeypatch, lambda: None)
    with pytest.raises(Refused):
        Backend(Network(), (Refused, TimeoutError)).connect_tcp("server.test", 80, 1)


def test_each_piece_of_a_long_body_gets_the_remaining_time(monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert {timeout for _, timeout in network.waits} == {30, 20, 0.001}
    assert len(network.written) == 5


def test_limits_compare_like_numbers() -> None:
    deadline = Deadline(30, 10, 5)
    assert deadline.get("connect") == 10
    assert deadline.get("read") == 5
    deadline.at = None
    assert type(deadline.get("read")) is int


@pytest.mark.parametrize(
    ("phase", "message", "connected"),
    [
        ("pool", "no connection came free in time", False),
        ("connect", "no connection was made in time", False),
        ("write", "the response was not complete in time", True),
        ("read", "the response was not complete in time", True),
        (None, "the response was not complete in time", True),
    ],
)
def test_the_error_of_the_total_depends_on_the_phase(phase: str | None, message: str, connected: bool) -> None:
    deadline = Deadline(-1, 10, 10)
    if phase is not None:
        deadline.get(phase)
    with pytest.raises(CallTimeoutError, match=message) as caught:
        deadline.check()
    assert caught.value.connected is connected


def test_a_cancelled_handshake_raises_a_connect_timeout() -> None:
    """The total timeout cancels a library that exceeds its own limit."""

    async def connect_forever(request: httpx.Request) -> httpx.Response:
        request.extensions["timeout"].get("connect")
        await asyncio.sleep(30)
        raise AssertionError("not cancelled")

    async def main() -> None:
        http_client = httpx.AsyncClient(transport=httpx.MockTransport(connect_forever))
        async with (
            http_client,
            AsyncShop(base_url="https://shop.test", http_client=http_client, retries=0, timeout=0.5) as client,
        ):
            with pytest.raises(CallTimeoutError, match="no connection was made in time") as caught:
                await client.shop.items.get("1")
            assert not caught.value.connected

    asyncio.run(main())
