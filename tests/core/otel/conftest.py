"""What the tests of telemetry share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.recorded import Recorded, recorded
from xcaas_core.otel import OpenTelemetry


@pytest.fixture
def record() -> Iterator[Recorded]:
    """Where the `telemetry` of the same test goes."""
    with recorded() as found:
        yield found


@pytest.fixture
def telemetry(record: Recorded) -> OpenTelemetry:
    return OpenTelemetry(tracer_provider=record.tracer_provider, meter_provider=record.meter_provider)
