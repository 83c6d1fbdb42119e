"""The base classes of generated clients, such as `XCaaS` and `AsyncXCaaS`."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from ..calls._session import AsyncSession, Session
from ._base import AnyClient, AnyRegion, Client
from ._resources import AsyncCaller, AsyncResource, Caller, Resource
from ._setup import make_async_transport, make_sync_transport
from .raw import AsyncRawCalls, RawCalls

__all__ = ["AsyncClientBase", "ClientBase"]


class ClientBase(Client[AnyRegion], RawCalls):  # the order in which jedi finds the constructor
    """A blocking client. Safe to share between threads; a context manager."""

    __slots__ = ("_session",)

    _session: Session

    def _open(self, source: Client[Any] | None) -> None:
        transport = source._session.io if isinstance(source, ClientBase) else make_sync_transport(self._options)
        self._session = Session(self._engine, transport)
        self._root = Resource(Caller(self._session))

    def close(self) -> None:
        """Close the connections that this client opened. May be called more than once."""
        if self._owns_connections:
            self._session.io.close()

    def __enter__(self: AnyClient) -> AnyClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClientBase(Client[AnyRegion], AsyncRawCalls):
    """An async client for asyncio and trio. An async context manager; may be used in several event loops, one after another."""

    __slots__ = ("_session",)

    _session: AsyncSession

    def _open(self, source: Client[Any] | None) -> None:
        transport = source._session.io if isinstance(source, AsyncClientBase) else make_async_transport(self._options)
        self._session = AsyncSession(self._engine, transport)
        self._root = AsyncResource(AsyncCaller(self._session))

    async def aclose(self) -> None:
        """Close the connections that this client opened in this event loop. May be called more than once."""
        if self._owns_connections:
            await self._session.io.close()

    async def __aenter__(self: AnyClient) -> AnyClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
