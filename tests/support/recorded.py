"""OpenTelemetry providers that record in memory."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeVar

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

__all__ = ["RecordedTelemetry", "recorded_telemetry"]

P = TypeVar("P", HistogramDataPoint, NumberDataPoint)


class RecordedTelemetry:
    """Providers, and the spans and metrics that they recorded."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.tracer_provider = TracerProvider(shutdown_on_exit=False)
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.meter_provider = MeterProvider([self._reader], shutdown_on_exit=False)

    @property
    def spans(self) -> list[ReadableSpan]:
        """Finished spans, in order of their end."""
        return list(self._exporter.get_finished_spans())

    def durations(self, name: str = "http.client.request.duration") -> list[HistogramDataPoint]:
        """Return the points of a histogram."""
        return self._points(name, HistogramDataPoint)

    def counts(self, name: str) -> list[NumberDataPoint]:
        """Return the points of a counter."""
        return self._points(name, NumberDataPoint)

    def unit(self, name: str) -> str | None:
        """Return the unit of an instrument, None if it has no data."""
        return next((unit for metric, unit, _ in self._metrics() if metric == name), None)

    def everything(self) -> str:
        """Return all spans and metrics as text."""
        return "".join(span.to_json() for span in self.spans) + str(self._metrics())

    def close(self) -> None:
        self.tracer_provider.shutdown()
        self.meter_provider.shutdown()

    def _points(self, name: str, kind: type[P]) -> list[P]:
        return [point for metric, _, points in self._metrics() if metric == name for point in points
                if isinstance(point, kind)]  # fmt: skip

    def _metrics(self) -> list[tuple[str, str | None, list[object]]]:
        data = self._reader.get_metrics_data()
        return [
            (metric.name, metric.unit, list(metric.data.data_points))
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
        ]


@contextmanager
def recorded_telemetry() -> Generator[RecordedTelemetry]:
    """Create providers that are shut down at the end of the block."""
    telemetry = RecordedTelemetry()
    try:
        yield telemetry
    finally:
        telemetry.close()
