"""One renewal under way, and those who wait for it."""

from __future__ import annotations

from xcaas_core.auth.tokens._failure import Failure
from xcaas_core.auth.tokens._refresh import Flight


def test_a_flight_lands_once_and_wakes_everybody_even_if_one_cannot_be_woken() -> None:
    flight = Flight(early=False, overdue_at=0.0, generation=0)
    woken: list[int] = []

    def broken() -> None:
        raise RuntimeError("its event loop is gone")

    flight.on_done(broken)
    flight.on_done(lambda: woken.append(1))
    flight.land(None)
    failure = Failure(kind="unavailable", message="too late")
    flight.land(failure)
    assert flight.outcome is None
    flight.on_done(lambda: woken.append(2))
    assert woken == [1, 2]
