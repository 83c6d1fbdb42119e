"""Making authorizers, and asking what the token's key may do."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ..._errors import MissingCredentialsError
from ...operations._operation import Security
from ...operations._product import Product
from ...sansio._steps import Flow
from .._interface import AuthContext, Authorizer
from ..credentials._kinds import ClientCredentials
from ..credentials._set import Wallet
from ..tokens._manager import Timeouts
from ..tokens._token import TokenInfo
from ._authorizer import PartsAuthorizer
from ._bindings import token_machine

__all__ = ["build_authorizer", "token_info"]


def build_authorizer(
    product: Product, security: Security, credentials: object, *, context: AuthContext
) -> Authorizer | None:
    """The authorizer for calls of a product with this security requirement; None if it asks for nothing.

    See `AuthorizerFactory`. Authorizers of one context share what the credentials' owner gave.
    """
    if not any(security):
        return None
    return PartsAuthorizer(product, security, _wallet(credentials, context), context)


def token_info(
    product: Product,
    credentials: object,
    *,
    context: AuthContext,
    deadline: float | None = None,
    timeouts: Timeouts = (None, None),
) -> Flow[TokenInfo]:
    """What the token says about its key, requesting one if there is none at hand.

    `product` is any that takes OAuth client credentials: all of them share one token.
    """
    held = yield from _wallet(credentials, context).open()
    for scheme in product.schemes.values():
        if scheme.token_url is None:
            continue
        for entry in held:
            if isinstance(entry.credential, ClientCredentials):
                machine = token_machine(entry.credential, product, scheme, context)
                lease = yield from machine.acquire(deadline, timeouts)
                return replace(lease.info, remaining=lease.remaining(context.clock))
    raise MissingCredentialsError(
        "there is no OAuth token to ask about: the client has no client credentials",
        advice="Give the client ClientCredentials(client_id, client_secret).",
    )


def _wallet(credentials: object, context: AuthContext) -> Wallet:
    known = cast("tuple[object, Wallet] | None", context.state.get(Wallet))
    if known is None or known[0] is not credentials:
        known = context.state[Wallet] = (credentials, Wallet.of(credentials))
    return known[1]
