"""A fake server whose jobs go through given states."""

from __future__ import annotations

from xcaas_core.testing import FakeServer

__all__ = ["states"]


def states(*names: str, start: str = "NOT_STARTED") -> FakeServer:
    server = FakeServer()
    for call in ("shop.jobs.start", "shop.jobs.run", "shop.jobs.report", "shop.jobs.build"):
        server.respond(call, status=202, json={"id": "j1", "status": start})
    for state in names:
        for call in ("shop.jobs.status", "shop.jobs.watch"):
            server.respond(call, json={"id": "j1", "status": state, "message": None})
    return server
