"""Keys are fetched once and kept; senders who make ids up cause few requests, and keep nobody out whose key is known."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from tests.core.webhooks.support import NOW, genuine, signed_with, signer, with_keys
from xcaas import ConnectionLostError, WebhookError, cc_chat, chat_gateway
from xcaas.testing import FakeResponse, FakeServer
from xcaas.webhooks import AsyncVerifier, Verifier

EVENT = chat_gateway.webhooks.CHAT_EVENT
GATEWAY = "GET /chat-gateway/v1/jwk/{kid}/public"
V2 = "GET /vcc/us/chat/v2/jwk/{kid}/public"
JWK = signer.keys["key-1"]


def verifier(server: FakeServer, **options: Any) -> Verifier[Any]:
    return Verifier(EVENT, http_client=server, wall=lambda: NOW, **options)


def refusal(receiver: Verifier[Any], **header: object) -> WebhookError:
    sent = signed_with(**header) if header else genuine()
    with pytest.raises(WebhookError) as caught:
        receiver.verify(sent.headers, sent.body)
    return caught.value


def take(receiver: Verifier[Any]) -> None:
    sent = genuine()
    receiver.verify(sent.headers, sent.body)


def test_a_key_is_fetched_once() -> None:
    server = with_keys()
    receiver = verifier(server)
    for _ in range(10):
        take(receiver)
    [request] = server.requests
    assert request.path == "/chat-gateway/v1/jwk/key-1/public"
    assert not {"authorization", "x-api-key"} & {name.lower() for name in request.headers}


def test_one_unknown_id_a_thousand_times_is_asked_for_once() -> None:
    server = with_keys()
    receiver = verifier(server)
    assert {refusal(receiver, kid="nobody").reason for _ in range(1000)} == {"unknown_key"}
    assert len(server.requests) == 2  # one for each address
    server.clock.now += 61
    refusal(receiver, kid="nobody")
    assert len(server.requests) == 4


def test_a_thousand_unknown_ids_cause_no_more_requests_than_allowed() -> None:
    server = with_keys()
    receiver = verifier(server, max_key_fetches=20)
    reasons = [refusal(receiver, kid=f"made-up-{index}").reason for index in range(1000)]
    assert len(server.requests) == 20
    assert set(reasons[:10]) == {"unknown_key"}
    assert set(reasons[10:]) == {"key_unavailable"}  # answered with 503: a new key of the service may be among them
    server.clock.now += 60
    for index in range(1000, 1500):
        refusal(receiver, kid=f"made-up-{index}")
    assert len(server.requests) == 40


def test_a_flood_keeps_nobody_out_whose_key_is_known() -> None:
    server = with_keys()
    receiver = verifier(server)
    take(receiver)
    for index in range(1000):
        refusal(receiver, kid=f"made-up-{index}")
    take(receiver)
    server.clock.now += 3600  # the key is due for renewal, and the flood goes on
    for index in range(1000, 1100):
        refusal(receiver, kid=f"made-up-{index}")
    before = len(server.calls("GET /chat-gateway/v1/jwk/key-1/public"))
    take(receiver)
    assert len(server.calls("GET /chat-gateway/v1/jwk/key-1/public")) == before + 1


def test_memory_has_bounds() -> None:
    names = [f"key-{index}" for index in range(2, 100)]
    server = with_keys(*names)
    receiver = verifier(server, max_key_fetches=1_000_000, key_urls=EVENT.key_urls[:1])
    for name in names:
        sent = signed_with(kid=name)
        sent = sent.put("x-8x8-event-id", sent["x-8x8-event-id"])
        receiver.verify(sent.headers, sent.body)
    for index in range(2000):
        refusal(receiver, kid=f"made-up-{index}")
    ring = vars(receiver)["_keys"]
    assert (len(ring._held), len(ring._unknown), len(ring._lookups)) == (64, 1024, 0)


def test_the_next_address_is_asked_where_one_does_not_know_the_key() -> None:
    server = FakeServer()
    server.respond(GATEWAY, FakeResponse(404, text="no"))
    server.respond(V2, json=JWK)
    receiver = verifier(server)
    take(receiver)
    assert [request.path.split("/")[1] for request in server.requests] == ["chat-gateway", "vcc"]


def test_the_older_product_has_an_address_for_each_region() -> None:
    regions = [url.split("/")[4] for url in cc_chat.webhooks.CHAT_EVENT.key_urls]
    assert regions == ["us", "eu", "ca", "ap"]


@pytest.mark.parametrize(
    "trouble",
    [
        FakeResponse(500, text="down"),
        FakeResponse(302, headers={"location": "https://evil.example/key"}),
        FakeResponse(error=ConnectionLostError("cut")),
        FakeResponse(text="<html>"),
        FakeResponse(content=b"[" * 100_000),
        FakeResponse(json=[JWK]),
        FakeResponse(json={**JWK, "kid": "other"}),
        FakeResponse(json={**JWK, "kty": "oct"}),
        FakeResponse(json={**JWK, "use": "enc"}),
        FakeResponse(json={**JWK, "alg": "RS512"}),
        FakeResponse(json={**JWK, "n": "AQAB"}),
        FakeResponse(json={**JWK, "e": "AQ"}),
        FakeResponse(json={**JWK, "e": "Ag"}),
        FakeResponse(json={"kty": "RSA", "kid": "key-1"}),
        FakeResponse(json={**JWK, "n": "a b"}),
    ],
)
def test_what_is_no_key_is_trouble_that_passes(trouble: FakeResponse) -> None:
    server = FakeServer()
    server.respond(GATEWAY, trouble)
    server.respond(GATEWAY, json=JWK)
    server.respond(V2, FakeResponse(404, text="no"))
    receiver = verifier(server)
    error = refusal(receiver)
    assert (error.reason, error.response_status) == ("key_unavailable", 503)
    take(receiver)


def test_a_response_that_is_too_long_is_given_up() -> None:
    """Read to its end, it would be the key."""
    server = FakeServer()
    server.respond(GATEWAY, FakeResponse(content=[b" " * 60_000, b" " * 60_000, json.dumps(JWK).encode()]))
    server.respond(V2, FakeResponse(404, text="no"))
    assert refusal(verifier(server)).reason == "key_unavailable"


def test_a_response_that_drips_is_given_up() -> None:
    server = FakeServer()

    def slowly(_: object) -> FakeResponse:
        server.clock.now += 11
        return FakeResponse(json=JWK)

    server.respond(GATEWAY, slowly)
    server.respond(V2, FakeResponse(404, text="no"))
    assert refusal(verifier(server, timeout=10)).reason == "key_unavailable"


def test_a_key_may_come_as_text() -> None:
    """One of the vendor's documents calls it a string."""
    server = FakeServer()
    server.respond(GATEWAY, json=json.dumps(JWK))
    take(verifier(server))


def test_a_key_that_cannot_be_renewed_is_used_for_a_while() -> None:
    server = FakeServer()
    server.respond(GATEWAY, json=JWK)
    server.respond(GATEWAY, FakeResponse(503, text="down"))
    server.respond(V2, FakeResponse(404, text="no"))
    receiver = verifier(server, key_lifetime=100.0)
    take(receiver)
    server.clock.now += 100
    take(receiver)
    count = len(server.requests)
    take(receiver)  # not asked again at once
    assert len(server.requests) == count == 3
    server.clock.now += 61
    take(receiver)
    assert len(server.requests) == 5
    server.clock.now += 100 * 24
    assert refusal(receiver).reason == "key_unavailable"


def test_a_key_that_was_withdrawn_is_dropped() -> None:
    server = FakeServer()
    server.respond(GATEWAY, json=JWK)
    server.respond(GATEWAY, FakeResponse(404, text="no"))
    server.respond(V2, FakeResponse(404, text="no"))
    receiver = verifier(server, key_lifetime=100.0)
    take(receiver)
    server.clock.now += 100
    assert refusal(receiver).reason == "unknown_key"


def test_keys_that_were_given_are_never_fetched() -> None:
    server = FakeServer()
    receiver = verifier(server, keys=signer.keys, key_urls=[])
    take(receiver)
    assert refusal(receiver, kid="other").reason == "unknown_key"
    assert server.requests == []


def test_base_url_replaces_the_origin() -> None:
    server = with_keys()
    take(verifier(server, base_url="http://127.0.0.1:9"))
    assert server.requests[0].url == "http://127.0.0.1:9/chat-gateway/v1/jwk/key-1/public"


def test_threads_that_want_the_same_key_wait_for_one_request() -> None:
    server = FakeServer()
    arrived, go = threading.Event(), threading.Event()

    def slow(_: object) -> FakeResponse:
        arrived.set()
        assert go.wait(20)
        return FakeResponse(json=JWK)

    server.respond(GATEWAY, slow)
    receiver = verifier(server)
    threads = [threading.Thread(target=take, args=(receiver,)) for _ in range(8)]
    threads[0].start()
    assert arrived.wait(20)
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(20)
    assert len(server.requests) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("kid", ["key-1", "nobody"])
def test_tasks_that_want_the_same_key_wait_for_one_request(backend: str, kid: str) -> None:
    server = with_keys()
    outcomes: list[str] = []

    async def receive(receiver: AsyncVerifier[Any]) -> None:
        sent = genuine() if kid == "key-1" else signed_with(kid=kid)
        try:
            await receiver.verify(sent.headers, sent.body)
        except WebhookError as error:
            outcomes.append(error.reason)
        else:
            outcomes.append("taken")

    async def all_at_once() -> None:
        async with (
            AsyncVerifier(EVENT, http_client=server, wall=lambda: NOW) as receiver,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(50):
                tasks.start_soon(receive, receiver)

    anyio.run(all_at_once, backend=backend)
    assert outcomes == ["taken" if kid == "key-1" else "unknown_key"] * 50
    assert len(server.requests) == (1 if kid == "key-1" else 2)


def test_a_task_that_is_cancelled_while_it_fetches_leaves_the_way_free() -> None:
    server = with_keys()

    async def main() -> None:
        receiver = AsyncVerifier(EVENT, http_client=server, wall=lambda: NOW)
        sent = genuine()
        with anyio.CancelScope() as scope:
            scope.cancel()
            await receiver.verify(sent.headers, sent.body)
        await receiver.verify(sent.headers, sent.body)

    anyio.run(main)


def test_a_key_is_fetched_over_a_real_connection(origin_with_key: tuple[str, Callable[[], int]]) -> None:
    base_url, count = origin_with_key
    for _ in range(2):
        with Verifier(EVENT, base_url=base_url, wall=lambda: NOW, timeout=10) as receiver:
            take(receiver)
            take(receiver)
    assert count() == 2
