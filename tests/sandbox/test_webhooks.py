"""Webhooks of the sandbox, verified with its keys by both verifiers and by the examples."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import anyio
import httpx
import pytest

from examples import webhooks_fastapi, webhooks_flask
from xcaas import ApiKey, ClientCredentials, NotFoundError, WebhookError, XCaaS, cc_chat, chat_gateway
from xcaas.chat_gateway.models import ChatEvent
from xcaas.testing import WebhookSigner
from xcaas.webhooks import AsyncVerifier, Verifier
from xcaas_sandbox import Sandbox

EVENT = chat_gateway.webhooks.CHAT_EVENT
QUEUED = {"eventType": "QUEUED", "conversationId": "c1", "data": {"queueId": "101"}}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(speed=100) as sandbox:
        yield sandbox


@pytest.fixture
def verifier(sandbox: Sandbox) -> Iterator[Verifier[ChatEvent]]:
    with Verifier(EVENT, base_url=sandbox.base_url, tenants=["acmecorp01"]) as verifier:
        yield verifier


class QuietHandler(WSGIRequestHandler):
    """Handles requests without logging."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(verifier: Verifier[ChatEvent], events: list[ChatEvent]) -> Generator[str]:
    """Serve the Flask example, and yield its URL."""
    server = make_server("127.0.0.1", 0, webhooks_flask.create_app(verifier, events.append), handler_class=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/events"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def test_signed_webhook_is_verified_once(sandbox: Sandbox, verifier: Verifier[ChatEvent]) -> None:
    sent = sandbox.webhooks.sign(QUEUED)
    assert isinstance(verifier.verify(sent.headers, sent.body), chat_gateway.models.QueuedEvent)
    with pytest.raises(WebhookError) as caught:
        verifier.verify(sent.headers, sent.body)
    assert caught.value.reason == "replayed"


def test_signed_webhook_is_verified_by_an_async_verifier(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncVerifier(cc_chat.webhooks.CHAT_EVENT, base_url=sandbox.base_url) as verifier:
            sent = sandbox.webhooks.sign({"eventType": "AGENT_LEFT", "conversationId": "c1", "agentId": "ag1"})
            assert isinstance(await verifier.verify(sent.headers, sent.body), cc_chat.models.AgentLeftEvent)

    anyio.run(main)


def test_unknown_key_is_not_found(sandbox: Sandbox, verifier: Verifier[ChatEvent]) -> None:
    with XCaaS(credentials=ApiKey("eght_demo_key"), base_url=sandbox.base_url) as client:
        with pytest.raises(NotFoundError):
            client.chat_gateway.keys.get("nobody")
        assert client.chat_gateway.keys.get("EXaiWfZe20eSjklZ70074w").kty == "RSA"
    stranger = WebhookSigner("nobody").sign(QUEUED)
    with pytest.raises(WebhookError) as caught:
        verifier.verify(stranger.headers, stranger.body)
    assert caught.value.reason == "unknown_key"


def test_chat_gateway_sends_events(sandbox: Sandbox, verifier: Verifier[ChatEvent]) -> None:
    events: list[ChatEvent] = []
    with (
        serving(verifier, events) as url,
        XCaaS(credentials=ApiKey("eght_demo_key"), base_url=sandbox.base_url) as client,
    ):
        gateway = client.chat_gateway
        models = chat_gateway.models
        gateway.webhooks.verify(webhook={"version": "Chat Gateway v1.0", "uri": url})
        hook = gateway.webhooks.create(webhook={"name": "Mine", "uri": url})
        assert hook.id is not None
        routing = models.ChannelRouting(type="queue", id="101")
        channel = gateway.channels.create(
            channel=models.ChannelRequest(name="Mine", web_hook_id=hook.id, routing_options=routing)
        )
        assert channel.id is not None
        user = models.ConversationUser(name="Grace Hopper", user_id="u-1")
        opened = gateway.conversations.create(conversation=models.ConversationRequest(channel_id=channel.id, user=user))
        assert opened.conversation_id is not None
        gateway.conversations.messages.send(
            opened.conversation_id, message={"authorType": "user", "text": 'Hello, größe / "quoted"'}
        )
        sandbox.webhooks.settle()
    kinds = ["WebhookVerifyEvent", "ConversationUpdateEvent", "QueuedEvent", "MessageEvent"]
    assert [type(event).__name__ for event in events] == kinds
    last = events[-1]
    assert isinstance(last, models.MessageEvent)
    assert last.data is not None
    assert last.data.text == 'Hello, größe / "quoted"'
    assert {delivery.status for delivery in sandbox.webhooks.deliveries[-4:]} == {204}


def test_cc_chat_sends_verification_events(sandbox: Sandbox) -> None:
    verifier = Verifier(cc_chat.webhooks.CHAT_EVENT, base_url=sandbox.base_url)
    received: list[object] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append(verifier.verify(self.headers, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    uri = f"http://127.0.0.1:{server.server_port}/events"
    client = XCaaS(
        credentials=ClientCredentials("eght_demo", "demo-secret"),
        base_url=sandbox.base_url,
        region="us",
        tenant="acmecorp01",
    )
    webhooks: Any = client.cc_chat.webhooks
    with client, pytest.warns(DeprecationWarning, match="verifyWebhook"):
        webhooks.verify(webhook={"version": "v2.0", "uri": uri})
    sandbox.webhooks.settle()
    server.shutdown()
    server.server_close()
    thread.join(10)
    verifier.close()
    assert [type(event).__name__ for event in received] == ["WebhookVerifyEvent"]


def test_failed_event_is_sent_again(sandbox: Sandbox, verifier: Verifier[ChatEvent]) -> None:
    handled: list[ChatEvent] = []

    class FailingOnce(list[ChatEvent]):
        def append(self, event: ChatEvent) -> None:
            if not self.failed:
                self.failed = True
                raise LookupError("not yet")
            handled.append(event)

        failed = False

    with serving(verifier, FailingOnce()) as url:
        assert sandbox.webhooks.send(url, QUEUED) == 204
    assert [(delivery.retry, delivery.status) for delivery in sandbox.webhooks.deliveries[-2:]] == [(0, 500), (1, 204)]
    assert len(handled) == 1


def test_webhooks_are_sent_only_to_this_machine(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        sandbox.webhooks.send("https://bot.example.com/events", QUEUED)
    before = len(sandbox.webhooks.deliveries)
    sandbox.webhooks.post("http://127.evil.example/events", QUEUED)
    sandbox.webhooks.settle()
    assert len(sandbox.webhooks.deliveries) == before


def test_refused_connection_has_status_zero(sandbox: Sandbox) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as free:
        port = free.server_port
    assert sandbox.webhooks.send(f"http://127.0.0.1:{port}/", QUEUED) == 0
    assert [delivery.retry for delivery in sandbox.webhooks.deliveries[-3:]] == [0, 1, 2]


def test_fastapi_example_verifies_webhooks() -> None:
    signer, events = WebhookSigner(), list[ChatEvent]()
    app = webhooks_fastapi.create_app(AsyncVerifier(EVENT, keys=signer.keys), events.append)
    genuine, forged = signer.sign(QUEUED), WebhookSigner().sign(QUEUED)

    async def main() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            requests = (forged, genuine, genuine)
            twice = [*genuine.headers.items(), ("x-8x8-event-id", "other")]
            responses = [
                await http.post("/events", headers=request.headers, content=request.body) for request in requests
            ]
            responses.append(await http.post("/events", headers=twice, content=genuine.body))
            return [response.status_code for response in responses]

    assert anyio.run(main) == [401, 204, 200, 401]
    assert [type(event).__name__ for event in events] == ["QueuedEvent"]


def test_flask_example_verifies_webhooks() -> None:
    signer, events = WebhookSigner(), list[ChatEvent]()
    http = webhooks_flask.create_app(Verifier(EVENT, keys=signer.keys), events.append).test_client()
    genuine, forged = signer.sign(QUEUED), WebhookSigner().sign(QUEUED)
    responses = [
        http.post("/events", headers=request.headers, data=request.body) for request in (forged, genuine, genuine)
    ]
    assert [response.status_code for response in responses] == [401, 204, 200]
    assert [type(event).__name__ for event in events] == ["QueuedEvent"]


@pytest.mark.parametrize("handle", [webhooks_fastapi.handle, webhooks_flask.handle])
def test_handlers_of_the_examples_print_events(
    handle: Callable[[ChatEvent], None], capsys: pytest.CaptureFixture[str]
) -> None:
    message = b'{"eventType":"MESSAGE","conversationId":"c1","data":{"text":"Hello"}}'
    for event in (message, b'{"eventType":"WEB_HOOK_VERIFY"}', b'{"eventType":"NEW"}'):
        handle(EVENT(event))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["c1: Hello", "the service has verified this address"]
    assert "NEW" in lines[2]
