"""Jumps of the wall clock by hours: the lifetimes of tokens are counted in monotonic time."""

from __future__ import annotations

import json as json_module
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import xcaas
from tests.adversarial.raw_server import Piece, Request, json, respond, serving

HOUR = 3600.0


class Clock:
    """A shift of the wall clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shift = 0.0
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + self.shift)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


class Issuer:
    """A service that issues tokens for an hour, and rejects all but the latest."""

    def __init__(self) -> None:
        self.issued = 0

    def __call__(self, request: Request) -> Iterator[Piece]:
        if "token" in request.target:
            self.issued += 1
            yield respond(json_module.dumps({"access_token": f"token-{self.issued}", "expires_in": "3600"}).encode())
        elif request.headers["authorization"] == f"Bearer token-{self.issued}":
            yield json("1")
        else:
            yield respond(b"{}", 401)


def test_a_token_in_memory_is_used_despite_clock_jumps(clock: Clock) -> None:
    issuer = Issuer()
    with serving(issuer) as server:
        credentials = xcaas.ClientCredentials("id", "a-secret-of-mine")
        with xcaas.XCaaS(base_url=server.url, credentials=credentials, retries=0) as client:
            for shift in (0.0, -5 * HOUR, 5 * HOUR, 24 * 365 * HOUR, -24 * 365 * 40 * HOUR):
                clock.shift = shift
                client.storage.objects.get("1")
    assert issuer.issued == 1


@pytest.mark.parametrize(("shift", "requests"), [(-5 * HOUR, 2), (5 * HOUR, 2), (HOUR / 2, 1), (24 * 365 * HOUR, 2)])
def test_clock_jumps_may_expire_a_token_in_a_file_cache(
    clock: Clock, tmp_path: Path, shift: float, requests: int
) -> None:
    """A token that may be too old is requested again; one that is rejected early is replaced."""
    issuer = Issuer()

    def call() -> None:
        credentials = xcaas.ClientCredentials("id", "a-secret-of-mine", cache=xcaas.FileTokenCache(tmp_path / "cache"))
        with xcaas.XCaaS(base_url=server.url, credentials=credentials, retries=0) as client:
            client.storage.objects.get("1")

    with serving(issuer) as server:
        call()
        clock.shift = shift
        call()
        call()
        assert issuer.issued == requests
        clock.shift = 0.0
        call()
        issuer.issued += 1  # the server rejects the token in the cache
        call()
    assert issuer.issued <= requests + 3


@pytest.mark.parametrize("shift", [-5 * HOUR, 5 * HOUR])
def test_a_retry_after_date_is_independent_of_the_clients_clock(clock: Clock, shift: float) -> None:
    """It is compared with the server's `Date`; too long a wait raises an error."""

    def script(request: Request) -> Iterator[Piece]:
        if len(server.requests) == 1:
            dates = ("Date: Sun, 29 Nov 2026 03:00:00 GMT", "Retry-After: Sun, 29 Nov 2026 03:00:00 GMT")
            yield respond(b"{}", 503, *dates)
        elif request.id == "1":
            yield json("1")
        else:
            yield respond(b"{}", 503, "Retry-After: Fri, 29 Nov 2999 03:00:00 GMT")

    clock.shift = shift
    with serving(script) as server:
        credentials = xcaas.BearerToken("a-token-of-mine")
        retries = xcaas.RetryPolicy(1, first_wait=0.0)
        with xcaas.XCaaS(base_url=server.url, credentials=credentials, retries=retries) as client:
            client.storage.objects.get("1")
            with pytest.raises(xcaas.ServerError) as caught:
                client.storage.objects.get("2")
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 24 * HOUR
    assert len(server.requests) == 3
