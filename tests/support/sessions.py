"""Sessions of clients, with a fake server or a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xcaas_core.calls._options import DEFAULT_TIMEOUT
from xcaas_core.calls._retry import Timeout
from xcaas_core.sdk import AsyncClientBase, ClientBase
from xcaas_core.testing import FakeServer

if TYPE_CHECKING:
    from xcaas_core.calls._session import AsyncSession, Session

__all__ = ["async_session", "sync_session"]


class _Client(ClientBase):
    @property
    def session(self) -> Session:
        return self._session


class _AsyncClient(AsyncClientBase):
    @property
    def session(self) -> AsyncSession:
        return self._session


def sync_session(
    server: FakeServer | None = None, *, base_url: str | None = None, timeout: Timeout = DEFAULT_TIMEOUT
) -> Session:
    """Return a client's session, with a fake server or a real one at `base_url`."""
    return _Client(http_client=server, base_url=base_url, timeout=timeout).session


def async_session(
    server: FakeServer | None = None, *, base_url: str | None = None, timeout: Timeout = DEFAULT_TIMEOUT
) -> AsyncSession:
    return _AsyncClient(http_client=server, base_url=base_url, timeout=timeout).session
