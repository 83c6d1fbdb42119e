"""OpenTelemetry spans and metrics of calls: `pip install 'xcaas[otel]'`.

    telemetry = OpenTelemetry()
    client = XCaaS(
        hooks=[telemetry],
        credentials=ClientCredentials("id", "secret", on_event=telemetry.credential_event),
    )

Each attempt of a call, and each request for a token, is a client span and a value of the histogram
`http.client.request.duration`, as in https://opentelemetry.io/docs/specs/semconv/http/.
OpenTelemetry is not loaded, and need not be installed, until an `OpenTelemetry` is created.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from ._errors import ConfigurationError, CredentialsError, XCaaSError
from ._redaction import safe_text
from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from opentelemetry.context import Context
    from opentelemetry.metrics import Meter, MeterProvider
    from opentelemetry.propagators.textmap import TextMapPropagator
    from opentelemetry.trace import Span, Tracer, TracerProvider

    from .auth.tokens._events import AuthEvent
    from .calls.hooks._events import AttemptEvent, TokenEvent

__all__ = ["OpenTelemetry"]

_SCHEMA: Final = "https://opentelemetry.io/schemas/1.36.0"
_PORTS: Final = {"http": 80, "https": 443}
# In seconds, as the conventions advise for http.client.request.duration.
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)


class _Started(NamedTuple):
    """A request in progress."""

    span: Span
    start: float
    attributes: dict[str, str | int]
    """Attributes of both span and metric; those of the span alone are set at once."""


class OpenTelemetry:
    """A hook for `hooks=` that records a span and a duration for every request. Clients may share it.

    A span's parent is the current span where the call is made; for a token request, it is the span of the attempt
    that needs the token. Spans hold the URL without secrets. Spans and metrics hold no headers, bodies or
    credentials.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        propagate: bool = True,
        propagator: TextMapPropagator | None = None,
    ) -> None:
        """
        Args:
            tracer_provider: Provider for spans; by default, the global one.
            meter_provider: Provider for metrics; by default, the global one.
            propagate: Whether to send the span's context with requests.
            propagator: How to send it; by default, as `traceparent` and `tracestate`. The global propagator is not
                used by default, as it also sends baggage, which is not for other companies.

        Raises:
            ConfigurationError: OpenTelemetry is not installed.
        """
        try:
            from opentelemetry import metrics, trace
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
        except ImportError as error:
            raise ConfigurationError(
                "opentelemetry-api is not installed", advice="Install it: pip install 'xcaas[otel]'."
            ) from error
        self._tracer: Tracer = trace.get_tracer("xcaas", __version__, tracer_provider, _SCHEMA)
        self._context_of = trace.set_span_in_context
        self._client: Final = trace.SpanKind.CLIENT
        self._error: Final = trace.StatusCode.ERROR
        self._propagator: TextMapPropagator | None = None
        if propagate:
            self._propagator = propagator or TraceContextTextMapPropagator()
        meter: Meter = metrics.get_meter("xcaas", __version__, meter_provider, _SCHEMA)
        self._durations = meter.create_histogram(
            "http.client.request.duration",
            "s",
            "Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self._retries = meter.create_counter("xcaas.retries", "{retry}", "Attempts that are followed by another.")
        self._credential_events = meter.create_counter(
            "xcaas.credential.events", "{event}", "What happened to access tokens and keys."
        )
        self._fetches = meter.create_histogram(
            "xcaas.credential.fetch.duration",
            "s",
            "Duration of requests for access tokens, their retries included.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )

    # --- the hook ----------------------------------------------------------------

    def before(self, event: AttemptEvent) -> None:
        """Start a span, and add its context to the request."""
        attributes = {
            **_shared_attributes(event, event.template),
            "xcaas.operation": event.call,
        }
        self._begin(event, f"{event.method} {event.template}", attributes)

    def after(self, event: AttemptEvent) -> None:
        """End the span and count the attempt. Do nothing if another hook failed before this one started."""
        # Without a token, no request was sent.
        attributes = self._end(event, timed=not isinstance(event.error, CredentialsError))
        if attributes is not None and event.retry_in is not None:
            self._retries.add(1, attributes)

    def before_token(self, event: TokenEvent) -> None:
        """Start the span of a token request, as a child of the attempt that waits for it."""
        path = urlsplit(event.url).path
        parent = None if event.attempt is None else event.attempt.context.get(self)
        self._begin(
            event,
            f"{event.method} {path}",
            _shared_attributes(event, path),
            self._context_of(parent.span) if isinstance(parent, _Started) else None,
        )

    def after_token(self, event: TokenEvent) -> None:
        """End the span of a token request."""
        self._end(event, timed=True)

    def _begin(
        self,
        event: AttemptEvent | TokenEvent,
        name: str,
        attributes: dict[str, str | int],
        parent: Context | None = None,
    ) -> None:
        span_attributes: dict[str, str | int] = {"url.full": event.url}
        if event.number > 1:
            span_attributes["http.request.resend_count"] = event.number - 1
        span = self._tracer.start_span(name, parent, kind=self._client, attributes={**attributes, **span_attributes})
        if self._propagator is not None:
            carrier: MutableMapping[str, str | list[str]] = {}
            self._propagator.inject(carrier, self._context_of(span))
            event.headers.update((name, str(value)) for name, value in carrier.items())
        event.context[self] = _Started(span, time.perf_counter(), attributes)

    def _end(self, event: AttemptEvent | TokenEvent, *, timed: bool) -> dict[str, str | int] | None:
        started = event.context.pop(self, None)
        if not isinstance(started, _Started):
            return None
        span, start, attributes = started
        outcome = _outcome(event)
        attributes.update(outcome)
        span.set_attributes(outcome)
        if event.request_id is not None:
            span.set_attribute("xcaas.request_id", event.request_id)
        if "error.type" in outcome:
            # Messages of foreign errors may contain secrets.
            message = safe_text(event.error.message) if isinstance(event.error, XCaaSError) else None
            span.set_status(self._error, message)
        if timed:
            # In the span's context, for exemplars.
            self._durations.record(time.perf_counter() - start, attributes, self._context_of(span))
        span.end()
        return attributes

    # --- credentials -------------------------------------------------------------

    def credential_event(self, event: AuthEvent) -> None:
        """Count an event of a credential; to be passed as its `on_event=`."""
        attributes = {
            "xcaas.credential.event": event.kind,
            # Not its whole `repr`, which differs per key: metrics need few values.
            "xcaas.credential.type": event.credential.partition("(")[0],
        }
        if event.error is not None:
            attributes["error.type"] = event.error
        self._credential_events.add(1, attributes)
        if event.kind in ("acquired", "refreshed_early", "failed"):
            self._fetches.record(event.seconds, attributes)


def _shared_attributes(event: AttemptEvent | TokenEvent, template: str) -> dict[str, str | int]:
    """Return the attributes with few values, for metrics too, that are known before the request."""
    address = urlsplit(event.url)
    return {
        "http.request.method": event.method,
        "server.address": address.hostname or "",
        "server.port": address.port or _PORTS.get(address.scheme, 0),
        "url.template": template,
        "xcaas.product": event.product,
    }


def _outcome(event: AttemptEvent | TokenEvent) -> dict[str, str | int]:
    """Return the status and the type of the error, if any."""
    attributes: dict[str, str | int] = {}
    if event.status is not None:
        attributes["http.response.status_code"] = event.status
    if event.error is not None:
        attributes["error.type"] = type(event.error).__qualname__
    elif event.status is not None and event.status >= 400:
        attributes["error.type"] = str(event.status)
    return attributes
