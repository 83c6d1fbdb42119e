"""The calls of clients that return responses. A vendored copy that nobody asked for them has `_absent.py` here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

if TYPE_CHECKING:
    from ...calls._session import AsyncSession, Session
    from ...paging._pager import AsyncPager
    from ._raw_response import RawResponse
    from ._streamed import AsyncStreaming, StreamedResponse

__all__ = ["AsyncRawCalls", "RawCalls"]

P = ParamSpec("P")
T = TypeVar("T")


class RawCalls:
    """The calls of a blocking client that return responses."""

    __slots__ = ()

    _session: Session

    def raw(self, method: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        """Call a method and get its result with status, headers and body.

            response = client.raw(client.storage.objects.get, "o1")
            response.headers["x-request-id"], response.value.id

        For a list in pages, the response is that of the first page, and `value` the pager. The options are those of
        this client, also if the method is that of another which shares its connections (`with_options`).
        """
        from ._callers import raw_method

        response: RawResponse[T] = raw_method(method, self._session)(*args, **kwargs)
        return response

    def streaming(self, method: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> StreamedResponse[T]:
        """Call a method and get its response as soon as the headers are there. Close it, or use `with`.

        with client.streaming(client.storage.objects.get, "o1") as response:
            for piece in response.iter_bytes(): ...
        """
        from ._callers import streaming_method

        response: StreamedResponse[T] = streaming_method(method, self._session)(*args, **kwargs)
        return response


class AsyncRawCalls:
    """The calls of an async client that return responses."""

    __slots__ = ()

    _session: AsyncSession

    @overload
    async def raw(
        self, method: Callable[P, AsyncPager[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[AsyncPager[T]]: ...
    @overload
    async def raw(self, method: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]: ...
    async def raw(self, method: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[Any]:
        """Call a method and get its result with status, headers and body.

        response = await client.raw(client.storage.objects.get, "o1")
        response.headers["x-request-id"], response.value.id
        """
        from ._callers import raw_method

        response: RawResponse[Any] = await raw_method(method, self._session)(*args, **kwargs)
        return response

    @overload
    def streaming(
        self, method: Callable[P, AsyncPager[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncStreaming[AsyncPager[T]]: ...
    @overload
    def streaming(
        self, method: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncStreaming[T]: ...
    def streaming(self, method: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> AsyncStreaming[Any]:
        """Call a method and get its response as soon as the headers are there.

        async with client.streaming(client.storage.objects.get, "o1") as response:
            async for piece in response.iter_bytes(): ...
        """
        from ._callers import streaming_method
        from ._streamed import AsyncStreaming

        return AsyncStreaming(streaming_method(method, self._session)(*args, **kwargs))
