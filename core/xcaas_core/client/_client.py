"""What generated clients derive from: `XCaaS` and `AsyncXCaaS`, `Client` and `AsyncClient` of other packages."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from ..calls._session import AsyncSession, Session
from ._base import AnyClient, AnyRegion, Client
from ._resources import AsyncCaller, AsyncResource, Caller, Resource
from ._setup import make_async_io, make_sync_io
from .raw import AsyncRawCalls, RawCalls

__all__ = ["AsyncClientBase", "ClientBase"]


class ClientBase(Client[AnyRegion], RawCalls):  # in this order, jedi finds the constructor
    """A blocking client. Safe to share between threads; a context manager."""

    __slots__ = ("_session",)

    _session: Session

    def _open(self, like: Client[Any] | None) -> None:
        io = like._session.io if isinstance(like, ClientBase) else make_sync_io(self._options)
        self._session = Session(self._engine, io)
        self._root = Resource(Caller(self._session))

    def close(self) -> None:
        """Close the connections that this client opened. May be called more than once."""
        if self._owner:
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

    def _open(self, like: Client[Any] | None) -> None:
        io = like._session.io if isinstance(like, AsyncClientBase) else make_async_io(self._options)
        self._session = AsyncSession(self._engine, io)
        self._root = AsyncResource(AsyncCaller(self._session))

    async def aclose(self) -> None:
        """Close the connections that this client opened in this event loop. May be called more than once."""
        if self._owner:
            await self._session.io.close()

    async def __aenter__(self: AnyClient) -> AnyClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
