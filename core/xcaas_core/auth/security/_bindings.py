"""From a choice to what is put on requests: a location, and the manager that gives the value for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote_plus

from ..._errors import ConfigurationError
from ..._redaction import safe_url
from ..._secrets import MaskedStr, basic, bearer
from ...http._urls import token_address
from ...operations._product import Product, Scheme
from .._interface import AuthContext
from ..credentials._base import Credential
from ..credentials._kinds import ApiKey, BasicToken, BearerToken, ClientCredentials, WorkAnalyticsLogin
from ..credentials._sources import Source
from ..tokens._endpoint import Fetch
from ..tokens._manager import TokenFetcher, TokenManager
from ..tokens._shared import SharedFetch
from ._locations import AuthorizationLocation, CookieLocation, HeaderLocation, Location, QueryLocation
from ._lookups import Lookup
from ._selection import Choice
from ._token_requests import ClientCredentialsRequest, TokenRequest, WorkAnalyticsRequest

__all__ = ["CredentialBinding", "binding_of", "token_manager"]


@dataclass(frozen=True, slots=True)
class CredentialBinding:
    """One value that a request needs. `renewable`: another one can be had when this one is refused."""

    location: Location
    manager: TokenManager
    credential: Credential
    renewable: bool
    is_token: bool


def binding_of(choice: Choice, product: Product, context: AuthContext) -> CredentialBinding | None:
    """Bind the chosen credential to requests. None if nothing is put on them."""
    credential, scheme = choice.credential, choice.scheme
    if credential is None:
        return None
    if scheme.kind in ("oauth2", "http-bearer", "openid") and not isinstance(credential, BearerToken):
        manager = token_manager(credential, product, scheme, context)
        return CredentialBinding(AuthorizationLocation(), manager, credential, renewable=True, is_token=True)
    manager, source = _lookup(credential, scheme, context)
    fixed = source.fixed and credential._refill is None  # pyright: ignore[reportPrivateUsage]
    return CredentialBinding(_location(scheme), manager, credential, renewable=not fixed, is_token=False)


def _location(scheme: Scheme) -> Location:
    if scheme.kind != "api-key":
        return AuthorizationLocation()
    name = scheme.parameter or ""
    if name.lower() == "authorization":
        return AuthorizationLocation()
    if scheme.location == "query":
        return QueryLocation(name)
    return CookieLocation(name) if scheme.location == "cookie" else HeaderLocation(name)


def _lookup(credential: Credential, scheme: Scheme, context: AuthContext) -> tuple[TokenManager, Source]:
    """Return the manager of a value that is sent as it is, and where that value comes from."""
    name, shape = _value_of(credential, scheme)

    def source() -> Source:
        return cast("Source", getattr(credential, name))

    def make_fetcher() -> TokenFetcher:
        return Lookup(credential, source, shape, clock=context.clock)

    return _pooled(credential, ("lookup", name), make_fetcher, context), source()


def _value_of(credential: Credential, scheme: Scheme) -> tuple[str, Callable[[str], MaskedStr]]:
    """Say which of a credential's secrets a scheme takes, and how it is written on requests."""

    def as_password(secret: str) -> MaskedStr:
        return basic(credential.tenant if isinstance(credential, BasicToken) else "", secret)

    def as_client(secret: str) -> MaskedStr:
        assert isinstance(credential, ClientCredentials)
        return basic(quote_plus(credential.client_id), quote_plus(secret))

    match credential:
        case ApiKey():
            return ("_token" if scheme.credential == "api-token" else "_key"), MaskedStr
        case WorkAnalyticsLogin():
            return "_api_key", MaskedStr
        case BearerToken():
            return "_token", bearer
        case BasicToken():
            return "_token", as_password
        case ClientCredentials():  # the token endpoint as an operation of its own
            return "_client_secret", as_client
        case _:
            raise ConfigurationError(f"{type(credential).__name__} cannot be put on a request")


def token_manager(credential: Credential, product: Product, scheme: Scheme, context: AuthContext) -> TokenManager:
    """Return the manager of a token that an endpoint issues."""
    explicit = credential.token_url if isinstance(credential, ClientCredentials) else None
    if explicit is None and scheme.token_url is None:
        raise ConfigurationError(
            f"{product.title} takes a token, but its document names no token endpoint",
            advice="Pass ClientCredentials(…, token_url='https://…'), or BearerToken(…).",
        )
    url = context.rebase(scheme.token_url or "") if explicit is None else token_address(explicit, None)
    request: TokenRequest
    if isinstance(credential, ClientCredentials):
        in_body = (credential.client_auth or scheme.options.get("client_auth")) == "body"
        request = ClientCredentialsRequest(credential, url, "body" if in_body else "basic")
        key: tuple[object, ...] = ("token", url, credential.scopes, in_body)
    elif isinstance(credential, WorkAnalyticsLogin):
        request = WorkAnalyticsRequest(credential, url, _key_header(product))
        key = ("token", url)
    else:
        raise ConfigurationError(f"{type(credential).__name__} cannot ask for a token")

    def make_fetcher() -> TokenFetcher:
        policy, clock, random = credential.policy, context.clock, context.random
        fetch = Fetch(request.build, address=safe_url(url), policy=policy, clock=clock, random=random)
        if credential.cache is None:
            return fetch
        return SharedFetch(fetch, credential.cache, request.cache_key, policy=policy, clock=clock, random=random)

    return _pooled(credential, key, make_fetcher, context)


def _pooled(
    credential: Credential, key: tuple[object, ...], make_fetcher: Callable[[], TokenFetcher], context: AuthContext
) -> TokenManager:
    pool = credential._pool  # pyright: ignore[reportPrivateUsage]
    return pool.manager(key, make_fetcher, clock=context.clock, random=context.random)


def _key_header(product: Product) -> str:
    """Return the header in which a product wants the key of a login."""
    for scheme in product.schemes.values():
        if scheme.kind == "api-key" and scheme.credential == WorkAnalyticsLogin.kind and scheme.parameter:
            return scheme.parameter.lower()
    raise ConfigurationError(
        f"{product.title} takes a login, but its document names no header for the key",
        advice="Add a security scheme of type apiKey for the same kind of credential to the document.",
    )
