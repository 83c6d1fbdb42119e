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

# Facts that anybody may know, the name of the caller, and the secret.
Identity: TypeAlias = tuple[list[object], str, Secret]


@dataclass(frozen=True, slots=True)
class ClientCredentialsRequest:
    """RFC 6749, 4.4. Key and secret travel as HTTP Basic (form-encoded first, 2.3.1) or in the body."""

    credential: ClientCredentials
    url: str
    in_body: bool

    def build(self) -> Flow[Request]:
        """Return a new token request, with the secrets of this moment."""
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
        """Return what makes tokens differ."""
        credential = self.credential
        secret = yield from reveal(credential, "_client_secret")
        facts: list[object] = [
            credential.kind,
            credential.client_id,
            self.url,
            [sorted(credential.scopes), credential.parameters],
        ]
        return facts, credential.client_id, secret


@dataclass(frozen=True, slots=True)
class WorkAnalyticsRequest:
    """Work Analytics' own token service: key in a header, user and password as a form, no grant type."""

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
        both = Secret(f"{key.reveal()}\0{password.reveal()}")
        facts: list[object] = [self.credential.kind, self.credential.username, self.url, None]
        return facts, self.credential.username, both


def _request(url: str, headers: dict[str, str], form: dict[str, str], secrets: dict[str, Secret]) -> Request:
    form_type = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    body = urlencode({**form, **{name: secret.reveal() for name, secret in secrets.items()}}).encode()
    request = Request("POST", url, form_type | headers, MaskedBytes(body))
    request.secrets += [MaskedStr(secret.reveal()) for secret in secrets.values()]
    return request
