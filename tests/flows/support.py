"""Sessions without a network, for what is built on calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from xcaas_core._engine import Engine, Shared
from xcaas_core._options import Options
from xcaas_core._session import AsyncSession, Session
from xcaas_core.testing import FakeServer

if TYPE_CHECKING:
    from xcaas_core._http import AsyncIO, SyncIO

__all__ = ["async_session", "sync_session"]


def _engine(server: FakeServer) -> Engine:
    # Retries wait for random times; here they wait for the longest ones.
    return Engine(Options(), None, Shared(100, clock=server.clock, wall=server.clock, draw=lambda: 1.0))


def sync_session(server: FakeServer) -> Session:
    return Session(_engine(server), cast("SyncIO", server.sync_io()))


def async_session(server: FakeServer) -> AsyncSession:
    return AsyncSession(_engine(server), cast("AsyncIO", server.async_io()))
