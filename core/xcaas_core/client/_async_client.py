"""What generated async clients derive from: `AsyncXCaaS`, and `AsyncClient` of other packages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, overload

from ..calls._session import AsyncSession
from ._base import Client
from ._resources import AsyncProductClient, AsyncResource
from ._setup import make_async_io

if TYPE_CHECKING:
    from ..auth import TokenInfo
    from ..calls._replies import RawResponse
    from ..paging._pager import AsyncPager
    from ..transport._library import HttpAuth
    from ._raw import AsyncStreaming

__all__ = ["AsyncClientBase"]

P = ParamSpec("P")
T = TypeVar("T")
AnyProduct = TypeVar("AnyProduct", bound=AsyncProductClient)
AnyResource = TypeVar("AnyResource", bound=AsyncResource)


class AsyncClientBase(Client):
    """An async client, for asyncio and trio. An async context manager; may be used from several loops in turn."""

    __slots__ = ("_root", "_session")

    _session: AsyncSession
    _root: AsyncResource

    def _open(self, like: Client | None) -> None:
        io = like._session.io if isinstance(like, AsyncClientBase) else make_async_io(self._options)
        self._session = AsyncSession(self._engine, io)
        self._root = AsyncResource(self._session)

    def _product(self, cls: type[AnyProduct]) -> AnyProduct:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    def _resource(self, cls: type[AnyResource]) -> AnyResource:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    @overload
    async def raw(
        self, method: Callable[P, AsyncPager[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[AsyncPager[T]]: ...
    @overload
    async def raw(self, method: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]: ...
    async def raw(self, method: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[Any]:
        """Call a method and get its result with status, headers and body.

        answer = await client.raw(client.storage.objects.get, "o1")
        answer.headers["x-request-id"], answer.value.id
        """
        from ._raw import raw_method

        answer: RawResponse[Any] = await raw_method(method)(*args, **kwargs)
        return answer

    @overload
    def streaming(
        self, method: Callable[P, AsyncPager[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncStreaming[AsyncPager[T]]: ...
    @overload
    def streaming(
        self, method: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncStreaming[T]: ...
    def streaming(self, method: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> AsyncStreaming[Any]:
        """Call a method and get its answer as soon as the headers are there.

        async with client.streaming(client.storage.objects.get, "o1") as answer:
            async for piece in answer.iter_bytes(): ...
        """
        from ._raw import AsyncStreaming, streaming_method

        return AsyncStreaming(streaming_method(method)(*args, **kwargs))

    async def token_info(self) -> TokenInfo:
        """What the OAuth token says about its key: above all, which products it opens.

        Asks for a token if there is none at hand.
        """
        from ._token_info import token_flow

        return await self._session.run(token_flow(self, self._engine))

    def http_auth(self, product: AsyncProductClient) -> HttpAuth:
        """This client's credentials for one product, as `auth=` of an async HTTP client of your own.

        await http.get(address, auth=client.http_auth(client.storage))
        """
        from ._token_info import http_auth

        return http_auth(product, self._engine, self._session)

    async def aclose(self) -> None:
        """Close the connections that this client opened in this event loop. May be called more than once."""
        if self._owner:
            await self._session.io.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
