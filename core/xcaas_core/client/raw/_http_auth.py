"""A client's credentials as the `auth` of a user's own HTTP client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..._errors import ConfigurationError
from ...calls._session import AsyncSession, Session
from ...calls.hooks._calling import with_token_hooks
from ...http._urls import refuse_plain_http, same_origin
from ...operations._product import Product, own_product
from ...sansio._messages import Request
from ...sansio._steps import Flow
from ...serialization._servers import server_address
from ...transport._leftovers import guard
from ...transport._library import auth_bases
from .._resources import AsyncResource, Resource

if TYPE_CHECKING:
    from ...auth.security._authorizer import Authorizer
    from ...operations._operation import Security
    from ...transport._library import HttpAuth
    from .._resources import AsyncProductClient, ProductClient

__all__ = ["ClientAuth", "http_auth"]

T = TypeVar("T")


class _ResponseHead:
    """A library's response without its body, for authorizers."""

    __slots__ = ("content", "headers", "status")

    def __init__(self, raw: Any) -> None:
        self.status: int = raw.status_code
        self.headers: Mapping[str, str] = raw.headers
        self.content = b""


class ClientAuth:
    """The `auth` of blocking and async HTTP clients. `http_auth` adds the base classes that they require."""

    requires_request_body = False
    requires_response_body = False

    def __init__(
        self, authorizer: Authorizer, session: Session | AsyncSession, origins: list[str], product: str
    ) -> None:
        self._authorizer = authorizer
        self._session = session
        self._origins = origins
        self._product = product

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        session = self._session
        if not self._applies_to(request):
            yield request
            return
        if not isinstance(session, Session):
            raise ConfigurationError("credentials of an async client cannot sign for a blocking HTTP client")
        signed = self._request(request)
        deadline = self._deadline()
        applied = session.run(self._with_token_hooks(self._authorizer.authorize(signed, deadline=deadline)))
        response = yield _apply(request, signed)
        guard(response)
        if response.status_code == 401 and _replayable(request):
            head = _ResponseHead(response)
            if session.run(self._with_token_hooks(self._authorizer.rejected(signed, head, applied, deadline=deadline))):
                session.run(self._with_token_hooks(self._authorizer.authorize(signed, deadline=deadline, replay=True)))
                guard((yield _apply(request, signed)))

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        session = self._session
        if not self._applies_to(request):
            yield request
            return
        if not isinstance(session, AsyncSession):
            raise ConfigurationError("credentials of a blocking client cannot sign for an async HTTP client")
        signed = self._request(request)
        deadline = self._deadline()
        applied = await session.run(self._with_token_hooks(self._authorizer.authorize(signed, deadline=deadline)))
        response = yield _apply(request, signed)
        guard(response)
        if response.status_code == 401 and _replayable(request):
            head = _ResponseHead(response)
            if await session.run(
                self._with_token_hooks(self._authorizer.rejected(signed, head, applied, deadline=deadline))
            ):
                await session.run(
                    self._with_token_hooks(self._authorizer.authorize(signed, deadline=deadline, replay=True))
                )
                guard((yield _apply(request, signed)))

    def _request(self, request: Any) -> Request:
        """Return a request for authorizers, with this client's timeouts for token requests."""
        limits = self._session.engine.options.timeout
        return Request(request.method, str(request.url), {}, connect_timeout=limits.connect, read_timeout=limits.read)

    def _applies_to(self, request: Any) -> bool:
        """Return whether a request goes to a server of the product, and has no credentials yet."""
        url = str(request.url)
        return "authorization" not in request.headers and any(same_origin(url, origin) for origin in self._origins)

    def __repr__(self) -> str:
        return f"<HttpAuth for {', '.join(self._origins)}>"

    def _with_token_hooks(self, flow: Flow[T]) -> Flow[T]:
        """Call the client's hooks for token requests."""
        engine = self._session.engine
        return with_token_hooks(flow, engine.options.hooks, self._product, engine.shared.clock)

    def _deadline(self) -> float | None:
        engine = self._session.engine
        total = engine.options.timeout.total
        return None if total is None else engine.shared.clock() + total


def _apply(request: Any, signed: Request) -> Any:
    request.headers.update(signed.headers)
    if signed.url != str(request.url):  # an API key in the query
        request.url = type(request.url)(signed.url)
    return request


def _replayable(request: Any) -> bool:
    try:
        return isinstance(request.content, bytes)
    except Exception:  # each library has its own error for streamed bodies
        return False


def http_auth(client: ProductClient | AsyncProductClient, session: Session | AsyncSession) -> HttpAuth:
    """Return an `auth` object for users' HTTP clients, of any installed library.

    It adds credentials to requests to this product's servers.
    """
    engine, product = session.engine, _product_of(client)
    security: Security = tuple((name,) for name in product.schemes)
    authorizer = engine.authorizer(product, security)
    if authorizer is None:
        raise ConfigurationError(f"{product.name} takes no credentials")
    setting = engine.setting_of(product)
    origins = [server_address(server, setting, engine.options.base_url) for server in product.servers]
    for origin in origins:
        refuse_plain_http(origin, engine.options.insecure_hosts)
    cls: Any = type("HttpAuth", (ClientAuth, *auth_bases()), {})
    auth: HttpAuth = cls(authorizer, session, origins, product.name)
    return auth


def _product_of(client: object) -> Product:
    """Return the product of a product's client."""
    products = own_product(type(client)) if isinstance(client, Resource | AsyncResource) else ()
    for product in products:
        return product
    raise ConfigurationError(
        f"{client!r} is not the client of a product", advice="Pass one: client.http_auth(client.<product>)."
    )
