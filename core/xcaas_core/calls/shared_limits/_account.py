"""The account that a rate limit applies to, as a digest."""

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
    """Return a digest of the account, or else of all credentials that the product takes."""
    names = [["account", account]]
    if account is None and credentials is not None:
        resolved = yield from credentials.resolve()
        usable = [
            item
            for item in resolved
            if any(rank(product, name, scheme, item) for name, scheme in product.schemes.items())
        ]
        for credential in {item.credential: None for item in usable}:
            names.append([credential.kind, (yield from _credential_name(credential))])
    return hashlib.sha256(json.dumps(sorted(names, key=str)).encode()).hexdigest()[:32]


def _credential_name(credential: Credential) -> Flow[str]:
    """Return the public part of a credential, which outlives rotated secrets, or else a digest of the secret."""
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
