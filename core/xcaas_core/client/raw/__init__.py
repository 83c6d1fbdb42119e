"""Raw and streaming calls, calls of other paths, token details, and credentials for users' own HTTP clients.

Vendored copies made without them have `_absent.py` here.
"""

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
    """Raw responses, other paths, and token details of a blocking client."""

    __slots__ = ()

    _session: Session

    def token_info(self) -> TokenInfo:
        """Return details of the OAuth token, such as the products that its key may call.

        Requests a token if there is none yet.
        """
        from ._token_info import token_flow

        return self._session.run(token_flow(self, self._session.engine))

    def http_auth(self, product: ProductClient) -> HttpAuth:
        """Return this client's credentials for one product, for `auth=` in your own HTTP client.

        Example:
            httpx.get(address, auth=client.http_auth(client.storage))
        """
        from ._http_auth import http_auth

        return http_auth(product, self._session)

    def raw(self, method: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        """Call a method and get its result with status, headers and body.

            response = client.raw(client.storage.objects.get, "o1")
            response.headers["x-request-id"], response.value.id

        For a paged list, the response is the first page's, and `value` is the pager. This client's options apply, even
        if the method belongs to a copy of it (`with_options`).
        """
        from ._callers import raw_method

        response: RawResponse[T] = raw_method(method, self._session)(*args, **kwargs)
        return response

    def streaming(self, method: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> StreamedResponse[T]:
        """Call a method and get its response as soon as the headers arrive. Close it, or use `with`.

        Example:
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
        """Send a request that no operation covers, with the product's address, credentials, retries, limits and errors.

            response = client.request("GET", "/storage/{region}/v3/objects", product="storage")

        Args:
            method: HTTP method.
            path: Path below the product's address, or from the host's root, as in the service's guides. Placeholders such as
                `{region}` and `{tenant}` are filled from the client's options. A full URL is accepted if its host is
                one of the product's.
            product: Name of the product, such as `storage`. Not needed with a client of one product.
            query: Query parameters. None is left out; a list repeats its parameter.
            json: Body, sent as JSON.
            content: Body, sent as it is: text, bytes, a path, an open file, or an iterator of bytes.
            headers: Headers to add; they override others.

        Returns:
            Status, headers and body. `value` is the decoded JSON, bytes for other types, or None without a body.

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
    """Raw responses, other paths, and token details of an async client."""

    __slots__ = ()

    _session: AsyncSession

    async def token_info(self) -> TokenInfo:
        """Return details of the OAuth token, such as the products that its key may call.

        Requests a token if there is none yet.
        """
        from ._token_info import token_flow

        return await self._session.run(token_flow(self, self._session.engine))

    def http_auth(self, product: AsyncProductClient) -> HttpAuth:
        """Return this client's credentials for one product, for `auth=` in your own async HTTP client.

        Example:
            await http.get(address, auth=client.http_auth(client.storage))
        """
        from ._http_auth import http_auth

        return http_auth(product, self._session)

    @overload
    async def raw(
        self, method: Callable[P, AsyncPager[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> RawResponse[AsyncPager[T]]: ...
    @overload
    async def raw(self, method: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]: ...
    async def raw(self, method: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[Any]:
        """Call a method and get its result with status, headers and body.

        Example:
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
        """Call a method and get its response as soon as the headers arrive.

        Example:
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
        """Send a request that no operation covers, with the product's address, credentials, retries, limits and errors.

            response = await client.request("GET", "/storage/{region}/v3/objects", product="storage")

        Args:
            method: HTTP method.
            path: Path below the product's address, or from the host's root, as in the service's guides. Placeholders such as
                `{region}` and `{tenant}` are filled from the client's options. A full URL is accepted if its host is
                one of the product's.
            product: Name of the product, such as `storage`. Not needed with a client of one product.
            query: Query parameters. None is left out; a list repeats its parameter.
            json: Body, sent as JSON.
            content: Body, sent as it is: text, bytes, a path, an open file, or an iterator of bytes.
            headers: Headers to add; they override others.

        Returns:
            Status, headers and body. `value` is the decoded JSON, bytes for other types, or None without a body.

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
