"""Making authorizers, and asking what the token's key may do."""

from __future__ import annotations

from dataclasses import replace

from ..._errors import MissingCredentialsError
from ...operations._operation import Security
from ...operations._product import Product
from ...sansio._steps import Flow
from .._interface import AuthContext, Authorizer
from ..credentials._kinds import ClientCredentials
from ..credentials._set import CredentialSet
from ..tokens._manager import Timeouts
from ..tokens._token import TokenInfo
from ._authorizer import RequestAuthorizer
from ._bindings import token_manager

__all__ = ["build_authorizer", "token_info"]


def build_authorizer(
    product: Product, security: Security, credentials: CredentialSet | None, *, context: AuthContext
) -> Authorizer | None:
    """The authorizer for calls of a product with this security requirement; None if it asks for nothing.

    None where the requirement is met without any credential. Credentials that lack what the operation needs are no
    error here but in `authorize`, so that a client can be made before its credentials are complete.
    """
    if not any(security):
        return None
    return RequestAuthorizer(product, security, credentials or CredentialSet(), context)


def token_info(
    product: Product,
    credentials: CredentialSet | None,
    *,
    context: AuthContext,
    deadline: float | None = None,
    timeouts: Timeouts = (None, None),
) -> Flow[TokenInfo]:
    """What the token says about its key, requesting one if there is none at hand.

    `product` is any that takes OAuth client credentials: all of them share one token.
    """
    held = yield from (credentials or CredentialSet()).resolve()
    for scheme in product.schemes.values():
        if scheme.token_url is None:
            continue
        for entry in held:
            if isinstance(entry.credential, ClientCredentials):
                manager = token_manager(entry.credential, product, scheme, context)
                token = yield from manager.acquire(deadline, timeouts)
                return replace(token.info, remaining=token.remaining(context.clock))
    raise MissingCredentialsError(
        "there is no OAuth token to ask about: the client has no client credentials",
        advice="Give the client ClientCredentials(client_id, client_secret).",
    )
