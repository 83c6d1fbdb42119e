"""Keys are fetched once and cached; made-up ids cause few requests, and don't block known keys."""

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


def receive(receiver: Verifier[Any]) -> None:
    sent = genuine()
    receiver.verify(sent.headers, sent.body)


def test_key_is_fetched_once() -> None:
    server = with_keys()
    receiver = verifier(server)
    for _ in range(10):
        receive(receiver)
    [request] = server.requests
    assert request.path == "/chat-gateway/v1/jwk/key-1/public"
    assert not {"authorization", "x-api-key"} & {name.lower() for name in request.headers}


def test_unknown_id_is_looked_up_once() -> None:
    server = with_keys()
    receiver = verifier(server)
    assert {refusal(receiver, kid="nobody").reason for _ in range(1000)} == {"unknown_key"}
    assert len(server.requests) == 2  # one for each address
    server.clock.now += 61
    refusal(receiver, kid="nobody")
    assert len(server.requests) == 4


def test_fetches_for_unknown_ids_are_limited() -> None:
    server = with_keys()
    receiver = verifier(server, max_key_fetches=20)
    reasons = [refusal(receiver, kid=f"made-up-{index}").reason for index in range(1000)]
    assert len(server.requests) == 20
    assert set(reasons[:10]) == {"unknown_key"}
    assert set(reasons[10:]) == {"key_unavailable"}  # responded to with 503: a new genuine key may be among them
    server.clock.now += 60
    for index in range(1000, 1500):
        refusal(receiver, kid=f"made-up-{index}")
    assert len(server.requests) == 40


def test_flood_of_unknown_ids_does_not_block_known_keys() -> None:
    server = with_keys()
    receiver = verifier(server)
    receive(receiver)
    for index in range(1000):
        refusal(receiver, kid=f"made-up-{index}")
    receive(receiver)
    server.clock.now += 3600  # the key is due for renewal, and the flood continues
    for index in range(1000, 1100):
        refusal(receiver, kid=f"made-up-{index}")
    before = len(server.calls("GET /chat-gateway/v1/jwk/key-1/public"))
    receive(receiver)
    assert len(server.calls("GET /chat-gateway/v1/jwk/key-1/public")) == before + 1


def test_caches_are_bounded() -> None:
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
    assert (len(ring._cached), len(ring._unknown), len(ring._lookups)) == (64, 1024, 0)


def test_next_url_is_tried_after_404() -> None:
    server = FakeServer()
    server.respond(GATEWAY, FakeResponse(404, text="no"))
    server.respond(V2, json=JWK)
    receiver = verifier(server)
    receive(receiver)
    assert [request.path.split("/")[1] for request in server.requests] == ["chat-gateway", "vcc"]


def test_cc_chat_has_a_key_url_for_each_region() -> None:
    regions = [url.split("/")[4] for url in cc_chat.webhooks.CHAT_EVENT.key_urls]
    assert regions == ["us", "eu", "ca", "ap"]


@pytest.mark.parametrize(
    "response",
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
def test_invalid_key_responses_are_transient(response: FakeResponse) -> None:
    server = FakeServer()
    server.respond(GATEWAY, response)
    server.respond(GATEWAY, json=JWK)
    server.respond(V2, FakeResponse(404, text="no"))
    receiver = verifier(server)
    error = refusal(receiver)
    assert (error.reason, error.response_status) == ("key_unavailable", 503)
    receive(receiver)


def test_too_long_response_is_abandoned() -> None:
    """The full body would be a valid key."""
    server = FakeServer()
    server.respond(GATEWAY, FakeResponse(content=[b" " * 60_000, b" " * 60_000, json.dumps(JWK).encode()]))
    server.respond(V2, FakeResponse(404, text="no"))
    assert refusal(verifier(server)).reason == "key_unavailable"


def test_too_slow_response_is_abandoned() -> None:
    server = FakeServer()

    def slowly(_: object) -> FakeResponse:
        server.clock.now += 11
        return FakeResponse(json=JWK)

    server.respond(GATEWAY, slowly)
    server.respond(V2, FakeResponse(404, text="no"))
    assert refusal(verifier(server, timeout=10)).reason == "key_unavailable"


def test_key_may_be_a_json_string() -> None:
    """One of the vendor's documents describes it as a string."""
    server = FakeServer()
    server.respond(GATEWAY, json=json.dumps(JWK))
    receive(verifier(server))


def test_key_that_cannot_be_renewed_is_used_for_a_while() -> None:
    server = FakeServer()
    server.respond(GATEWAY, json=JWK)
    server.respond(GATEWAY, FakeResponse(503, text="down"))
    server.respond(V2, FakeResponse(404, text="no"))
    receiver = verifier(server, key_lifetime=100.0)
    receive(receiver)
    server.clock.now += 100
    receive(receiver)
    count = len(server.requests)
    receive(receiver)  # not fetched again at once
    assert len(server.requests) == count == 3
    server.clock.now += 61
    receive(receiver)
    assert len(server.requests) == 5
    server.clock.now += 100 * 24
    assert refusal(receiver).reason == "key_unavailable"


def test_withdrawn_key_is_dropped() -> None:
    server = FakeServer()
    server.respond(GATEWAY, json=JWK)
    server.respond(GATEWAY, FakeResponse(404, text="no"))
    server.respond(V2, FakeResponse(404, text="no"))
    receiver = verifier(server, key_lifetime=100.0)
    receive(receiver)
    server.clock.now += 100
    assert refusal(receiver).reason == "unknown_key"


def test_keys_option_prevents_fetches() -> None:
    server = FakeServer()
    receiver = verifier(server, keys=signer.keys, key_urls=[])
    receive(receiver)
    assert refusal(receiver, kid="other").reason == "unknown_key"
    assert server.requests == []


def test_base_url_replaces_the_origin_of_key_urls() -> None:
    server = with_keys()
    receive(verifier(server, base_url="http://127.0.0.1:9"))
    assert server.requests[0].url == "http://127.0.0.1:9/chat-gateway/v1/jwk/key-1/public"


def test_threads_share_one_fetch_per_key() -> None:
    server = FakeServer()
    started, released = threading.Event(), threading.Event()

    def slow(_: object) -> FakeResponse:
        started.set()
        assert released.wait(20)
        return FakeResponse(json=JWK)

    server.respond(GATEWAY, slow)
    receiver = verifier(server)
    threads = [threading.Thread(target=receive, args=(receiver,)) for _ in range(8)]
    threads[0].start()
    assert started.wait(20)
    for thread in threads[1:]:
        thread.start()
    released.set()
    for thread in threads:
        thread.join(20)
    assert len(server.requests) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("kid", ["key-1", "nobody"])
def test_tasks_share_one_fetch_per_key(backend: str, kid: str) -> None:
    server = with_keys()
    outcomes: list[str] = []

    async def verify(receiver: AsyncVerifier[Any]) -> None:
        sent = genuine() if kid == "key-1" else signed_with(kid=kid)
        try:
            await receiver.verify(sent.headers, sent.body)
        except WebhookError as error:
            outcomes.append(error.reason)
        else:
            outcomes.append("taken")

    async def verify_concurrently() -> None:
        async with (
            AsyncVerifier(EVENT, http_client=server, wall=lambda: NOW) as receiver,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(50):
                tasks.start_soon(verify, receiver)

    anyio.run(verify_concurrently, backend=backend)
    assert outcomes == ["taken" if kid == "key-1" else "unknown_key"] * 50
    assert len(server.requests) == (1 if kid == "key-1" else 2)


def test_cancelled_fetch_does_not_block_later_ones() -> None:
    server = with_keys()

    async def main() -> None:
        receiver = AsyncVerifier(EVENT, http_client=server, wall=lambda: NOW)
        sent = genuine()
        with anyio.CancelScope() as scope:
            scope.cancel()
            await receiver.verify(sent.headers, sent.body)
        await receiver.verify(sent.headers, sent.body)

    anyio.run(main)


def test_key_is_fetched_over_a_real_connection(origin_with_key: tuple[str, Callable[[], int]]) -> None:
    base_url, count = origin_with_key
    for _ in range(2):
        with Verifier(EVENT, base_url=base_url, wall=lambda: NOW, timeout=10) as receiver:
            receive(receiver)
            receive(receiver)
    assert count() == 2
