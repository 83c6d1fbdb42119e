"""Details of a client's token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..._errors import MissingCredentialsError
from ...calls.hooks._calling import with_token_hooks
from ...operations._product import Product, own_product
from .._base import product_names

if TYPE_CHECKING:
    from ...auth.tokens._token import TokenInfo
    from ...calls._engine import Engine
    from ...sansio._steps import Flow

__all__ = ["token_flow"]


def token_flow(client: object, engine: Engine) -> Flow[TokenInfo]:
    """Return details of the client's token."""
    from ...auth.security._token_info import token_info

    limits = engine.options.timeout
    deadline = None if limits.total is None else engine.shared.clock() + limits.total
    timeouts = (limits.connect, limits.read)
    for product in _products(client):
        if any(scheme.token_url is not None for scheme in product.schemes.values()):
            flow = token_info(
                product, engine.credentials, context=engine.auth_context, deadline=deadline, timeouts=timeouts
            )
            return (yield from with_token_hooks(flow, engine.options.hooks, product.name, engine.shared.clock))
    raise MissingCredentialsError("no product of this client takes a token")


def _products(client: object) -> Iterator[Product]:
    """Yield the products of a client, loading them one by one."""
    yield from own_product(type(client))
    for name in product_names(type(client)):
        child: object = getattr(client, name, None)
        yield from own_product(type(child))
