"""Refreshes in progress, and callers that wait for them."""

from __future__ import annotations

import pytest

from tests.support.credentials import SECRET, World
from tests.support.simulation import FakeResponse, TokenEndpoint
from xcaas_core import AuthEvent, ClientCredentials
from xcaas_core.auth.tokens._errors import Failure
from xcaas_core.auth.tokens._refresh import Refresh


def test_refresh_completes_once_and_wakes_all_waiting_callers() -> None:
    refresh = Refresh(early=False, overdue_at=0.0, generation=0)
    woken: list[int] = []

    def failing() -> None:
        raise RuntimeError("its event loop is gone")

    refresh.on_done(failing)
    refresh.on_done(lambda: woken.append(1))
    refresh.complete(None)
    failure = Failure(kind="unavailable", message="too late")
    refresh.complete(failure)
    assert refresh.outcome is None
    refresh.on_done(lambda: woken.append(2))
    assert woken == [1, 2]


def test_interrupted_observer_does_not_block_later_callers() -> None:
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
