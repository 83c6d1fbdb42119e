"""Metrics: durations of requests, retries, events of credentials."""

from __future__ import annotations

import pytest

from tests.support.origin import StubResponse, serving
from tests.support.recorded import RecordedTelemetry
from tests.support.shop import Shop
from xcaas import ClientCredentials, XCaaS
from xcaas.testing import FakeResponse, FakeServer
from xcaas_core import RetryPolicy, TokenError
from xcaas_core.otel import OpenTelemetry

ITEM = StubResponse(body=b'{"id":"1"}')


def test_durations_are_recorded_in_seconds(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    with (
        serving(StubResponse(503, delay=0.02), ITEM) as origin,
        Shop(base_url=origin.url, retries=RetryPolicy(1, first_wait=0.001), hooks=[telemetry]) as client,
    ):
        for number in range(3):
            client.items.get(str(number))
    assert record.unit("http.client.request.duration") == "s"
    refused, succeeded = sorted(record.durations(), key=lambda point: point.count)
    assert (refused.count, succeeded.count) == (1, 3)
    assert 0.02 <= refused.sum < 5
    shared = {
        "http.request.method": "GET",
        "url.template": "/items/{id}",
        "server.address": "127.0.0.1",
        "server.port": int(origin.url.rpartition(":")[2]),
        "xcaas.product": "shop",
        "xcaas.operation": "shop.items.get",
    }
    assert dict(succeeded.attributes or {}) == {**shared, "http.response.status_code": 200}
    assert dict(refused.attributes or {}) == {**shared, "http.response.status_code": 503, "error.type": "503"}
    assert succeeded.explicit_bounds[0] == 0.005
    (retries,) = record.counts("xcaas.retries")
    assert (retries.value, (retries.attributes or {})["error.type"]) == (1, "503")


def test_durations_have_their_trace_as_exemplar(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, hooks=[telemetry]) as client:
        client.items.get("1")
    (point,) = record.durations()
    (span,) = record.spans
    assert span.context is not None
    assert [(exemplar.trace_id, exemplar.span_id) for exemplar in point.exemplars] == [
        (span.context.trace_id, span.context.span_id)
    ]


def events(record: RecordedTelemetry) -> dict[tuple[object, ...], int | float]:
    return {
        tuple((point.attributes or {}).get(name) for name in (
            "xcaas.credential.type", "xcaas.credential.event", "error.type"
        )): point.value
        for point in record.counts("xcaas.credential.events")
    }  # fmt: skip


def test_events_of_tokens_are_counted(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    credentials = ClientCredentials("id", "s3cret", on_event=telemetry.credential_event)
    with XCaaS(http_client=FakeServer(), credentials=credentials, hooks=[telemetry]) as client:
        for _ in range(3):
            client.storage.objects.get("o1")
    assert events(record) == {
        ("ClientCredentials", "acquired", None): 1,
        ("ClientCredentials", "reused", None): 2,
    }
    (fetch,) = record.durations("xcaas.credential.fetch.duration")
    assert (fetch.count, (fetch.attributes or {})["xcaas.credential.event"]) == (1, "acquired")
    assert "s3cret" not in record.everything()


def test_refused_credentials_are_counted(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    server = FakeServer()
    server.respond("POST /oauth/v2/token", FakeResponse(401, json={"error": "invalid_client"}))
    credentials = ClientCredentials("id", "s3cret", on_event=telemetry.credential_event)
    with (
        XCaaS(http_client=server, credentials=credentials, hooks=[telemetry]) as client,
        pytest.raises(TokenError),
    ):
        client.storage.objects.get("o1")
    assert events(record) == {("ClientCredentials", "failed", "TokenRefusedError"): 1}
    (request,) = record.durations()  # of a token: the call itself was not sent
    assert ((request.attributes or {})["url.template"], (request.attributes or {})["error.type"]) == (
        "/oauth/v2/token",
        "401",
    )


def test_rejected_tokens_are_counted(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    server = FakeServer().respond("storage.objects.get", status=401).respond("storage.objects.get", json={"id": "o1"})
    for token in ("one", "two"):
        body = {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}
        server.respond("POST /oauth/v2/token", json=body)
    credentials = ClientCredentials("id", "s3cret", on_event=telemetry.credential_event)
    with XCaaS(http_client=server, credentials=credentials, hooks=[telemetry]) as client:
        client.storage.objects.get("o1")
    counts = events(record)
    assert counts["ClientCredentials", "rejected", None] == counts["ClientCredentials", "replayed", None] == 1
    assert [point.value for point in record.counts("xcaas.retries")] == [1]
