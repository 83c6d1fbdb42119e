"""Hooks and logs: every attempt is seen, and no secret is."""

from __future__ import annotations

import logging
import traceback

import pytest

from tests.core.origin import Answer, serving
from tests.core.shop import Shop
from xcaas_core import (
    ApiKey,
    AttemptEvent,
    CallTimeoutError,
    ConnectionLostError,
    MissingCredentialsError,
    RetryPolicy,
    ServerError,
    XCaaSError,
)
from xcaas_core.testing import FakeServer

ITEM = Answer(body=b'{"id":"1"}')
QUICK = RetryPolicy(2, first_wait=0.001, longest_wait=0.002)
SECRET = "eght_s3cret"


class Recorder:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.began: list[tuple[int, str]] = []
        self.events: list[AttemptEvent] = []

    def before(self, event: AttemptEvent) -> None:
        self.began.append((event.number, event.url))
        event.context[Recorder] = event.number

    def after(self, event: AttemptEvent) -> None:
        assert event.context[Recorder] == event.number
        self.events.append(event)


def test_hooks_see_each_attempt() -> None:
    hook = Recorder()
    busy = Answer(503, headers=["X-Request-Id: r-1"])
    with serving(busy, Answer(cut="before"), ITEM) as origin:
        with Shop(base_url=origin.url, retries=QUICK, hooks=[hook]) as client:
            client.items.get("1", tags=["a"])
        url = f"{origin.url}/shop/v1/items/1?tags=a"
    assert hook.began == [(1, url), (2, url), (3, url)]
    first, second, third = hook.events
    assert (first.status, first.request_id, first.response_headers["content-length"]) == (503, "r-1", "2")
    assert first.retry_in is not None
    assert isinstance(second.error, ConnectionLostError)
    assert (third.status, third.error, third.retry_in) == (200, None, None)
    assert (third.product, third.call, third.method, third.template) == ("shop", "shop.items.get", "GET", "/items/{id}")
    assert third.seconds > 0
    assert repr(third) == "<AttemptEvent 3 of shop.items.get: 200>"


class Changing(Recorder):
    """Changes what is sent."""

    def before(self, event: AttemptEvent) -> None:
        super().before(event)
        assert SECRET not in str(event.headers)
        event.headers["X-Trace"] = f"t-{event.number}"
        event.headers.pop("x-unwanted", None)


def test_hooks_may_change_headers_but_never_see_credentials() -> None:
    hook = Changing()
    with (
        serving(Answer(503), ITEM) as origin,
        Shop(
            base_url=origin.url,
            credentials=ApiKey(SECRET),
            headers={"X-Unwanted": "1"},
            retries=QUICK,
            hooks=[hook],
        ) as client,
    ):
        client.items.secret()
    assert [seen.headers["x-trace"] for seen in origin.seen] == ["t-1", "t-2"]
    assert [seen.headers["x-api-key"] for seen in origin.seen] == [SECRET, SECRET]
    assert all("x-unwanted" not in seen.headers for seen in origin.seen)
    assert SECRET not in str([event.headers for event in hook.events])


class Signing(Recorder):
    """Puts a credential on the request itself."""

    def before(self, event: AttemptEvent) -> None:
        super().before(event)
        event.headers["X-Api-Key"] = "mine"


def test_a_hook_that_signs_replaces_the_clients_credentials() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, hooks=[Signing()]) as client:
        client.items.secret()
    assert origin.seen[0].headers["x-api-key"] == "mine"


def test_a_caller_who_signs_needs_no_credentials() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, headers={"X-API-Key": "mine"}) as client:
        client.items.secret()
    assert origin.seen[0].headers["x-api-key"] == "mine"


def test_an_attempt_that_ends_early_ends_for_hooks_too() -> None:
    hook = Recorder()
    with serving() as origin, Shop(base_url=origin.url, hooks=[hook]) as client, pytest.raises(MissingCredentialsError):
        client.items.secret()
    assert isinstance(hook.events[0].error, MissingCredentialsError)
    assert not origin.seen


class Refusing(Recorder):
    def before(self, event: AttemptEvent) -> None:
        super().before(event)
        raise PermissionError("not today")


def test_what_a_hook_raises_ends_the_call() -> None:
    hook = Refusing()
    with serving() as origin, Shop(base_url=origin.url, hooks=[hook]) as client, pytest.raises(PermissionError):
        client.items.get("1")
    assert not origin.seen
    assert isinstance(hook.events[0].error, PermissionError)


def test_logs_tell_each_attempt(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "xcaas")
    with serving(Answer(503), ITEM) as origin, Shop(base_url=origin.url, retries=QUICK) as client:
        client.items.get("1")
    first, second = [record.getMessage() for record in caplog.records if record.name == "xcaas"]
    assert first.startswith(f"GET {origin.url}/shop/v1/items/1: 503 in ")
    assert "attempt 1, again in 0.00 s" in first
    assert second.endswith("(attempt 2)")


def test_a_spent_retry_budget_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "xcaas")
    with serving(Answer(503)) as origin, Shop(base_url=origin.url, retries=QUICK) as client:
        budget = client.session.engine.shared.budget
        while budget.take(5):
            pass
        with pytest.raises(ServerError):
            client.items.get("1")
    assert len(origin.seen) == 1
    assert "the retry budget is spent" in caplog.text


@pytest.mark.parametrize("answer", [Answer(401), Answer(503), Answer(cut="before"), Answer(delay=1), Answer(body=b"<")])
def test_no_error_shows_a_credential(answer: Answer, library: str, caplog: pytest.LogCaptureFixture) -> None:
    from importlib import import_module

    caplog.set_level(logging.DEBUG, "xcaas")
    with serving(answer) as origin, import_module(library).Client() as own:
        client = Shop(
            base_url=origin.url, http_client=own, credentials=ApiKey(SECRET), retries=1, timeout=0.3, hooks=[Recorder()]
        )
        with pytest.raises(XCaaSError) as caught:
            client.items.secret()
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert SECRET not in shown
    assert SECRET not in repr(caught.value) + str(vars(caught.value)) + caplog.text
    assert caught.value.__cause__ is None


def test_time_is_the_networks_own_with_a_fake() -> None:
    server = FakeServer(check=False)
    server.answer("GET /shop/v1/items/1", status=503, headers={"Retry-After": "50"})
    client = Shop(http_client=server, timeout=120)
    with pytest.raises(ServerError):
        client.items.get("1")
    assert [wait >= 50 for wait in server.clock.slept] == [True, True]
    assert server.clock.slept[0] < 52


def test_a_fake_network_that_is_late_is_late() -> None:
    server = FakeServer(check=False)
    server.answer("GET /shop/v1/items/1", error=CallTimeoutError("slow"))
    with pytest.raises(CallTimeoutError, match="slow"):
        Shop(http_client=server, retries=1).items.get("1")
