"""The token requests of the two token services, and the names of their tokens in shared caches."""

from __future__ import annotations

import hashlib
import json
from typing import Literal
from urllib.parse import quote_plus, urlencode

from ..._secrets import MaskedStr, Secret, basic, store_digest
from ...sansio._messages import Request
from ...sansio._steps import Flow, run_in_thread
from ..credentials._kinds import ClientCredentials, WorkAnalyticsLogin
from ..credentials._sources import Source
from ._lookups import reveal

__all__ = ["ClientCredentialsRequest", "TokenRequest", "WorkAnalyticsRequest"]

_FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


class TokenRequest:
    """What token requests have in common."""

    def __init__(self, url: str) -> None:
        self._url = url

    def build(self) -> Flow[Request]:
        """A new token request, with the secrets of this moment."""
        raise NotImplementedError

    def cache_key(self) -> Flow[str]:
        """A name for the token: the same wherever everything that makes tokens differ is the same."""
        raise NotImplementedError

    def _request(self, headers: dict[str, str], content: bytes) -> Request:
        return Request("POST", self._url, _FORM | headers, content)

    def _named(self, kind: str, principal: str, secret: Secret, facts: object) -> Flow[str]:
        text = json.dumps([kind, principal, self._url, facts], sort_keys=True)
        digest = yield from run_in_thread(lambda: store_digest(principal, secret))
        return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}-{digest}"


class ClientCredentialsRequest(TokenRequest):
    """RFC 6749, 4.4. Key and secret travel as HTTP Basic (form-encoded first, 2.3.1) or in the body."""

    def __init__(self, credential: ClientCredentials, url: str, client_auth: Literal["basic", "body"]) -> None:
        super().__init__(url)
        self._credential = credential
        self._in_body = client_auth == "body"

    def build(self) -> Flow[Request]:
        secret = yield from reveal(self._credential, self._source)
        client_id = self._credential.client_id
        form = {"grant_type": "client_credentials", **self._credential.parameters}
        if self._credential.scopes:
            form["scope"] = " ".join(sorted(self._credential.scopes))
        if not self._in_body:
            header = basic(quote_plus(client_id), quote_plus(secret.reveal()))
            return self._request({"authorization": header}, urlencode(form).encode())
        return self._request({}, _form({**form, "client_id": client_id}, "client_secret", secret))

    def cache_key(self) -> Flow[str]:
        secret = yield from reveal(self._credential, self._source)
        facts = [sorted(self._credential.scopes), self._credential.parameters]
        return (yield from self._named(self._credential.kind, self._credential.client_id, secret, facts))

    def _source(self) -> Source:
        return self._credential._client_secret  # pyright: ignore[reportPrivateUsage]


class WorkAnalyticsRequest(TokenRequest):
    """Work Analytics' own token service: key in a header, user and password as a form, no grant type."""

    def __init__(self, credential: WorkAnalyticsLogin, url: str, key_header: str) -> None:
        super().__init__(url)
        self._credential = credential
        self._key_header = key_header

    def build(self) -> Flow[Request]:
        key = yield from reveal(self._credential, self._key)
        password = yield from reveal(self._credential, self._password)
        headers: dict[str, str] = {self._key_header: MaskedStr(key.reveal())}
        return self._request(headers, _form({"username": self._credential.username}, "password", password))

    def cache_key(self) -> Flow[str]:
        key = yield from reveal(self._credential, self._key)
        password = yield from reveal(self._credential, self._password)
        both = Secret(f"{key.reveal()}\0{password.reveal()}")
        return (yield from self._named(self._credential.kind, self._credential.username, both, None))

    def _key(self) -> Source:
        return self._credential._api_key  # pyright: ignore[reportPrivateUsage]

    def _password(self) -> Source:
        return self._credential._password  # pyright: ignore[reportPrivateUsage]


def _form(fields: dict[str, str], name: str, secret: Secret) -> bytes:
    return urlencode({**fields, name: secret.reveal()}).encode()
