"""The token requests of the two token services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote_plus, urlencode

from ..._secrets import MaskedBytes, MaskedStr, Secret, basic
from ...sansio._messages import Request
from ...sansio._steps import Flow
from ..credentials._base import reveal
from ..credentials._kinds import ClientCredentials, WorkAnalyticsLogin

__all__ = ["ClientCredentialsRequest", "WorkAnalyticsRequest"]

# Public parts (JSON values), the caller's name, and the secret.
Identity: TypeAlias = tuple[list[object], str, Secret]


@dataclass(frozen=True, slots=True)
class ClientCredentialsRequest:
    """RFC 6749, 4.4. Key and secret are sent as HTTP Basic (form-encoded first, 2.3.1) or in the body."""

    credential: ClientCredentials
    url: str
    in_body: bool

    def build(self) -> Flow[Request]:
        """Return a new token request with the current secrets."""
        credential = self.credential
        secret = yield from reveal(credential, "_client_secret")
        form = {"grant_type": "client_credentials", **credential.parameters}
        if credential.scopes:
            form["scope"] = " ".join(sorted(credential.scopes))
        if self.in_body:
            form["client_id"] = credential.client_id
            return _request(self.url, {}, form, {"client_secret": secret})
        header = basic(quote_plus(credential.client_id), quote_plus(secret.reveal()))
        return _request(self.url, {"authorization": header}, form, {})

    def identity(self) -> Flow[Identity]:
        """Return everything that distinguishes tokens."""
        credential = self.credential
        secret = yield from reveal(credential, "_client_secret")
        parts: list[object] = [
            credential.kind,
            credential.client_id,
            self.url,
            [sorted(credential.scopes), credential.parameters],
        ]
        return parts, credential.client_id, secret


@dataclass(frozen=True, slots=True)
class WorkAnalyticsRequest:
    """The token service of Work Analytics: key in a header, user and password as a form, no grant type."""

    credential: WorkAnalyticsLogin
    url: str
    key_header: str

    def build(self) -> Flow[Request]:
        key = yield from reveal(self.credential, "_api_key")
        password = yield from reveal(self.credential, "_password")
        headers: dict[str, str] = {self.key_header: MaskedStr(key.reveal())}
        return _request(self.url, headers, {"username": self.credential.username}, {"password": password})

    def identity(self) -> Flow[Identity]:
        key = yield from reveal(self.credential, "_api_key")
        password = yield from reveal(self.credential, "_password")
        secret = Secret(f"{key.reveal()}\0{password.reveal()}")
        parts: list[object] = [self.credential.kind, self.credential.username, self.url, None]
        return parts, self.credential.username, secret


def _request(url: str, headers: dict[str, str], form: dict[str, str], secrets: dict[str, Secret]) -> Request:
    defaults = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    body = urlencode({**form, **{name: secret.reveal() for name, secret in secrets.items()}}).encode()
    request = Request("POST", url, defaults | headers, MaskedBytes(body))
    request.secrets += [MaskedStr(secret.reveal()) for secret in secrets.values()]
    return request
