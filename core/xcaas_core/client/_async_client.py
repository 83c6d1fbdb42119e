"""What generated async clients derive from: `AsyncXCaaS`, and `AsyncClient` of other packages."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from ..calls._session import AsyncSession
from ._base import AnyClient, Client
from ._resources import AsyncCaller, AsyncProductClient, AsyncResource
from ._setup import make_async_io
from .raw import AsyncRawCalls

if TYPE_CHECKING:
    from ..auth.tokens._token import TokenInfo
    from ..transport._library import HttpAuth

__all__ = ["AsyncClientBase"]

AnyProduct = TypeVar("AnyProduct", bound=AsyncProductClient)
AnyResource = TypeVar("AnyResource", bound=AsyncResource)


class AsyncClientBase(Client, AsyncRawCalls):  # in this order, jedi finds the constructor
    """An async client, for asyncio and trio. An async context manager; may be used from several loops in turn."""

    __slots__ = ("_root", "_session")

    _session: AsyncSession
    _root: AsyncResource

    def _open(self, like: Client | None) -> None:
        io = like._session.io if isinstance(like, AsyncClientBase) else make_async_io(self._options)
        self._session = AsyncSession(self._engine, io)
        self._root = AsyncResource(AsyncCaller(self._session))

    def _product(self, cls: type[AnyProduct]) -> AnyProduct:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    def _resource(self, cls: type[AnyResource]) -> AnyResource:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    async def token_info(self) -> TokenInfo:
        """Return what the OAuth token says about its key: above all, which products it opens.

        Asks for a token if there is none at hand.
        """
        from ._token_info import token_flow

        return await self._session.run(token_flow(self, self._engine))

    def http_auth(self, product: AsyncProductClient) -> HttpAuth:
        """Return this client's credentials for one product, as `auth=` of an async HTTP client of your own.

        await http.get(address, auth=client.http_auth(client.storage))
        """
        from ._token_info import http_auth

        return http_auth(product, self._engine, self._session)

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
