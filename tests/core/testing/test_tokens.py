"""The simulation of token requests that other tests stand on."""

from __future__ import annotations

import pytest

from tests.support.credentials import World
from tests.support.simulation import FakeResponse, Simulation
from xcaas_core._errors import CallTimeoutError
from xcaas_core.sansio._steps import Flow, RunInThread


def test_simulation_reports_errors_and_timeouts() -> None:
    simulation = Simulation()

    def flow() -> Flow[int]:
        result = yield RunInThread(lambda: 1 / 0)
        return len(str(result))

    failing = simulation.start(flow())
    with pytest.raises(AssertionError, match="not finished"):
        _ = failing.value
    simulation.run()
    assert isinstance(failing.error, ZeroDivisionError)
    simulation.cancel(failing, KeyboardInterrupt())
    assert isinstance(failing.error, ZeroDivisionError), "what is done is done"
    stalling = World()
    stalling.endpoint.latency = 1e9
    stalling.endpoint.script = [FakeResponse(200)]
    with pytest.raises(Exception, match="no answer in time"):
        stalling.token()
    assert issubclass(CallTimeoutError, TimeoutError)
