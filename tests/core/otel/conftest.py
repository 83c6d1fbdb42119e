"""What the tests of telemetry share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.recorded import RecordedTelemetry, recorded_telemetry
from xcaas_core.otel import OpenTelemetry


@pytest.fixture
def record() -> Iterator[RecordedTelemetry]:
    """Where the `telemetry` of the same test goes."""
    with recorded_telemetry() as found:
        yield found


@pytest.fixture
def telemetry(record: RecordedTelemetry) -> OpenTelemetry:
    return OpenTelemetry(tracer_provider=record.tracer_provider, meter_provider=record.meter_provider)
