"""Hooks that return responses instead of sending requests, or replace received ones."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from xcaas import (
    AsyncXCaaS,
    AttemptEvent,
    ClientCredentials,
    ConfigurationError,
    HookResponse,
    NotFoundError,
    RateLimit,
    ResponseHook,
    XCaaS,
)
from xcaas.testing import FakeServer

KEY = ClientCredentials("id", "secret")
STUB = HookResponse(200, headers={"Content-Type": "application/json", "X-Request-Id": "r-9"}, content=b'{"id": "kept"}')


class ReplacingHook:
    """Calls the functions it is made with, and records responses and statuses."""

    def __init__(
        self,
        respond: Callable[[AttemptEvent], HookResponse | None] = lambda event: None,
        received: Callable[[HookResponse], HookResponse | None] = lambda response: None,
    ) -> None:
        self._respond = respond
        self._received = received
        self.responses: list[HookResponse] = []
        self.statuses: list[int | None] = []

    def before(self, event: AttemptEvent) -> None:
        """Do nothing."""

    def after(self, event: AttemptEvent) -> None:
        self.statuses.append(event.status)

    def respond(self, event: AttemptEvent) -> HookResponse | None:
        return self._respond(event)

    def received(self, event: AttemptEvent, response: HookResponse) -> HookResponse | None:
        self.responses.append(response)
        return self._received(response)


def client_with(hook: object, server: FakeServer) -> XCaaS:
    assert isinstance(hook, ResponseHook)
    assert isinstance(hook, ReplacingHook)
    return XCaaS(http_client=server, credentials=KEY, region="uk", hooks=[hook])


def test_a_response_from_a_hook_needs_no_request_and_no_token() -> None:
    server, hook = FakeServer(), ReplacingHook(respond=lambda event: STUB)
    with client_with(hook, server) as client:
        response = client.raw(client.storage.objects.get, "o1")
        assert (response.value.id, response.request_id) == ("kept", "r-9")
    assert not server.requests
    assert not server.token_requests
    assert hook.statuses == [200]


def test_responses_from_hooks_do_not_count_towards_rate_limits() -> None:
    server, hook = FakeServer(), ReplacingHook(respond=lambda event: STUB)
    limits = {"storage": [RateLimit(1, 60)]}
    with XCaaS(http_client=server, credentials=KEY, region="uk", hooks=[hook], rate_limits=limits) as client:
        for _ in range(10):
            client.storage.objects.get("o1")
    assert server.clock.slept == []
    assert hook.statuses == [200] * 10


def test_error_responses_from_hooks_are_retried_and_raised() -> None:
    responses = [HookResponse(503), HookResponse(503), HookResponse(404)]
    server, hook = FakeServer(), ReplacingHook(respond=lambda event: responses[event.number - 1])
    with client_with(hook, server) as client, pytest.raises(NotFoundError) as caught:
        client.storage.objects.get("o1")
    assert [attempt.status for attempt in caught.value.attempts] == [503, 503, 404]
    assert hook.statuses == [503, 503, 404]


def test_received_sees_a_response_and_replaces_it() -> None:
    server = FakeServer()
    server.respond("storage.objects.get", json={"id": "sent"}, headers={"Set-Cookie": "a=b"})
    hook = ReplacingHook(received=lambda response: STUB)
    with client_with(hook, server) as client:
        assert client.storage.objects.get("o1").id == "kept"
    assert (hook.responses[0].status, hook.responses[0].content) == (200, b'{"id": "sent"}')
    assert hook.responses[0].headers["SET-COOKIE"] == "***"
    assert repr(hook.responses[0]) == "<HookResponse 200, 14 bytes>"


def test_hooks_of_async_clients_return_responses() -> None:
    async def main() -> str | None:
        hook = ReplacingHook(respond=lambda event: STUB if event.number == 1 else None)
        async with AsyncXCaaS(http_client=FakeServer(), credentials=KEY, region="uk", hooks=[hook]) as client:
            return (await client.storage.objects.get("o1")).id

    assert asyncio.run(main()) == "kept"


def test_received_may_make_calls_with_all_slots_taken() -> None:
    ids: list[str | None] = []

    def received(response: HookResponse) -> HookResponse | None:
        if not ids:
            ids.append("")
            ids.append(client.with_options(timeout=1).storage.objects.get("o2").id)
        return None

    server = FakeServer().respond("storage.objects.get", json={"id": "sent"})
    hooks = [ReplacingHook(received=received)]
    with XCaaS(http_client=server, credentials=KEY, region="uk", max_in_flight=1, hooks=hooks) as client:
        client.storage.objects.get("o1")
    assert ids == ["", "sent"]


def test_an_exception_from_received_is_logged_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    def received(response: HookResponse) -> HookResponse | None:
        raise LookupError("no place")

    with (
        client_with(ReplacingHook(received=received), FakeServer()) as client,
        caplog.at_level(logging.WARNING, "xcaas"),
    ):
        assert client.storage.objects.get("o1").id is not None
    assert "ReplacingHook: received failed" in caplog.text


def test_an_exception_from_respond_ends_the_call() -> None:
    def respond(event: AttemptEvent) -> HookResponse | None:
        raise LookupError("no cache")

    server = FakeServer()
    with client_with(ReplacingHook(respond=respond), server) as client, pytest.raises(LookupError, match="no cache"):
        client.storage.objects.get("o1")
    assert not server.requests


def test_respond_must_return_a_hook_response() -> None:
    class WrongHook(ReplacingHook):
        def respond(self, event: AttemptEvent) -> HookResponse | None:
            response: dict[str, HookResponse] = {"a": STUB}
            return response  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    with (
        client_with(WrongHook(), FakeServer()) as client,
        pytest.raises(ConfigurationError, match="WrongHook gave a dict"),
    ):
        client.storage.objects.get("o1")


def test_respond_is_not_called_for_downloads() -> None:
    hook = ReplacingHook(respond=lambda event: STUB)
    with client_with(hook, FakeServer()) as client:
        assert client.storage.objects.download("o1").read() != STUB.content
