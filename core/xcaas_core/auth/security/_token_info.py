"""Details of the current OAuth token."""

from __future__ import annotations

from dataclasses import replace

from ..._errors import MissingCredentialsError
from ...operations._product import Product
from ...sansio._steps import Flow
from .._interface import AuthContext
from ..credentials._kinds import ClientCredentials
from ..credentials._set import CredentialSet
from ..tokens._refresh import Timeouts
from ..tokens._token import TokenInfo
from ._bindings import token_manager

__all__ = ["token_info"]


def token_info(
    product: Product,
    credentials: CredentialSet | None,
    *,
    context: AuthContext,
    deadline: float | None = None,
    timeouts: Timeouts = (None, None),
) -> Flow[TokenInfo]:
    """Return details of the current token, requesting one if there is none.

    `product` is any that takes OAuth client credentials: they all share one token.
    """
    entries = yield from (credentials or CredentialSet()).resolve()
    for scheme in product.schemes.values():
        if scheme.token_url is None:
            continue
        for entry in entries:
            if isinstance(entry.credential, ClientCredentials):
                manager = token_manager(entry.credential, product, scheme, context)
                token = yield from manager.acquire(deadline, timeouts)
                return replace(token.info, remaining=token.remaining(context.clock))
    raise MissingCredentialsError(
        "there is no OAuth token to ask about: the client has no client credentials",
        advice="Give the client ClientCredentials(client_id, client_secret).",
    )
