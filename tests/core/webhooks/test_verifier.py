"""Genuine webhooks are typed events, forged and damaged ones raise, with both verifiers."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from tests.core.webhooks.support import BODY, FORGERIES, NOW, Forgery, Sent, collision, genuine, signer, with_keys
from xcaas import ConfigurationError, UnknownModel, WebhookError, XCaaSError, cc_chat, chat_gateway
from xcaas.testing import FakeServer, WebhookSigner
from xcaas.webhooks import AsyncVerifier, Delivery, MemoryReplayStore, Verifier

EVENT = chat_gateway.webhooks.CHAT_EVENT


class Receiver:
    """A blocking or async verifier with a blocking interface."""

    def __init__(self, blocking: bool, **options: Any) -> None:
        settings: dict[str, Any] = {
            "wall": lambda: NOW,
            "tenants": ["acmecorp01"],
            "http_client": with_keys(),
            **options,
        }
        self.server = settings["http_client"]
        webhook = settings.pop("webhook", EVENT)
        self._sync = Verifier(webhook, **settings) if blocking else None
        self._async = None if blocking else AsyncVerifier(webhook, **settings)

    def verify(self, sent: Sent) -> object:
        if self._sync is not None:
            return self._sync.verify(sent.headers, sent.body)
        assert self._async is not None
        return anyio.run(self._async.verify, sent.headers, sent.body)

    def receive(self, sent: Sent, handle: Callable[[Delivery[Any]], None]) -> None:
        if self._sync is not None:
            with self._sync.receive(sent.headers, sent.body) as delivery:
                handle(delivery)
            return
        verifier = self._async
        assert verifier is not None

        async def receive() -> None:
            async with verifier.receive(sent.headers, sent.body) as delivery:
                handle(delivery)

        anyio.run(receive)

    def refusal(self, sent: Sent) -> WebhookError:
        with pytest.raises(WebhookError) as caught:
            self.verify(sent)
        return caught.value


@pytest.fixture(params=[True, False], ids=["sync", "async"])
def blocking(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_genuine_webhook_returns_a_typed_event(blocking: bool) -> None:
    event = Receiver(blocking).verify(genuine())
    assert isinstance(event, chat_gateway.models.QueuedEvent)
    assert event.data is not None
    assert event.data.queue_name == "Help"


def test_forgeries_are_at_least_thirty() -> None:
    assert len({forgery.name for forgery in FORGERIES}) >= 30


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_forged_and_damaged_webhooks_are_refused(blocking: bool, forgery: Forgery) -> None:
    receiver = Receiver(blocking)
    error = receiver.refusal(forgery.make())
    assert error.reason == forgery.reason
    assert error.response_status == 401
    assert len(receiver.server.requests) <= 2
    # genuine webhooks are still accepted
    assert isinstance(receiver.verify(genuine()), chat_gateway.models.QueuedEvent)


@pytest.mark.parametrize("seconds", [-301.0, 301.0])
def test_old_and_future_webhooks_are_stale_and_fetch_no_key(blocking: bool, seconds: float) -> None:
    receiver = Receiver(blocking, wall=lambda: NOW + seconds)
    assert receiver.refusal(genuine()).reason == "stale"
    assert receiver.server.requests == []


def test_event_is_accepted_once_for_all_retries(blocking: bool) -> None:
    receiver = Receiver(blocking)
    first = genuine(event_id="e1")
    receiver.verify(first)
    for delivery in (first, genuine(event_id="e1", retry=1)):
        error = receiver.refusal(delivery)
        assert (error.reason, error.response_status) == ("replayed", 200)
    receiver.verify(genuine(event_id="e2"))


def test_forged_event_is_not_remembered(blocking: bool) -> None:
    receiver = Receiver(blocking)
    receiver.refusal(Sent(genuine(event_id="e1").headers, BODY + b" "))
    receiver.verify(genuine(event_id="e1"))


def test_unhandled_event_is_accepted_again(blocking: bool) -> None:
    receiver = Receiver(blocking)
    handled: list[Delivery[Any]] = []

    def fail(delivery: Delivery[Any]) -> None:
        raise LookupError(delivery.event_id)

    with pytest.raises(LookupError, match="e1"):
        receiver.receive(genuine(event_id="e1"), fail)
    receiver.receive(genuine(event_id="e1", retry=1), handled.append)
    assert receiver.refusal(genuine(event_id="e1", retry=2)).reason == "replayed"
    [delivery] = handled
    fields = (delivery.event_id, delivery.tenant_id, delivery.customer_id, delivery.retry, delivery.key_id)
    assert fields == ("e1", "acmecorp01", "acmecorp01", 1, "key-1")
    assert delivery.sent_at == datetime.fromtimestamp(NOW, UTC)


def test_unknown_event_types_keep_all_fields(blocking: bool) -> None:
    body = b'{"eventType":"SOMETHING_NEW","conversationId":"c1","data":{"a":[1]}}'
    event = Receiver(blocking).verify(genuine(body))
    assert isinstance(event, UnknownModel)
    assert event.to_dict() == json.loads(body)


def test_cc_chat_events_are_typed(blocking: bool) -> None:
    sample = {"eventType": "AGENT_JOINED", "messageType": "SYSTEM", "agentName": "Cosmin,Malutan"}
    receiver = Receiver(blocking, webhook=cc_chat.webhooks.CHAT_EVENT)
    event = receiver.verify(genuine(json.dumps(sample).encode()))
    assert isinstance(event, cc_chat.models.AgentJoinedEvent)
    assert event.agent_name == "Cosmin,Malutan"


def test_verification_request_is_an_event(blocking: bool) -> None:
    body = b'{"notificationVersion":"Chat Gateway v1.0","eventType":"WEB_HOOK_VERIFY"}'
    assert isinstance(Receiver(blocking).verify(genuine(body)), chat_gateway.models.WebhookVerifyEvent)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[1]", b"\x1f\x8b\x08"])
def test_genuine_invalid_body_is_accepted_again(blocking: bool, body: bytes) -> None:
    receiver = Receiver(blocking)
    error = receiver.refusal(genuine(body, event_id="e1"))
    assert (error.reason, error.response_status) == ("bad_body", 500)
    receiver.verify(genuine(event_id="e1", retry=1))


def test_failing_store_refuses_the_event(blocking: bool) -> None:
    class FailingStore:
        def claim(self, key: str, seconds: float) -> bool:
            raise ConnectionError("redis://user:secret@host")

        def release(self, key: str) -> None:
            raise ConnectionError("no")

    error = Receiver(blocking, replay_store=FailingStore()).refusal(genuine())
    assert (error.reason, error.response_status) == ("store_unavailable", 503)
    assert "secret" not in str(error)


def test_failing_release_does_not_hide_the_handlers_exception(blocking: bool, caplog: pytest.LogCaptureFixture) -> None:
    class StoreWithoutRelease(MemoryReplayStore):
        def release(self, key: str) -> None:
            raise ConnectionError("no")

    def fail(_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        Receiver(blocking, replay_store=StoreWithoutRelease()).receive(genuine(), fail)
    assert "stays marked" in caplog.text


@pytest.mark.parametrize("tenant", ["a/b", 'a"b', "a\\b", "größe", "日本"])
@pytest.mark.parametrize("php", [False, True])
def test_ids_may_be_escaped_in_two_ways(blocking: bool, tenant: str, php: bool) -> None:
    other_signer = WebhookSigner("key-1", tenant=tenant)
    sent = genuine(by=other_signer, event_id="e1")
    tenant_json = json.dumps(tenant).replace("/", "\\/") if php else json.dumps(tenant, ensure_ascii=False)
    text = f'{{"checksum":{zlib.crc32(BODY)},"cid":"acmecorp01","eid":"e1","retry":0,"tid":{tenant_json},"tt":{NOW:.0f}000}}'
    header = {"alg": "RS256", "kid": "key-1", "crit": ["b64"], "b64": False}
    sent = sent.put("x-8x8-signature", other_signer.signature(header, text.encode()))
    # as frameworks decode UTF-8 bytes
    sent = sent.put("x-8x8-tenant-id", tenant.encode().decode("latin-1"))
    receiver = Receiver(blocking, keys=other_signer.keys, tenants=None)
    assert isinstance(receiver.verify(sent), chat_gateway.models.QueuedEvent)


def test_crc32_does_not_bind_the_body(blocking: bool) -> None:
    """A known weakness, described in docs/webhooks.md."""
    sent = genuine()
    forged = collision(b'{"eventType":"TRANSFER"}', zlib.crc32(sent.body))
    assert zlib.crc32(forged) == zlib.crc32(sent.body)
    assert Receiver(blocking).refusal(Sent(sent.headers, forged)).reason == "bad_body"


def test_headers_are_accepted_in_many_forms() -> None:
    sent = genuine()
    forms: list[Any] = [
        dict(sent.headers),
        {name.upper(): value for name, value in sent.headers},
        [(name.encode(), f" {value}\t".encode()) for name, value in sent.headers],
        iter(sent.headers),
    ]
    for form in forms:
        verifier = Verifier(EVENT, keys=signer.keys, wall=lambda: NOW)
        verifier.verify(form, memoryview(sent.body))


def test_bodies_and_headers_of_the_wrong_type_raise() -> None:
    verifier = Verifier(EVENT, keys=signer.keys, wall=lambda: NOW)
    body: Any = BODY.decode()
    with pytest.raises(ConfigurationError, match="body must be the bytes"):
        verifier.verify(genuine().headers, body)
    invalid: list[Any] = [{"x-8x8-retry": 1}, None, 5, [None], [5], [()], [("a",)], [("a", "b", "c")], object()]
    for headers in invalid:
        with pytest.raises(ConfigurationError, match="headers must be"):
            verifier.verify(headers, BODY)


@pytest.mark.parametrize("name", ["signature", "customer-id", "tenant-id", "event-id"])
def test_undecodable_headers_are_refused(name: str) -> None:
    verifier = Verifier(EVENT, keys=signer.keys, wall=lambda: NOW)
    sent = genuine()
    damaged = sent.put(f"x-8x8-{name}", f"{sent[f'x-8x8-{name}'][:-1]}\udcff")
    with pytest.raises(WebhookError, match="control characters") as caught:
        verifier.verify(damaged.headers, damaged.body)
    assert caught.value.reason == "bad_header"


class AsyncStore:
    async def claim(self, key: str, seconds: float) -> bool:
        return True

    async def release(self, key: str) -> None: ...


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tolerance": 0}, "tolerance must be"),
        ({"max_key_fetches": 0}, "max_key_fetches must be"),
        ({"tenants": "acmecorp01"}, "tenants must be a list"),
        ({"tenants": []}, "tenants is empty"),
        ({"tenants": 5}, "tenants must be a list"),
        ({"tenants": [5]}, "tenants must be a list"),
        ({"key_urls": "https://keys.example/{kid}"}, "key_urls must be a list"),
        ({"keys": "a"}, "keys must be a mapping"),
        ({"keys": {"a": "b"}}, "keys must be a mapping"),
        ({"replay_store": "redis://"}, "replay_store must be a store"),
        ({"replay_store": MemoryReplayStore}, "replay_store must be a store"),
        (
            {"replay_store": AsyncStore()},
            "release (def, not async def), not AsyncStore",
        ),
        ({"replay_seconds": 400}, "at least twice"),
        ({"key_urls": ["https://keys.example/key"]}, "has no {kid}"),
        ({"key_urls": ["http://keys.example/{kid}"]}, "plain HTTP"),
        ({"key_urls": []}, "nobody says"),
        ({"base_url": "http://keys.example"}, "plain HTTP"),
        ({"keys": {"k": {"kty": "oct", "k": "AAAA"}}}, "cannot be used"),
        ({"timeout": -1}, "timeout must be"),
        ({"http_client": object()}, "http_client must be"),
    ],
)
def test_options_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Verifier(EVENT, **options).verify(genuine().headers, BODY)
    assert message in str(caught.value)


def test_webhook_argument_is_checked() -> None:
    webhook: Any = "chat"
    with pytest.raises(ConfigurationError, match="webhook must be"):
        Verifier(webhook)


@pytest.mark.parametrize(
    ("event", "options", "message"),
    [
        ("x", {}, "event must be"),
        (None, {}, "event must be"),
        ({}, {"sent_at": datetime(2026, 1, 1)}, "sent_at must be"),
    ],
)
def test_signer_rejects_invalid_arguments(event: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        signer.sign(event, **options)


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(_: str) -> None:
        """Return None."""

    monkeypatch.setattr("xcaas_core.webhooks._verification.find_spec", find_nothing)
    with pytest.raises(ConfigurationError, match=r"xcaas\[webhooks\]"):
        Verifier(EVENT)


def test_errors_are_in_the_tree_and_pickled() -> None:
    error = WebhookError("stale", "too old")
    error.request_id = "r1"
    unpickled = pickle.loads(pickle.dumps(error))
    assert isinstance(unpickled, WebhookError)
    assert issubclass(WebhookError, XCaaSError)
    assert (unpickled.reason, unpickled.response_status, str(unpickled)) == ("stale", 401, "too old (request id r1)")


def test_verifiers_are_context_managers() -> None:
    async def main() -> None:
        async with AsyncVerifier(EVENT, http_client=FakeServer()) as verifier:
            assert repr(verifier) == "<AsyncVerifier of chatEvent>"

    with Verifier(EVENT, http_client=FakeServer()) as verifier:
        assert repr(verifier) == "<Verifier of chatEvent>"
    anyio.run(main)
