"""Fixtures for tests of telemetry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.recorded import Recorded, recorded
from xcaas_core.otel import OpenTelemetry


@pytest.fixture
def record() -> Iterator[Recorded]:
    """Return the spans and metrics recorded by `telemetry`."""
    with recorded() as record:
        yield record


@pytest.fixture
def telemetry(record: Recorded) -> OpenTelemetry:
    return OpenTelemetry(tracer_provider=record.tracer_provider, meter_provider=record.meter_provider)
