"""Hooks and logs see each attempt, and no secrets."""

from __future__ import annotations

import asyncio
import functools
import logging
import traceback

import pytest

from tests.support.origin import StubResponse, serving
from tests.support.shop import Shop
from xcaas import AsyncXCaaS, ClientCredentials, XCaaS
from xcaas_core import (
    ApiKey,
    AttemptEvent,
    CallTimeoutError,
    ConnectionLostError,
    MissingCredentialsError,
    NotFoundError,
    RetryPolicy,
    ServerError,
    TokenError,
    TokenEvent,
    XCaaSError,
)
from xcaas_core.testing import FakeServer

ITEM = StubResponse(body=b'{"id":"1"}')
QUICK = RetryPolicy(2, first_wait=0.001, longest_wait=0.002)
SECRET = "eght_s3cret"


class Recorder:
    """Records its calls."""

    def __init__(self) -> None:
        self.started: list[tuple[int, str]] = []
        self.events: list[AttemptEvent] = []

    def before(self, event: AttemptEvent) -> None:
        self.started.append((event.number, event.url))
        event.context[Recorder] = event.number

    def after(self, event: AttemptEvent) -> None:
        assert event.context[Recorder] == event.number
        self.events.append(event)


def test_hooks_see_each_attempt() -> None:
    hook = Recorder()
    busy = StubResponse(503, headers=["X-Request-Id: r-1"])
    with serving(busy, StubResponse(cut="before"), ITEM) as origin:
        with Shop(base_url=origin.url, retries=QUICK, hooks=[hook]) as client:
            client.items.get("1", tags=["a"])
        url = f"{origin.url}/shop/v1/items/1?tags=a"
    assert hook.started == [(1, url), (2, url), (3, url)]
    first, second, third = hook.events
    assert (first.status, first.request_id, first.response_headers["content-length"]) == (503, "r-1", "2")
    assert first.retry_in is not None
    assert isinstance(second.error, ConnectionLostError)
    assert (third.status, third.error, third.retry_in) == (200, None, None)
    assert (third.product, third.call, third.method, third.template) == ("shop", "shop.items.get", "GET", "/items/{id}")
    assert third.seconds > 0
    assert repr(third) == "<AttemptEvent 3 of shop.items.get: 200>"


class HeaderChanger(Recorder):
    """Changes the headers of requests."""

    def before(self, event: AttemptEvent) -> None:
        super().before(event)
        assert SECRET not in str(event.headers)
        event.headers["X-Trace"] = f"t-{event.number}"
        event.headers.pop("x-unwanted", None)


def test_hooks_may_change_headers_but_never_see_credentials() -> None:
    hook = HeaderChanger()
    with (
        serving(StubResponse(503), ITEM) as origin,
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


class Signer(Recorder):
    """Adds a credential to the request."""

    def before(self, event: AttemptEvent) -> None:
        super().before(event)
        event.headers["X-Api-Key"] = "mine"


def test_credentials_from_a_hook_replace_the_clients() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, hooks=[Signer()]) as client:
        client.items.secret()
    assert origin.seen[0].headers["x-api-key"] == "mine"


def test_a_call_with_its_own_credential_header_needs_no_credentials() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, headers={"X-API-Key": "mine"}) as client:
        client.items.secret()
    assert origin.seen[0].headers["x-api-key"] == "mine"


def test_hooks_see_the_error_of_an_attempt_that_was_not_sent() -> None:
    hook = Recorder()
    with serving() as origin, Shop(base_url=origin.url, hooks=[hook]) as client, pytest.raises(MissingCredentialsError):
        client.items.secret()
    assert isinstance(hook.events[0].error, MissingCredentialsError)
    assert not origin.seen


class Refuser(Recorder):
    def before(self, event: AttemptEvent) -> None:
        super().before(event)
        raise PermissionError("not today")


def test_an_exception_from_before_ends_the_call() -> None:
    hook = Refuser()
    with serving() as origin, Shop(base_url=origin.url, hooks=[hook]) as client, pytest.raises(PermissionError):
        client.items.get("1")
    assert not origin.seen
    assert isinstance(hook.events[0].error, PermissionError)


class FailingAfter(Recorder):
    """Raises in `after`."""

    def after(self, event: AttemptEvent) -> None:
        super().after(event)
        raise RuntimeError("the disk of the hook is full")


def test_an_exception_from_after_is_logged_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    failing, recorder = FailingAfter(), Recorder()
    with (
        serving(ITEM, StubResponse(404), StubResponse(503), ITEM) as origin,
        Shop(base_url=origin.url, retries=QUICK, hooks=[failing, recorder]) as client,
    ):
        assert client.items.get("1") == {"id": "1"}
        with pytest.raises(NotFoundError):
            client.items.get("2")
        assert client.items.get("3") == {"id": "1"}
    assert [event.status for event in recorder.events] == [200, 404, 503, 200]
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert warnings[0].getMessage() == "FailingAfter: after failed after <AttemptEvent 1 of shop.items.get: 200>"
    assert len(warnings) == 4
    assert warnings[0].exc_info is not None


def test_an_exception_from_a_hook_without_a_name_is_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = Recorder()
    monkeypatch.setattr(hook, "after", functools.partial(FailingAfter.after, FailingAfter()))
    with serving(ITEM) as origin, Shop(base_url=origin.url, hooks=[hook]) as client:
        assert client.items.get("1") == {"id": "1"}
    assert "failed after <AttemptEvent 1 of shop.items.get: 200>" in caplog.text


class RefuserFailingAfter(FailingAfter):
    def before(self, event: AttemptEvent) -> None:
        super().before(event)
        raise PermissionError("not today")


def test_an_exception_from_after_does_not_replace_the_error_of_the_call() -> None:
    with (
        serving() as origin,
        Shop(base_url=origin.url, hooks=[RefuserFailingAfter()]) as client,
        pytest.raises(PermissionError, match="not today"),
    ):
        client.items.get("1")
    with (
        serving() as origin,
        Shop(base_url=origin.url, hooks=[FailingAfter()]) as client,
        pytest.raises(MissingCredentialsError),
    ):
        client.items.secret()


def test_keyboard_interrupts_in_hooks_are_raised() -> None:
    class Interrupted(Recorder):
        def after(self, event: AttemptEvent) -> None:
            raise KeyboardInterrupt

    with (
        serving(ITEM) as origin,
        Shop(base_url=origin.url, hooks=[Interrupted()]) as client,
        pytest.raises(KeyboardInterrupt),
    ):
        client.items.get("1")


# --- tokens ----------------------------------------------------------------------


class TokenRecorder(Recorder):
    """Also records token requests."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[TokenEvent] = []

    def before_token(self, event: TokenEvent) -> None:
        assert not event.headers
        event.headers |= {"X-Trace": "t-1", "Authorization": "Basic nobody"}
        event.context[Recorder] = event.url

    def after_token(self, event: TokenEvent) -> None:
        assert event.context[Recorder] == event.url
        self.tokens.append(event)


def token_server() -> FakeServer:
    server = FakeServer().respond("storage.objects.get", json={"id": "o1"})
    body = {"access_token": SECRET, "expires_in": 3600, "token_type": "Bearer"}
    return server.respond("POST /oauth/v2/token", json=body, headers={"X-Request-Id": "r-1"})


def test_token_hooks_see_token_requests() -> None:
    hook, server = TokenRecorder(), token_server()
    with XCaaS(http_client=server, credentials=ClientCredentials("id", SECRET), hooks=[hook]) as client:
        client.storage.objects.get("o1")
        client.storage.objects.get("o1")
    (event,) = hook.tokens
    assert (event.product, event.method, event.url) == ("storage", "POST", "https://api.8x8.com/oauth/v2/token")
    assert (event.number, event.status, event.error, event.request_id) == (1, 200, None, "r-1")
    assert event.attempt is hook.events[0]
    assert repr(event) == "<TokenEvent 1 of storage: 200>"
    token_request = server.requests[0]
    assert token_request.headers["x-trace"] == "t-1"
    assert token_request.headers["authorization"] != "Basic nobody"  # hooks cannot replace the request's own headers
    shown = [getattr(event, name) for name in dir(event) if not name.startswith("_") and name != "seal"]
    assert SECRET not in repr(shown)


def test_token_hooks_of_an_async_client_see_token_requests() -> None:
    async def main() -> None:
        async with AsyncXCaaS(
            http_client=token_server(), credentials=ClientCredentials("id", SECRET), hooks=[hook]
        ) as client:
            await client.storage.objects.get("o1")
            await client.token_info()

    hook = TokenRecorder()
    asyncio.run(main())
    assert [event.status for event in hook.tokens] == [200]


def test_token_hooks_see_each_failed_token_request() -> None:
    hook = TokenRecorder()
    server = FakeServer().respond("POST /oauth/v2/token", error=CallTimeoutError("slow"))
    with (
        XCaaS(http_client=server, credentials=ClientCredentials("id", SECRET), hooks=[hook]) as client,
        pytest.raises(TokenError),
    ):
        client.storage.objects.get("o1")
    assert {type(event.error) for event in hook.tokens} == {CallTimeoutError}
    assert [event.number for event in hook.tokens] == list(range(1, len(hook.tokens) + 1))


class TokenRefuser(TokenRecorder):
    def before_token(self, event: TokenEvent) -> None:
        super().before_token(event)
        raise PermissionError("no tokens today")

    def after_token(self, event: TokenEvent) -> None:
        super().after_token(event)
        raise RuntimeError("unseen")


def test_an_exception_from_before_token_ends_the_call() -> None:
    hook, server = TokenRefuser(), token_server()
    with (
        XCaaS(http_client=server, credentials=ClientCredentials("id", SECRET), hooks=[hook]) as client,
        pytest.raises(PermissionError, match="no tokens today"),
    ):
        client.storage.objects.get("o1")
    assert server.requests == []
    assert isinstance(hook.tokens[0].error, PermissionError)


def test_each_attempt_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "xcaas")
    with serving(StubResponse(503), ITEM) as origin, Shop(base_url=origin.url, retries=QUICK) as client:
        client.items.get("1")
    first, second = [record.getMessage() for record in caplog.records if record.name == "xcaas"]
    assert first.startswith(f"GET {origin.url}/shop/v1/items/1: 503 in ")
    assert "attempt 1, again in 0.00 s" in first
    assert second.endswith("(attempt 2)")


def test_a_spent_retry_budget_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "xcaas")
    with serving(StubResponse(503)) as origin, Shop(base_url=origin.url, retries=QUICK) as client:
        budget = client.session.engine.shared.budget
        while budget.take(5):
            pass
        with pytest.raises(ServerError):
            client.items.get("1")
    assert len(origin.seen) == 1
    assert "the retry budget is spent" in caplog.text


@pytest.mark.parametrize(
    "response",
    [StubResponse(401), StubResponse(503), StubResponse(cut="before"), StubResponse(delay=1), StubResponse(body=b"<")],
)
def test_no_error_shows_a_credential(response: StubResponse, library: str, caplog: pytest.LogCaptureFixture) -> None:
    from importlib import import_module

    caplog.set_level(logging.DEBUG, "xcaas")
    with serving(response) as origin, import_module(library).Client() as http_client:
        client = Shop(
            base_url=origin.url,
            http_client=http_client,
            credentials=ApiKey(SECRET),
            retries=1,
            timeout=0.3,
            hooks=[Recorder()],
        )
        with pytest.raises(XCaaSError) as caught:
            client.items.secret()
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert SECRET not in shown
    assert SECRET not in repr(caught.value) + str(vars(caught.value)) + caplog.text
    assert caught.value.__cause__ is None


def test_a_fake_server_waits_in_simulated_time() -> None:
    server = FakeServer(check=False)
    server.respond("GET /shop/v1/items/1", status=503, headers={"Retry-After": "50"})
    client = Shop(http_client=server, timeout=120)
    with pytest.raises(ServerError):
        client.items.get("1")
    assert [wait >= 50 for wait in server.clock.slept] == [True, True]
    assert server.clock.slept[0] < 52


def test_a_timeout_of_a_fake_server_is_raised() -> None:
    server = FakeServer(check=False)
    server.respond("GET /shop/v1/items/1", error=CallTimeoutError("slow"))
    with pytest.raises(CallTimeoutError, match="slow"):
        Shop(http_client=server, retries=1).items.get("1")
