"""What generated blocking clients derive from: `XCaaS`, and `Client` of other packages."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

from ..calls._session import Session
from ._base import Client
from ._resources import ProductClient, Resource
from ._setup import make_sync_io

if TYPE_CHECKING:
    from ..auth import TokenInfo
    from ..calls._replies import RawResponse
    from ..transport._library import HttpAuth
    from ._raw import StreamedResponse

__all__ = ["ClientBase"]

P = ParamSpec("P")
T = TypeVar("T")
AnyProduct = TypeVar("AnyProduct", bound=ProductClient)
AnyResource = TypeVar("AnyResource", bound=Resource)


class ClientBase(Client):
    """A blocking client. Safe to share between threads; a context manager."""

    __slots__ = ("_root", "_session")

    _session: Session
    _root: Resource

    def _open(self, like: Client | None) -> None:
        io = like._session.io if isinstance(like, ClientBase) else make_sync_io(self._options)
        self._session = Session(self._engine, io)
        self._root = Resource(self._session)

    def _product(self, cls: type[AnyProduct]) -> AnyProduct:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    def _resource(self, cls: type[AnyResource]) -> AnyResource:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    def raw(self, method: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        """Call a method and get its result with status, headers and body.

            answer = client.raw(client.storage.objects.get, "o1")
            answer.headers["x-request-id"], answer.value.id

        For a list in pages, the answer is that of the first page, and `value` the pager.
        """
        from ._raw import raw_method

        answer: RawResponse[T] = raw_method(method)(*args, **kwargs)
        return answer

    def streaming(self, method: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> StreamedResponse[T]:
        """Call a method and get its answer as soon as the headers are there. Close it, or use `with`.

        with client.streaming(client.storage.objects.get, "o1") as answer:
            for piece in answer.iter_bytes(): ...
        """
        from ._raw import streaming_method

        answer: StreamedResponse[T] = streaming_method(method)(*args, **kwargs)
        return answer

    def token_info(self) -> TokenInfo:
        """What the OAuth token says about its key: above all, which products it opens.

        Asks for a token if there is none at hand.
        """
        from ._token_info import token_flow

        return self._session.run(token_flow(self, self._engine))

    def http_auth(self, product: ProductClient) -> HttpAuth:
        """This client's credentials for one product, as `auth=` of an HTTP client of your own.

        httpx.get(address, auth=client.http_auth(client.storage))
        """
        from ._token_info import http_auth

        return http_auth(product, self._engine, self._session)

    def close(self) -> None:
        """Close the connections that this client opened. May be called more than once."""
        if self._owner:
            self._session.io.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
