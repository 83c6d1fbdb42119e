"""One client span per attempt, as in the HTTP conventions."""

from __future__ import annotations

import asyncio

import pytest
from opentelemetry.trace import SpanKind, StatusCode

from tests.support.origin import StubResponse, serving
from tests.support.recorded import RecordedTelemetry
from tests.support.shop import AsyncShop, Shop
from xcaas_core import (
    ApiKey,
    AttemptEvent,
    ConnectError,
    ConnectionLostError,
    MissingCredentialsError,
    NotFoundError,
    RetryPolicy,
)
from xcaas_core.otel import OpenTelemetry

ITEM = StubResponse(body=b'{"id":"1"}', headers=["X-Request-Id: r-1"])
QUICK = RetryPolicy(2, first_wait=0.001, longest_wait=0.002)


def test_call_is_a_client_span(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, hooks=[telemetry]) as client:
        client.items.get("1", tags=["a"])
    (span,) = record.spans
    port = int(origin.url.rpartition(":")[2])
    assert (span.name, span.kind) == ("GET /items/{id}", SpanKind.CLIENT)
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "url.full": f"{origin.url}/shop/v1/items/1?tags=a",
        "url.template": "/items/{id}",
        "server.address": "127.0.0.1",
        "server.port": port,
        "http.response.status_code": 200,
        "xcaas.product": "shop",
        "xcaas.operation": "shop.items.get",
        "xcaas.request_id": "r-1",
    }
    assert span.status.status_code is StatusCode.UNSET
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.name == "xcaas"


def test_each_attempt_has_a_span(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    with (
        serving(StubResponse(503), StubResponse(cut="before"), ITEM) as origin,
        Shop(base_url=origin.url, retries=QUICK, hooks=[telemetry]) as client,
    ):
        client.items.get("1")
    spans = [
        (
            attributes.get("http.request.resend_count"),
            attributes.get("http.response.status_code"),
            attributes.get("error.type"),
            span.status.status_code,
        )
        for span in record.spans
        for attributes in [span.attributes or {}]
    ]
    assert spans == [
        (None, 503, "503", StatusCode.ERROR),
        (1, None, "ConnectionLostError", StatusCode.ERROR),
        (2, 200, None, StatusCode.UNSET),
    ]
    refused, cut, _ = record.spans
    assert refused.status.description is None  # the status code is enough
    assert cut.status.description


def test_client_error_status_is_an_error(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    with (
        serving(StubResponse(404)) as origin,
        Shop(base_url=origin.url, hooks=[telemetry]) as client,
        pytest.raises(NotFoundError),
    ):
        client.items.get("1")
    (span,) = record.spans
    assert (span.attributes or {})["error.type"] == "404"
    assert span.status.status_code is StatusCode.ERROR


def test_port_defaults_to_that_of_the_scheme(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    with (
        Shop(base_url="https://shop.invalid", proxy="http://127.0.0.1:1", retries=0, hooks=[telemetry]) as client,
        pytest.raises(ConnectError),
    ):
        client.items.get("1")
    attributes = record.spans[0].attributes or {}
    assert (attributes["server.address"], attributes["server.port"]) == ("shop.invalid", 443)
    assert attributes["error.type"] == "ConnectError"


def test_callers_span_is_the_parent(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    tracer = record.tracer_provider.get_tracer("test")
    with (
        serving(ITEM) as origin,
        Shop(base_url=origin.url, hooks=[telemetry]) as client,
        tracer.start_as_current_span("outer"),
    ):
        client.items.get("1")
    inner, outer = record.spans
    assert inner.parent == outer.context


def test_spans_of_tasks_have_their_own_parents(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    tracer = record.tracer_provider.get_tracer("test")

    async def get_item(client: AsyncShop, number: int) -> None:
        with tracer.start_as_current_span(f"outer {number}"):
            await client.items.get(str(number))

    async def main(url: str) -> None:
        async with AsyncShop(base_url=url, hooks=[telemetry]) as client:
            await asyncio.gather(*(get_item(client, number) for number in range(10)))

    with serving(ITEM) as origin:
        asyncio.run(main(origin.url))
    outer = {
        span.context.span_id: span.name for span in record.spans if span.context and span.kind is SpanKind.INTERNAL
    }
    calls = [span for span in record.spans if span.kind is SpanKind.CLIENT]
    assert len(calls) == len(outer) == 10
    for span in calls:
        assert span.parent is not None
        number = outer[span.parent.span_id].removeprefix("outer ")
        assert str((span.attributes or {})["url.full"]).endswith(f"/items/{number}")


def test_cancelled_call_ends_its_span(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    async def main(url: str) -> None:
        async with AsyncShop(base_url=url, hooks=[telemetry]) as client:
            async with asyncio.timeout(0.05):
                await client.items.get("1")

    with serving(StubResponse(delay=0.5)) as origin, pytest.raises(TimeoutError):
        asyncio.run(main(origin.url))
    (span,) = record.spans
    assert (span.attributes or {})["error.type"] == "CancelledError"
    assert span.status.description is None


class RefusingHook:
    """A hook that ends each call with an error."""

    def before(self, event: AttemptEvent) -> None:
        raise PermissionError("not today: hunter2")

    def after(self, event: AttemptEvent) -> None:
        assert isinstance(event.error, PermissionError)


def test_earlier_hook_that_fails_prevents_the_span(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    with Shop(hooks=[RefusingHook(), telemetry]) as client, pytest.raises(PermissionError):
        client.items.get("1")
    assert not record.spans


def test_later_hook_that_fails_ends_the_span_without_its_message(
    record: RecordedTelemetry, telemetry: OpenTelemetry
) -> None:
    with Shop(hooks=[telemetry, RefusingHook()]) as client, pytest.raises(PermissionError):
        client.items.get("1")
    (span,) = record.spans
    assert (span.attributes or {})["error.type"] == "PermissionError"
    assert "hunter2" not in record.everything()


def test_call_without_a_credential_has_a_span_but_no_duration(
    record: RecordedTelemetry, telemetry: OpenTelemetry
) -> None:
    with Shop(hooks=[telemetry]) as client, pytest.raises(MissingCredentialsError):
        client.items.secret()
    assert [(span.attributes or {})["error.type"] for span in record.spans] == ["MissingCredentialsError"]
    assert not record.durations()


def test_secrets_are_not_recorded(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    secret = "eght_s3cret"
    with (
        serving(StubResponse(503), StubResponse(cut="before"), ITEM) as origin,
        Shop(
            base_url=origin.url,
            credentials=ApiKey(secret, on_event=telemetry.credential_event),
            headers={"X-Private-Token": secret},
            retries=QUICK,
            hooks=[telemetry],
        ) as client,
    ):
        client.items.secret()
    assert origin.seen[0].headers["x-api-key"] == secret
    assert len(record.spans) == 3
    assert secret not in record.everything()


def test_calls_work_without_a_configured_provider() -> None:
    # The global providers, which are not configured.
    telemetry = OpenTelemetry()
    with (
        serving(StubResponse(cut="before"), ITEM) as origin,
        Shop(base_url=origin.url, retries=0, hooks=[telemetry]) as client,
    ):
        with pytest.raises(ConnectionLostError):
            client.items.get("1")
        assert client.items.get("1") == {"id": "1"}
    assert "traceparent" not in origin.seen[1].headers
