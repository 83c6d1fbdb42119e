"""Spans and durations of token requests, without secrets."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from tests.support.recorded import RecordedTelemetry
from xcaas import ClientCredentials, RetryPolicy, TokenError, WorkAnalyticsLogin, XCaaS
from xcaas.testing import FakeServer
from xcaas_core import ConnectionLostError
from xcaas_core.otel import OpenTelemetry

SECRET = "s3cret-of-mine"
TOKEN = "a-token-that-nobody-sees"


def make_server() -> FakeServer:
    server = FakeServer().respond("storage.objects.get", json={"id": "o1"})
    return server.respond(
        "POST /oauth/v2/token", json={"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
    )


def credentials() -> ClientCredentials:
    return ClientCredentials("eght_id", SECRET)


def spans_named(record: RecordedTelemetry, name: str) -> list[ReadableSpan]:
    return [span for span in record.spans if span.name == name]


def test_token_request_is_a_child_span_of_the_attempt(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    server = make_server()
    tracer = record.tracer_provider.get_tracer("test")
    with (
        XCaaS(http_client=server, credentials=credentials(), hooks=[telemetry]) as client,
        tracer.start_as_current_span("outer"),
    ):
        client.storage.objects.get("o1")
        client.storage.objects.get("o1")
    token, attempt, second_attempt, outer = record.spans
    assert (token.name, token.kind) == ("POST /oauth/v2/token", SpanKind.CLIENT)
    assert dict(token.attributes or {}) == {
        "http.request.method": "POST",
        "url.full": "https://api.8x8.com/oauth/v2/token",
        "url.template": "/oauth/v2/token",
        "server.address": "api.8x8.com",
        "server.port": 443,
        "http.response.status_code": 200,
        "xcaas.product": "storage",
    }
    assert token.parent == attempt.context
    assert attempt.parent == second_attempt.parent == outer.context
    assert second_attempt.name == "GET /objects/{objectId}"
    traceparent = server.requests[0].headers["traceparent"]
    assert token.context is not None
    assert traceparent.startswith(f"00-{token.context.trace_id:032x}-{token.context.span_id:016x}-")


def test_token_request_has_its_own_duration(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    with XCaaS(http_client=make_server(), credentials=credentials(), hooks=[telemetry]) as client:
        client.storage.objects.get("o1")
    counts = {(point.attributes or {})["url.template"]: point.count for point in record.durations()}
    assert counts == {"/oauth/v2/token": 1, "/objects/{objectId}": 1}
    (token,) = [point for point in record.durations() if "xcaas.operation" not in (point.attributes or {})]
    assert (token.attributes or {})["xcaas.product"] == "storage"


def test_repeated_token_requests_are_numbered(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    server = FakeServer().respond("storage.objects.get", json={"id": "o1"})
    server.respond("POST /oauth/v2/token", status=503)
    server.respond("POST /oauth/v2/token", error=ConnectionLostError("gone"))
    server.respond("POST /oauth/v2/token", json={"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})
    with XCaaS(http_client=server, credentials=credentials(), hooks=[telemetry]) as client:
        client.storage.objects.get("o1")
    spans = [
        (attributes.get("http.request.resend_count"), attributes.get("error.type"), span.status.status_code)
        for span in spans_named(record, "POST /oauth/v2/token")
        for attributes in [span.attributes or {}]
    ]
    assert spans == [
        (None, "503", StatusCode.ERROR),
        (1, "ConnectionLostError", StatusCode.ERROR),
        (2, None, StatusCode.UNSET),
    ]


def test_token_request_after_a_401_is_a_child_of_the_refused_attempt(
    record: RecordedTelemetry, telemetry: OpenTelemetry
) -> None:
    server = FakeServer().respond("storage.objects.get", status=401).respond("storage.objects.get", json={"id": "o1"})
    for token in ("one", "two"):
        body = {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}
        server.respond("POST /oauth/v2/token", json=body)
    with XCaaS(http_client=server, credentials=credentials(), hooks=[telemetry]) as client:
        client.storage.objects.get("o1")
    first, second = spans_named(record, "POST /oauth/v2/token")
    refused, succeeded = spans_named(record, "GET /objects/{objectId}")
    assert (first.parent, second.parent) == (refused.context, refused.context)
    assert (succeeded.attributes or {})["http.request.resend_count"] == 1


def test_token_info_has_a_root_span(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    with XCaaS(http_client=make_server(), credentials=credentials(), hooks=[telemetry]) as client:
        client.token_info()
    (span,) = record.spans
    assert (span.name, span.parent) == ("POST /oauth/v2/token", None)


@pytest.mark.parametrize("refused", [False, True])
def test_secrets_are_not_recorded(record: RecordedTelemetry, telemetry: OpenTelemetry, refused: bool) -> None:
    server = FakeServer() if refused else make_server()
    if refused:
        server.respond("POST /oauth/v2/token", status=401, json={"error": "invalid_client", "secret": SECRET})
    login = ClientCredentials("eght_id", SECRET, on_event=telemetry.credential_event)
    with XCaaS(http_client=server, credentials=login, hooks=[telemetry], retries=RetryPolicy(0)) as client:
        if refused:
            with pytest.raises(TokenError):
                client.storage.objects.get("o1")
        else:
            client.storage.objects.get("o1")
    assert len(record.spans) == 2
    for word in (SECRET, TOKEN, "eght_id:", "Basic"):
        assert word not in record.everything()


def test_secrets_of_work_analytics_are_not_recorded(record: RecordedTelemetry, telemetry: OpenTelemetry) -> None:
    login = WorkAnalyticsLogin("eght_key-of-mine", "analyst", SECRET, on_event=telemetry.credential_event)
    with XCaaS(http_client=FakeServer(), credentials=login, hooks=[telemetry]) as client:
        client.work_analytics.pbxes.list().first()
    token_spans = [span for span in record.spans if not (span.attributes or {}).get("xcaas.operation")]
    assert [(span.attributes or {})["http.request.method"] for span in token_spans] == ["POST"]
    assert SECRET not in record.everything()
    assert "key-of-mine" not in record.everything()
