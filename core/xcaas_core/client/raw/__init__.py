"""What clients do beside their products' operations: calls that return responses, calls of other paths, tokens and
credentials outside of calls. A vendored copy that nobody asked for them has `_absent.py` here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

if TYPE_CHECKING:
    from ...auth.tokens._token import TokenInfo
    from ...calls._session import AsyncSession, Session
    from ...paging._pager import AsyncPager
    from ...serialization._inputs import BinaryInput
    from ...transport._library import HttpAuth
    from .._resources import AsyncProductClient, ProductClient
    from ._raw_response import RawResponse
    from ._streamed import AsyncStreaming, StreamedResponse

__all__ = ["AsyncRawCalls", "RawCalls"]

P = ParamSpec("P")
T = TypeVar("T")


class RawCalls:
    """What a blocking client does beside its products' operations."""

    __slots__ = ()

    _session: Session

    def token_info(self) -> TokenInfo:
        """Return what the OAuth token says about its key: above all, which products it opens.

        Asks for a token if there is none at hand.
        """
        from ._token_info import token_flow

        return self._session.run(token_flow(self, self._session.engine))

    def http_auth(self, product: ProductClient) -> HttpAuth:
        """Return this client's credentials for one product, as `auth=` of an HTTP client of your own.

        httpx.get(address, auth=client.http_auth(client.storage))
        """
        from ._token_info import http_auth

        return http_auth(product, self._session)

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

    def request(
        self,
        method: str,
        path: str,
        *,
        product: str | None = None,
        query: Mapping[str, object] | None = None,
        json: object = None,
        content: BinaryInput | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RawResponse[object]:
        """Call what no operation covers: a path of a product, with its address, credentials, retries, limits and errors.

        response = client.request("GET", "/storage/{region}/v3/objects", product="storage")

        Args:
            method: HTTP method.
            path: Below the product's address, or from the host's root as guides write it. Names in braces, such as
                `{region}` and `{tenant}`, are filled from the client's settings. A whole address is taken if its
                host is one of the product's.
            product: Name of the product, such as `storage`. A client of one product needs none.
            query: Query parameters; those that are None are left out, and a list is repeated.
            json: Body in JSON.
            content: Body as it is: text, bytes, a path, an open file, or an iterator of bytes.
            headers: Further headers, which win over others.

        Returns:
            Status, headers and body; `value` is the JSON, the bytes of anything else, or None for no body.

        Raises:
            ArgumentError: An argument cannot be sent.
            ConfigurationError: There is no such product.
            ResponseError: As for operations: `NotFoundError`, `RateLimitError` and the rest.
        """
        from ._request import request_flow

        return self._session.run(
            request_flow(
                self,
                self._session.engine,
                method,
                path,
                product=product,
                query=query,
                json=json,
                content=content,
                headers=headers,
            )
        )


class AsyncRawCalls:
    """What an async client does beside its products' operations."""

    __slots__ = ()

    _session: AsyncSession

    async def token_info(self) -> TokenInfo:
        """Return what the OAuth token says about its key: above all, which products it opens.

        Asks for a token if there is none at hand.
        """
        from ._token_info import token_flow

        return await self._session.run(token_flow(self, self._session.engine))

    def http_auth(self, product: AsyncProductClient) -> HttpAuth:
        """Return this client's credentials for one product, as `auth=` of an async HTTP client of your own.

        await http.get(address, auth=client.http_auth(client.storage))
        """
        from ._token_info import http_auth

        return http_auth(product, self._session)

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

    async def request(
        self,
        method: str,
        path: str,
        *,
        product: str | None = None,
        query: Mapping[str, object] | None = None,
        json: object = None,
        content: BinaryInput | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RawResponse[object]:
        """Call what no operation covers: a path of a product, with its address, credentials, retries, limits and errors.

        response = await client.request("GET", "/storage/{region}/v3/objects", product="storage")

        Args:
            method: HTTP method.
            path: Below the product's address, or from the host's root as guides write it. Names in braces, such as
                `{region}` and `{tenant}`, are filled from the client's settings. A whole address is taken if its
                host is one of the product's.
            product: Name of the product, such as `storage`. A client of one product needs none.
            query: Query parameters; those that are None are left out, and a list is repeated.
            json: Body in JSON.
            content: Body as it is: text, bytes, a path, an open file, or an iterator of bytes.
            headers: Further headers, which win over others.

        Returns:
            Status, headers and body; `value` is the JSON, the bytes of anything else, or None for no body.

        Raises:
            ArgumentError: An argument cannot be sent.
            ConfigurationError: There is no such product.
            ResponseError: As for operations: `NotFoundError`, `RateLimitError` and the rest.
        """
        from ._request import request_flow

        return await self._session.run(
            request_flow(
                self,
                self._session.engine,
                method,
                path,
                product=product,
                query=query,
                json=json,
                content=content,
                headers=headers,
            )
        )
