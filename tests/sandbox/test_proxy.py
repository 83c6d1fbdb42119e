"""The fault proxy: its faults, plan and record."""

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


def request_with(
    sandbox: Sandbox, fault: str, patience: float = 2.0
) -> tuple[httpx.Response | httpx.TransportError, FaultProxy]:
    """Return the response or error of a request with this fault, and the proxy."""
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
def test_broken_connection_has_no_response(sandbox: Sandbox, fault: str, forwarded: bool) -> None:
    result, proxy = request_with(sandbox, fault, patience=0.1)
    assert isinstance(result, (httpx.ReadError, httpx.RemoteProtocolError))
    (recorded,) = proxy.record
    assert (recorded.mark, recorded.method, recorded.path) == ("call 1", "GET", MESSAGES)
    assert (recorded.fault, recorded.forwarded) == (fault, forwarded)


def test_refused_connection_is_not_recorded(sandbox: Sandbox) -> None:
    result, proxy = request_with(sandbox, "refuse")
    assert isinstance(result, httpx.TransportError)
    assert proxy.record == []


@pytest.mark.parametrize(
    ("fault", "statuses"), [("busy", {429}), ("later", {429}), ("down", {500, 502, 503, 504}), ("page", {200})]
)
def test_proxys_own_responses_are_not_forwarded(sandbox: Sandbox, fault: str, statuses: set[int]) -> None:
    before = sandbox.state.credentials.stats.calls
    result, proxy = request_with(sandbox, fault)
    assert isinstance(result, httpx.Response)
    assert result.status_code in statuses
    assert result.headers["content-type"] == "text/html"
    assert ("retry-after" in result.headers) is (fault == "later")
    assert proxy.record[0].status == result.status_code
    assert sandbox.state.credentials.stats.calls == before


def test_corrupt_response_is_invalid_json(sandbox: Sandbox) -> None:
    result, _ = request_with(sandbox, "corrupt")
    assert isinstance(result, httpx.Response)
    assert result.status_code == 200
    with pytest.raises(ValueError, match=r"JSON|column|char|control"):
        result.json()


@pytest.mark.parametrize("fault", ["late", "drip"])
def test_slow_response_is_complete(sandbox: Sandbox, fault: str) -> None:
    started = time.monotonic()
    result, _ = request_with(sandbox, fault)
    assert isinstance(result, httpx.Response)
    assert result.json()[0]["parsed"] == "The line is up again"
    assert time.monotonic() - started > 0.005


def test_same_seed_gives_the_same_faults(sandbox: Sandbox) -> None:
    def outcomes(seed: int) -> list[str | None]:
        faults = {"busy": 1.0, "down": 1.0, "late": 1.0}
        with (
            FaultProxy(sandbox.base_url, rate=0.5, faults=faults, seed=seed) as proxy,
            httpx.Client(base_url=proxy.base_url, headers=KEY) as client,
        ):
            for _ in range(30):
                client.get(MESSAGES)
            return [recorded.fault for recorded in proxy.record]

    first = outcomes(1)
    assert first == outcomes(1) != outcomes(2)
    assert set(first) == {None, "busy", "down", "late"}


def test_bodies_with_any_framing_are_forwarded(sandbox: Sandbox) -> None:
    with FaultProxy(sandbox.base_url, rate=0) as proxy, httpx.Client(base_url=proxy.base_url, headers=KEY) as client:
        headers = {"content-type": "application/json"}
        pieces = iter([b'{"messageRaw": ', b'"in pieces", "room": "Lobby"}'])
        assert client.post(MESSAGES, content=pieces, headers=headers).json() == {"parsed": "in pieces"}
        assert client.get(f"{MESSAGES}?room=Lobby").json()[0]["parsed"] == "in pieces"
        assert client.head(MESSAGES).status_code == 405
    assert [recorded.status for recorded in proxy.record] == [200, 200, 405]
