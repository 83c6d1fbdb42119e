"""Credentials outside of calls: what a token says, and signing for HTTP clients of the user's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..._errors import ConfigurationError, MissingCredentialsError
from ...calls._attempts import with_tokens
from ...http._urls import refuse_plain_http
from ...operations._product import Product, own_product
from ...serialization._servers import server_address
from .._base import product_names
from .._resources import AsyncProductClient, AsyncResource, ProductClient, Resource

if TYPE_CHECKING:
    from ...auth.tokens._token import TokenInfo
    from ...calls._engine import Engine
    from ...calls._session import AsyncSession, Session
    from ...operations._operation import Security
    from ...sansio._steps import Flow
    from ...transport._library import HttpAuth

__all__ = ["http_auth", "token_flow"]


def token_flow(client: object, engine: Engine) -> Flow[TokenInfo]:
    """Ask the client's token what it opens."""
    from ...auth.security._token_info import token_info

    limits = engine.options.timeout
    deadline = None if limits.total is None else engine.shared.clock() + limits.total
    timeouts = (limits.connect, limits.read)
    for product in _products(client):
        if any(scheme.token_url is not None for scheme in product.schemes.values()):
            flow = token_info(
                product, engine.credentials, context=engine.auth_context, deadline=deadline, timeouts=timeouts
            )
            return (yield from with_tokens(flow, engine.options.hooks, product.name, engine.shared.clock))
    raise MissingCredentialsError("no product of this client takes a token")


def _products(client: object) -> Iterator[Product]:
    """Yield the products of a client, each loaded only when the ones before did not do."""
    yield from own_product(type(client))
    for name in product_names(type(client)):
        found: object = getattr(client, name, None)
        yield from own_product(type(found))


def product_of(client: object) -> Product:
    """Return the facts of a product, which are generated beside its client."""
    products = own_product(type(client)) if isinstance(client, Resource | AsyncResource) else ()
    for product in products:
        return product
    raise ConfigurationError(
        f"{client!r} is not the client of a product", advice="Pass one: client.http_auth(client.<product>)."
    )


def http_auth(client: ProductClient | AsyncProductClient, session: Session | AsyncSession) -> HttpAuth:
    """Return an `auth` object for a user's own HTTP client, which signs what goes to this product's servers."""
    from ._http_auth import auth_adapter

    engine, product = session.engine, product_of(client)
    security: Security = tuple((name,) for name in product.schemes)
    authorizer = engine.authorizer(product, security)
    if authorizer is None:
        raise ConfigurationError(f"{product.name} takes no credentials")
    setting = engine.setting_of(product)
    origins = [server_address(server, setting, engine.options.base_url) for server in product.servers]
    for origin in origins:
        refuse_plain_http(origin, engine.options.insecure_hosts)
    return auth_adapter(authorizer, session, origins, product.name)
