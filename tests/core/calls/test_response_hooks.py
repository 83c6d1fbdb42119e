"""Hooks that give responses themselves, and that replace those which came."""

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
FOUND = HookResponse(
    200, headers={"Content-Type": "application/json", "X-Request-Id": "r-9"}, content=b'{"id": "kept"}'
)


class Replacing:
    """Does what it is told, and keeps what it sees."""

    def __init__(
        self,
        respond: Callable[[AttemptEvent], HookResponse | None] = lambda event: None,
        received: Callable[[HookResponse], HookResponse | None] = lambda response: None,
    ) -> None:
        self._respond = respond
        self._received = received
        self.seen: list[HookResponse] = []
        self.told: list[int | None] = []

    def before(self, event: AttemptEvent) -> None:
        """See nothing."""

    def after(self, event: AttemptEvent) -> None:
        self.told.append(event.status)

    def respond(self, event: AttemptEvent) -> HookResponse | None:
        return self._respond(event)

    def received(self, event: AttemptEvent, response: HookResponse) -> HookResponse | None:
        self.seen.append(response)
        return self._received(response)


def client_with(hook: object, server: FakeServer) -> XCaaS:
    assert isinstance(hook, ResponseHook)
    assert isinstance(hook, Replacing)
    return XCaaS(http_client=server, credentials=KEY, region="uk", hooks=[hook])


def test_a_response_of_a_hook_needs_no_network_and_no_token() -> None:
    server, hook = FakeServer(), Replacing(respond=lambda event: FOUND)
    with client_with(hook, server) as client:
        response = client.raw(client.storage.objects.get, "o1")
        assert (response.value.id, response.request_id) == ("kept", "r-9")
    assert not server.requests
    assert not server.token_requests
    assert hook.told == [200]


def test_what_is_not_sent_waits_for_no_limit() -> None:
    server, hook = FakeServer(), Replacing(respond=lambda event: FOUND)
    limits = {"storage": [RateLimit(1, 60)]}
    with XCaaS(http_client=server, credentials=KEY, region="uk", hooks=[hook], rate_limits=limits) as client:
        for _ in range(10):
            client.storage.objects.get("o1")
    assert server.clock.slept == []
    assert hook.told == [200] * 10


def test_it_is_read_as_if_it_had_been_sent() -> None:
    troubles = [HookResponse(503), HookResponse(503), HookResponse(404)]
    server, hook = FakeServer(), Replacing(respond=lambda event: troubles[event.number - 1])
    with client_with(hook, server) as client, pytest.raises(NotFoundError) as caught:
        client.storage.objects.get("o1")
    assert [attempt.status for attempt in caught.value.attempts] == [503, 503, 404]
    assert hook.told == [503, 503, 404]


def test_a_response_that_came_is_seen_whole_and_replaced() -> None:
    server = FakeServer()
    server.respond("storage.objects.get", json={"id": "sent"}, headers={"Set-Cookie": "a=b"})
    hook = Replacing(received=lambda response: FOUND)
    with client_with(hook, server) as client:
        assert client.storage.objects.get("o1").id == "kept"
    assert (hook.seen[0].status, hook.seen[0].content) == (200, b'{"id": "sent"}')
    assert hook.seen[0].headers["SET-COOKIE"] == "***"
    assert repr(hook.seen[0]) == "<HookResponse 200, 14 bytes>"


def test_an_async_client_too() -> None:
    async def main() -> str | None:
        hook = Replacing(respond=lambda event: FOUND if event.number == 1 else None)
        async with AsyncXCaaS(http_client=FakeServer(), credentials=KEY, region="uk", hooks=[hook]) as client:
            return (await client.storage.objects.get("o1")).id

    assert asyncio.run(main()) == "kept"


def test_received_may_make_calls_although_all_slots_are_taken() -> None:
    found: list[str | None] = []

    def received(response: HookResponse) -> HookResponse | None:
        if not found:
            found.append("")
            found.append(client.with_options(timeout=1).storage.objects.get("o2").id)
        return None

    server = FakeServer().respond("storage.objects.get", json={"id": "sent"})
    hooks = [Replacing(received=received)]
    with XCaaS(http_client=server, credentials=KEY, region="uk", max_in_flight=1, hooks=hooks) as client:
        client.storage.objects.get("o1")
    assert found == ["", "sent"]


def test_what_received_raises_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def received(response: HookResponse) -> HookResponse | None:
        raise LookupError("no place")

    with client_with(Replacing(received=received), FakeServer()) as client, caplog.at_level(logging.WARNING, "xcaas"):
        assert client.storage.objects.get("o1").id is not None
    assert "Replacing: received failed" in caplog.text


def test_what_respond_raises_ends_the_call() -> None:
    def respond(event: AttemptEvent) -> HookResponse | None:
        raise LookupError("no cache")

    server = FakeServer()
    with client_with(Replacing(respond=respond), server) as client, pytest.raises(LookupError, match="no cache"):
        client.storage.objects.get("o1")
    assert not server.requests


def test_only_responses_are_taken_for_responses() -> None:
    class Wrong(Replacing):
        def respond(self, event: AttemptEvent) -> HookResponse | None:
            wrong: dict[str, HookResponse] = {"a": FOUND}
            return wrong  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    with client_with(Wrong(), FakeServer()) as client, pytest.raises(ConfigurationError, match="Wrong gave a dict"):
        client.storage.objects.get("o1")


def test_files_are_not_asked_for() -> None:
    hook = Replacing(respond=lambda event: FOUND)
    with client_with(hook, FakeServer()) as client:
        assert client.storage.objects.download("o1").read() != FOUND.content
