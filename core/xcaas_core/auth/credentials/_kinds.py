"""The kinds of credentials that users make.

A secret may be a string, a reference (`EnvironmentVariable`), or a function without arguments
that is called each time the secret is needed, such as one that asks a secret manager.
`Options` in `_base.py` lists the keyword arguments that all kinds take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, Unpack

from ..._checks import invalid_type, is_str_mapping
from ..._errors import ConfigurationError
from ..._lazy import public
from ._base import Credential, Options, str_set
from ._sources import SecretInput, Source, require_str, source_of

__all__ = ["ApiKey", "BasicToken", "BearerToken", "ClientCredentials", "WorkAnalyticsLogin"]


@public
class ClientCredentials(Credential):
    """OAuth 2 client credentials: the key and secret of an OAuth key from the Admin Console.

    Args:
        client_id: The key.
        client_secret: Its secret.
        token_url: Token endpoint, if the spec does not name it. `base_url` does not change it.
        scopes: Scopes to request; 8x8 has none.
        client_auth: How to send key and secret to the token endpoint: as HTTP Basic, or in the body.
        parameters: Extra fields of the token request, such as `audience`.
    """

    kind = "client-credentials"
    _secrets = ("_client_secret",)
    _identity = ("client_id",)

    def __init__(
        self,
        client_id: str,
        client_secret: SecretInput,
        *,
        token_url: str | None = None,
        scopes: Iterable[str] = (),
        client_auth: Literal["basic", "body"] | None = None,
        parameters: Mapping[str, str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(options)
        self.client_id: str = require_str(client_id, "client_id")
        if token_url is not None:
            require_str(token_url, "token_url")
        if client_auth not in (None, "basic", "body"):
            raise ConfigurationError("client_auth must be 'basic' or 'body'")
        if parameters is not None and not is_str_mapping(parameters):
            raise invalid_type("parameters", parameters, "a mapping from field to text")
        self._client_secret: Source = source_of(client_secret, "client_secret")
        self.token_url = token_url
        self.scopes: frozenset[str] = str_set("scopes", scopes.split() if isinstance(scopes, str) else scopes, "text")
        self.client_auth: Literal["basic", "body"] | None = client_auth
        self.parameters: dict[str, str] = dict(parameters or {})

    def update_credentials(self, client_secret: SecretInput, *, client_id: str | None = None) -> None:
        """Use another secret from the next token request on. The current token stays in use until then,
        unless `client_id` changes too."""
        fields: dict[str, object] = {"_client_secret": source_of(client_secret, "client_secret")}
        if client_id is not None:
            fields["client_id"] = client_id = require_str(client_id, "client_id")
        self._replace(fields, drop=client_id not in (None, self.client_id))


@public
class ApiKey(Credential):
    """An API key from the Admin Console.

    Args:
        key: The key.
        token: The tenant's token, for products that take both.
    """

    kind = "api-key"
    _secrets = ("_key", "_token")

    def __init__(self, key: SecretInput, token: SecretInput | None = None, **options: Unpack[Options]) -> None:
        super().__init__(options)
        self._key: Source = source_of(key, "key")
        self._token: Source | None = None if token is None else source_of(token, "token")

    @property
    def has_token(self) -> bool:
        """Whether there is a tenant's token."""
        return self._token is not None

    def update_credentials(self, key: SecretInput, token: SecretInput | None = None) -> None:
        """Use another key, and token if given, from the next call on."""
        fields: dict[str, object] = {"_key": source_of(key, "key")}
        if token is not None:
            fields["_token"] = source_of(token, "token")
        self._replace(fields, drop=True)


@public
class BasicToken(Credential):
    """HTTP Basic with a tenant's user name and its Data or Action Request Token, or any user and password.

    Args:
        tenant: The tenant's user name.
        token: The token.
    """

    kind = "basic-token"
    _secrets = ("_token",)
    _identity = ("tenant",)

    def __init__(self, tenant: str, token: SecretInput, **options: Unpack[Options]) -> None:
        super().__init__(options)
        self.tenant: str = require_str(tenant, "tenant")
        if ":" in tenant:
            raise ConfigurationError("a user name in HTTP Basic cannot contain a colon (RFC 7617)")
        self._token: Source = source_of(token, "token")

    def update_credentials(self, token: SecretInput, *, tenant: str | None = None) -> None:
        """Use another token from the next call on."""
        fields: dict[str, object] = {"_token": source_of(token, "token")}
        if tenant is not None:
            fields["tenant"] = require_str(tenant, "tenant")
        self._replace(fields, drop=True)


@public
class WorkAnalyticsLogin(Credential):
    """The login of a Work Analytics user, who must have opened the Work Analytics web app at least once.

    Args:
        api_key: The Work Analytics key. Every request carries it.
        username: The 8x8 user name.
        password: The user's password.
    """

    kind = "work-analytics-login"
    _secrets = ("_api_key", "_password")
    _identity = ("username",)

    def __init__(self, api_key: SecretInput, username: str, password: SecretInput, **options: Unpack[Options]) -> None:
        super().__init__(options)
        self.username: str = require_str(username, "username")
        self._api_key: Source = source_of(api_key, "api_key")
        self._password: Source = source_of(password, "password")

    def update_credentials(
        self, password: SecretInput, *, username: str | None = None, api_key: SecretInput | None = None
    ) -> None:
        """Use another password from the next token request on. The current token stays in use until
        then, unless user or key change too."""
        fields: dict[str, object] = {"_password": source_of(password, "password")}
        if username is not None:
            fields["username"] = require_str(username, "username")
        if api_key is not None:
            fields["_api_key"] = source_of(api_key, "api_key")
        self._replace(fields, drop=api_key is not None or username not in (None, self.username))


@public
class BearerToken(Credential):
    """A bearer token that you obtain yourself.

    Args:
        token: The token, or a function that returns the current one. It is called again after a token
            is refused, and every few minutes (`policy.default_life`).
    """

    kind = "bearer-token"
    _secrets = ("_token",)

    def __init__(self, token: SecretInput, **options: Unpack[Options]) -> None:
        super().__init__(options)
        self._token: Source = source_of(token, "token")

    def update_credentials(self, token: SecretInput) -> None:
        """Use another token from the next call on."""
        self._replace({"_token": source_of(token, "token")}, drop=True)
