"""Fixtures for tests of telemetry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.recorded import RecordedTelemetry, recorded_telemetry
from xcaas_core.otel import OpenTelemetry


@pytest.fixture
def record() -> Iterator[RecordedTelemetry]:
    """Return the spans and metrics recorded by `telemetry`."""
    with recorded_telemetry() as record:
        yield record


@pytest.fixture
def telemetry(record: RecordedTelemetry) -> OpenTelemetry:
    return OpenTelemetry(tracer_provider=record.tracer_provider, meter_provider=record.meter_provider)
