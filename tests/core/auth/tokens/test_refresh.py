"""One renewal under way, and those who wait for it."""

from __future__ import annotations

import pytest

from tests.support.credentials import SECRET, World
from tests.support.simulation import FakeResponse, TokenEndpoint
from xcaas_core import AuthEvent, ClientCredentials
from xcaas_core.auth.tokens._errors import Failure
from xcaas_core.auth.tokens._refresh import Refresh


def test_a_flight_lands_once_and_wakes_everybody_even_if_one_cannot_be_woken() -> None:
    refresh = Refresh(early=False, overdue_at=0.0, generation=0)
    woken: list[int] = []

    def broken() -> None:
        raise RuntimeError("its event loop is gone")

    refresh.on_done(broken)
    refresh.on_done(lambda: woken.append(1))
    refresh.complete(None)
    failure = Failure(kind="unavailable", message="too late")
    refresh.complete(failure)
    assert refresh.outcome is None
    refresh.on_done(lambda: woken.append(2))
    assert woken == [1, 2]


def test_ctrl_c_in_an_observer_keeps_nobody_waiting() -> None:
    def interrupted(event: AuthEvent) -> None:
        if event.kind == "failed":
            raise KeyboardInterrupt

    refusal = FakeResponse(401, b'{"error": "invalid_client"}')
    credential = ClientCredentials("id", SECRET, on_event=interrupted)
    world = World(TokenEndpoint(script=(refusal,), latency=0.1), credential=credential)
    with pytest.raises(KeyboardInterrupt):
        world.token()
    before = world.clock()
    assert world.token() == "token-2"
    assert world.clock() - before < 1.0
