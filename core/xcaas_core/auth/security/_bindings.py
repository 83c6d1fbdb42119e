"""From a choice to what is put on requests: a place, and the machine that gives the value for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote_plus

from ..._errors import ConfigurationError
from ..._redaction import safe_url
from ..._secrets import MaskedStr, basic, bearer
from ...http._urls import rebase
from ...operations._product import Product, Scheme
from .._interface import AuthContext
from ..credentials._base import Credential
from ..credentials._kinds import ApiKey, BasicToken, BearerToken, ClientCredentials, WorkAnalyticsLogin
from ..credentials._sources import Source
from ..tokens._endpoint import Fetch
from ..tokens._manager import Machine, Obtain
from ..tokens._shared import SharedFetch
from ._locations import Authorization, CookiePlace, HeaderPlace, Place, QueryPlace
from ._lookups import Lookup
from ._selection import Choice
from ._token_requests import ClientCredentialsRequest, TokenRequest, WorkAnalyticsRequest

__all__ = ["Part", "part_of", "token_machine"]


@dataclass(frozen=True, slots=True)
class Part:
    """One value that a request needs. `renewable`: another one can be had when this one is refused."""

    place: Place
    machine: Machine
    credential: Credential
    renewable: bool
    is_token: bool


def part_of(choice: Choice, product: Product, context: AuthContext) -> Part | None:
    """How the chosen credential gets onto requests. None if nothing is put on them."""
    credential, scheme = choice.credential, choice.scheme
    if credential is None:
        return None
    if scheme.kind in ("oauth2", "http-bearer", "openid") and not isinstance(credential, BearerToken):
        machine = token_machine(credential, product, scheme, context)
        return Part(Authorization(), machine, credential, renewable=True, is_token=True)
    machine, source = _lookup(credential, scheme, context)
    fixed = source.fixed and credential._refill is None  # pyright: ignore[reportPrivateUsage]
    return Part(_place(scheme), machine, credential, renewable=not fixed, is_token=False)


def _place(scheme: Scheme) -> Place:
    if scheme.kind != "api-key":
        return Authorization()
    name = scheme.parameter or ""
    if name.lower() == "authorization":
        return Authorization()
    if scheme.location == "query":
        return QueryPlace(name)
    return CookiePlace(name) if scheme.location == "cookie" else HeaderPlace(name)


def _lookup(credential: Credential, scheme: Scheme, context: AuthContext) -> tuple[Machine, Source]:
    """The machine of a value that is sent as it is."""
    name, shape = _value_of(credential, scheme)

    def source() -> Source:
        return cast("Source", getattr(credential, name))

    def obtain() -> Obtain:
        return Lookup(credential, source, shape, clock=context.clock)

    return _pooled(credential, ("lookup", name), obtain, context), source()


def _value_of(credential: Credential, scheme: Scheme) -> tuple[str, Callable[[str], MaskedStr]]:
    """Which of a credential's secrets a scheme takes, and how it is written on requests."""

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


def token_machine(credential: Credential, product: Product, scheme: Scheme, context: AuthContext) -> Machine:
    """The machine of a token that an endpoint issues."""
    explicit = credential.token_url if isinstance(credential, ClientCredentials) else None
    if explicit is None and scheme.token_url is None:
        raise ConfigurationError(
            f"{product.title} takes a token, but its document names no token endpoint",
            advice="Pass ClientCredentials(…, token_url='https://…'), or BearerToken(…).",
        )
    url = context.rebase(scheme.token_url or "") if explicit is None else rebase(explicit, None)
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

    def obtain() -> Obtain:
        policy, clock, random = credential.policy, context.clock, context.random
        fetch = Fetch(request.build, address=safe_url(url), policy=policy, clock=clock, random=random)
        if credential.cache is None:
            return fetch
        return SharedFetch(fetch, credential.cache, request.cache_key, policy=policy, clock=clock, random=random)

    return _pooled(credential, key, obtain, context)


def _pooled(
    credential: Credential, key: tuple[object, ...], obtain: Callable[[], Obtain], context: AuthContext
) -> Machine:
    pool = credential._pool  # pyright: ignore[reportPrivateUsage]
    return pool.machine(key, obtain, clock=context.clock, random=context.random)


def _key_header(product: Product) -> str:
    """The header in which a product wants the key of a login."""
    for scheme in product.schemes.values():
        if scheme.kind == "api-key" and scheme.credential == WorkAnalyticsLogin.kind and scheme.parameter:
            return scheme.parameter.lower()
    raise ConfigurationError(
        f"{product.title} takes a login, but its document names no header for the key",
        advice="Add a security scheme of type apiKey for the same kind of credential to the document.",
    )
