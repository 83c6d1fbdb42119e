"""A wall clock that is set back or forward by hours while tokens are held: monotonic time counts their lives."""

from __future__ import annotations

import json as text_of
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import xcaas
from tests.adversarial.raw_server import Asked, Piece, json, respond, serving

HOUR = 3600.0


class Clock:
    """The wall clock of this machine, which somebody sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shift = 0.0
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + self.shift)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


class Issuer:
    """A service that gives a token for an hour, and refuses all but the last one."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self, asked: Asked) -> Iterator[Piece]:
        if "token" in asked.target:
            self.given += 1
            yield respond(text_of.dumps({"access_token": f"token-{self.given}", "expires_in": "3600"}).encode())
        elif asked.headers["authorization"] == f"Bearer token-{self.given}":
            yield json("1")
        else:
            yield respond(b"{}", 401)


def test_a_token_in_hand(clock: Clock) -> None:
    issuer = Issuer()
    with serving(issuer) as server:
        credentials = xcaas.ClientCredentials("id", "a-secret-of-mine")
        with xcaas.XCaaS(base_url=server.url, credentials=credentials, retries=0) as client:
            for shift in (0.0, -5 * HOUR, 5 * HOUR, 24 * 365 * HOUR, -24 * 365 * 40 * HOUR):
                clock.shift = shift
                client.storage.objects.get("1")
    assert issuer.given == 1


@pytest.mark.parametrize(("shift", "requests"), [(-5 * HOUR, 2), (5 * HOUR, 2), (HOUR / 2, 1), (24 * 365 * HOUR, 2)])
def test_a_token_in_files(clock: Clock, tmp_path: Path, shift: float, requests: int) -> None:
    """One that may be too old is asked for again; one that is told to live longer than it does is replaced."""
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
        assert issuer.given == requests
        clock.shift = 0.0
        call()
        issuer.given += 1  # the token in the cache has ended, whatever the clock says
        call()
    assert issuer.given <= requests + 3


@pytest.mark.parametrize("shift", [-5 * HOUR, 5 * HOUR])
def test_a_date_to_come_back_at(clock: Clock, shift: float) -> None:
    """By the server's own clock, where it shows it; a wait that is too long is an error, not a sleep."""

    def script(asked: Asked) -> Iterator[Piece]:
        if len(server.asked) == 1:
            dates = ("Date: Sun, 29 Nov 2026 03:00:00 GMT", "Retry-After: Sun, 29 Nov 2026 03:00:00 GMT")
            yield respond(b"{}", 503, *dates)
        elif asked.id == "1":
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
    assert len(server.asked) == 3
