"""What generated blocking clients derive from: `XCaaS`, and `Client` of other packages."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from ..calls._session import Session
from ._base import AnyClient, Client
from ._resources import Caller, ProductClient, Resource
from ._setup import make_sync_io
from .raw import RawCalls

if TYPE_CHECKING:
    from ..auth.tokens._token import TokenInfo
    from ..transport._library import HttpAuth

__all__ = ["ClientBase"]

AnyProduct = TypeVar("AnyProduct", bound=ProductClient)
AnyResource = TypeVar("AnyResource", bound=Resource)


class ClientBase(Client, RawCalls):  # in this order, jedi finds the constructor
    """A blocking client. Safe to share between threads; a context manager."""

    __slots__ = ("_root", "_session")

    _session: Session
    _root: Resource

    def _open(self, like: Client | None) -> None:
        io = like._session.io if isinstance(like, ClientBase) else make_sync_io(self._options)
        self._session = Session(self._engine, io)
        self._root = Resource(Caller(self._session))

    def _product(self, cls: type[AnyProduct]) -> AnyProduct:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    def _resource(self, cls: type[AnyResource]) -> AnyResource:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    def token_info(self) -> TokenInfo:
        """Return what the OAuth token says about its key: above all, which products it opens.

        Asks for a token if there is none at hand.
        """
        from ._token_info import token_flow

        return self._session.run(token_flow(self, self._engine))

    def http_auth(self, product: ProductClient) -> HttpAuth:
        """Return this client's credentials for one product, as `auth=` of an HTTP client of your own.

        httpx.get(address, auth=client.http_auth(client.storage))
        """
        from ._token_info import http_auth

        return http_auth(product, self._engine, self._session)

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
