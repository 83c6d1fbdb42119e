"""The fault proxy: each fault does to a connection what its name says, by plan, and leaves a record."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from xcaas_sandbox import FaultProxy, Sandbox

MESSAGES = "/chat/api/chat/v1/messages"
KEY = {"x-api-key": "eght_demo_key", "x-call": "call 1"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def ask(
    sandbox: Sandbox, fault: str, patience: float = 2.0
) -> tuple[httpx.Response | httpx.TransportError, FaultProxy]:
    """What one request meets when nothing but `fault` happens."""
    with (
        FaultProxy(sandbox.base_url, rate=1, faults={fault: 1}, patience=patience) as proxy,
        httpx.Client(base_url=proxy.base_url, headers=KEY, timeout=2) as client,
    ):
        try:
            return client.get(MESSAGES), proxy
        except httpx.TransportError as error:
            return error, proxy


@pytest.mark.parametrize(
    ("fault", "forwarded"),
    [("reset", False), ("garbage", False), ("silent", False), ("lost", True), ("cut", True)],
)
def test_no_response_arrives(sandbox: Sandbox, fault: str, forwarded: bool) -> None:
    met, proxy = ask(sandbox, fault, patience=0.1)
    assert isinstance(met, (httpx.ReadError, httpx.RemoteProtocolError))
    (passage,) = proxy.record
    assert (passage.mark, passage.method, passage.path) == ("call 1", "GET", MESSAGES)
    assert (passage.fault, passage.forwarded) == (fault, forwarded)


def test_a_refused_connection_leaves_no_record(sandbox: Sandbox) -> None:
    met, proxy = ask(sandbox, "refuse")
    assert isinstance(met, httpx.TransportError)
    assert proxy.record == []


@pytest.mark.parametrize(
    ("fault", "statuses"), [("busy", {429}), ("later", {429}), ("down", {500, 502, 503, 504}), ("page", {200})]
)
def test_the_service_is_not_asked(sandbox: Sandbox, fault: str, statuses: set[int]) -> None:
    before = sandbox.state.credentials.stats.calls
    met, proxy = ask(sandbox, fault)
    assert isinstance(met, httpx.Response)
    assert met.status_code in statuses
    assert met.headers["content-type"] == "text/html"
    assert ("retry-after" in met.headers) is (fault == "later")
    assert proxy.record[0].status == met.status_code
    assert sandbox.state.credentials.stats.calls == before


def test_a_damaged_response_is_no_json(sandbox: Sandbox) -> None:
    met, _ = ask(sandbox, "corrupt")
    assert isinstance(met, httpx.Response)
    assert met.status_code == 200
    with pytest.raises(ValueError, match=r"JSON|column|char|control"):
        met.json()


@pytest.mark.parametrize("fault", ["late", "drip"])
def test_a_slow_response_is_right(sandbox: Sandbox, fault: str) -> None:
    started = time.monotonic()
    met, _ = ask(sandbox, fault)
    assert isinstance(met, httpx.Response)
    assert met.json()[0]["parsed"] == "The line is up again"
    assert time.monotonic() - started > 0.005


def test_the_same_seed_gives_the_same_faults(sandbox: Sandbox) -> None:
    def outcomes(seed: int) -> list[str | None]:
        faults = {"busy": 1.0, "down": 1.0, "late": 1.0}
        with (
            FaultProxy(sandbox.base_url, rate=0.5, faults=faults, seed=seed) as proxy,
            httpx.Client(base_url=proxy.base_url, headers=KEY) as client,
        ):
            for _ in range(30):
                client.get(MESSAGES)
            return [passage.fault for passage in proxy.record]

    first = outcomes(1)
    assert first == outcomes(1) != outcomes(2)
    assert set(first) == {None, "busy", "down", "late"}


def test_bodies_of_any_framing_pass_through(sandbox: Sandbox) -> None:
    with FaultProxy(sandbox.base_url, rate=0) as proxy, httpx.Client(base_url=proxy.base_url, headers=KEY) as client:
        headers = {"content-type": "application/json"}
        pieces = iter([b'{"messageRaw": ', b'"in pieces", "room": "Lobby"}'])
        assert client.post(MESSAGES, content=pieces, headers=headers).json() == {"parsed": "in pieces"}
        assert client.get(f"{MESSAGES}?room=Lobby").json()[0]["parsed"] == "in pieces"
        assert client.head(MESSAGES).status_code == 405
    assert [passage.status for passage in proxy.record] == [200, 200, 405]
