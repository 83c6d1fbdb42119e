"""For whom a service counts calls, as a name that tells no secret."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from ..._store import store_digest
from ...auth.credentials._base import reveal
from ...auth.credentials._kinds import ApiKey, BasicToken, ClientCredentials, WorkAnalyticsLogin
from ...auth.security._selection import rank
from ...operations._product import Product
from ...sansio._steps import Flow, run_in_thread

if TYPE_CHECKING:
    from ...auth.credentials._base import Credential
    from ...auth.credentials._set import CredentialSet

__all__ = ["account_digest"]


def account_digest(account: str | None, product: Product, credentials: CredentialSet | None) -> Flow[str]:
    """Return a digest of the name that was given, or else of all credentials that the product takes."""
    names = [["account", account]]
    if account is None and credentials is not None:
        held = yield from credentials.resolve()
        fits = [
            one for one in held if any(rank(product, name, scheme, one) for name, scheme in product.schemes.items())
        ]
        for credential in {one.credential: None for one in fits}:
            names.append([credential.kind, (yield from _name(credential))])
    return hashlib.sha256(json.dumps(sorted(names, key=str)).encode()).hexdigest()[:32]


def _name(credential: Credential) -> Flow[str]:
    """Return what stands for a credential: its public half, which outlives a rotated secret, or a digest of the secret."""
    match credential:
        case ClientCredentials():
            return credential.client_id
        case BasicToken():
            return credential.tenant
        case WorkAnalyticsLogin():
            return credential.username
        case _:
            secret = yield from reveal(credential, "_key" if isinstance(credential, ApiKey) else "_token")
            return (yield from run_in_thread(lambda: store_digest("", secret)))
