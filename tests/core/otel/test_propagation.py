"""Propagation of span contexts with requests."""

from __future__ import annotations

from opentelemetry import baggage, context
from opentelemetry.baggage.propagation import W3CBaggagePropagator

from tests.support.origin import StubResponse, serving
from tests.support.recorded import RecordedTelemetry
from tests.support.shop import Shop
from xcaas_core import RetryPolicy
from xcaas_core.otel import OpenTelemetry

ITEM = StubResponse(body=b'{"id":"1"}')


def test_each_attempt_sends_its_own_span(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    retries = RetryPolicy(1, first_wait=0.001)
    with (
        serving(StubResponse(503), ITEM) as origin,
        Shop(base_url=origin.url, retries=retries, hooks=[telemetry]) as client,
    ):
        client.items.get("1")
    spans = [span.context for span in record.spans if span.context is not None]
    assert len(spans) == 2
    assert [request.headers["traceparent"] for request in origin.seen] == [
        f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}" for span in spans
    ]


def test_baggage_is_not_sent_by_default(telemetry: OpenTelemetry) -> None:
    token = context.attach(baggage.set_baggage("customer", "secret"))
    try:
        with serving(ITEM) as origin, Shop(base_url=origin.url, hooks=[telemetry]) as client:
            client.items.get("1")
    finally:
        context.detach(token)
    assert "traceparent" in origin.seen[0].headers
    assert "baggage" not in origin.seen[0].headers


def test_other_propagators_can_be_used(record: RecordedTelemetry) -> None:
    telemetry = OpenTelemetry(tracer_provider=record.tracer_provider, propagator=W3CBaggagePropagator())
    token = context.attach(baggage.set_baggage("team", "reports"))
    try:
        with serving(ITEM) as origin, Shop(base_url=origin.url, hooks=[telemetry]) as client:
            client.items.get("1")
    finally:
        context.detach(token)
    assert origin.seen[0].headers["baggage"] == "team=reports"


def test_propagation_can_be_disabled(record: RecordedTelemetry) -> None:
    telemetry = OpenTelemetry(tracer_provider=record.tracer_provider, propagate=False)
    with serving(ITEM) as origin, Shop(base_url=origin.url, hooks=[telemetry]) as client:
        client.items.get("1")
    assert len(record.spans) == 1
    assert "traceparent" not in origin.seen[0].headers
