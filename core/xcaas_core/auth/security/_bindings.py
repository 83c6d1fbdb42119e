"""Binds a credential to requests: where its value goes, and the manager that provides it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import quote, quote_plus

from ..._errors import ConfigurationError, CredentialsError
from ..._redaction import safe_url
from ..._secrets import MaskedStr, basic, bearer, fingerprint
from ...http._urls import token_address
from ...operations._product import Product, Scheme
from ...sansio._messages import Request
from ...sansio._steps import Flow
from .._interface import AuthContext
from ..credentials._base import Credential, is_fixed, manager_of, reveal
from ..credentials._kinds import ApiKey, BasicToken, BearerToken, ClientCredentials, WorkAnalyticsLogin
from ..tokens._endpoint import EndpointFetcher, secret_failure
from ..tokens._errors import Failure
from ..tokens._manager import TokenManager
from ..tokens._refresh import RefreshBudget, TokenFetcher
from ..tokens._token import AccessToken
from ..tokens.caches import CachingFetcher
from ._selection import ResolvedScheme
from ._token_requests import ClientCredentialsRequest, WorkAnalyticsRequest

__all__ = ["CredentialBinding", "binding_of", "token_manager"]

# Unescaped characters of a cookie value (RFC 6265), beside letters and digits.
_COOKIE_SAFE: Final = "!#$%&'()*+-./:<=>?@[]^_`{|}~"


# Sets a credential on a request, replacing one from an earlier attempt.
Location: TypeAlias = Callable[[Request, MaskedStr], None]


@dataclass(frozen=True, slots=True)
class CredentialBinding:
    """One credential value of a request. `renewable`: another can be obtained if it is refused."""

    apply: Location
    manager: TokenManager
    renewable: bool
    is_token: bool


def binding_of(resolved: ResolvedScheme, product: Product, context: AuthContext) -> CredentialBinding | None:
    """Return the binding of a resolved scheme; None if nothing goes on requests."""
    credential, scheme = resolved.credential, resolved.scheme
    if credential is None:
        return None
    if scheme.kind in ("oauth2", "http-bearer", "openid") and not isinstance(credential, BearerToken):
        manager = token_manager(credential, product, scheme, context)
        return CredentialBinding(_in_authorization, manager, renewable=True, is_token=True)
    name, encode = _secret_and_encoder(credential, scheme)
    lookup = LookupFetcher(credential, name, encode, context)
    manager = manager_of(credential, ("lookup", name), context, lambda: lookup)
    return CredentialBinding(_location(scheme), manager, renewable=not is_fixed(credential, name), is_token=False)


def _location(scheme: Scheme) -> Location:
    name = scheme.parameter or ""
    if scheme.kind != "api-key" or name.lower() == "authorization":
        return _in_authorization
    if scheme.location == "query":
        return _in_query(name)
    return _in_cookie(name) if scheme.location == "cookie" else _in_header(name.lower())


def _in_authorization(request: Request, value: MaskedStr) -> None:
    request.headers["authorization"] = value


def _in_header(name: str) -> Location:
    """Return a location in another header. It keeps a value that the caller has set."""

    def apply(request: Request, value: MaskedStr) -> None:
        existing = next((old for header, old in request.headers.items() if header.lower() == name), None)
        if existing is None or isinstance(existing, MaskedStr):
            request.headers[name] = value

    return apply


def _in_query(name: str) -> Location:
    """Return a location in the query. It keeps a value that the caller has passed.

    Servers and proxies log URLs, so a spec that has the choice should use a header.
    """
    name = quote(name, safe="")

    def apply(request: Request, value: MaskedStr) -> None:
        if f"?{name}" in request.keys:
            return
        address, _, query = request.url.partition("?")
        others = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != name]
        others.append(f"{name}={quote(value, safe='')}")
        request.url = MaskedStr(f"{address}?{'&'.join(others)}")

    return apply


def _in_cookie(name: str) -> Location:
    """Return a location in a cookie, beside other cookies. It keeps a value that the caller has passed."""

    def apply(request: Request, value: MaskedStr) -> None:
        if f"{name}=" in request.keys:
            return
        pairs = [pair.strip() for pair in request.headers.get("cookie", "").split(";")]
        others = [pair for pair in pairs if pair and pair.partition("=")[0] != name]
        request.headers["cookie"] = MaskedStr("; ".join([*others, f"{name}={quote(value, safe=_COOKIE_SAFE)}"]))

    return apply


def _secret_and_encoder(credential: Credential, scheme: Scheme) -> tuple[str, Callable[[str], MaskedStr]]:
    """Return the name of the secret that a scheme takes, and the function that encodes it for requests."""

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
        case ClientCredentials():  # the token endpoint, called as an operation
            return "_client_secret", as_client
        case _:
            raise ConfigurationError(f"{type(credential).__name__} cannot be put on a request")


@dataclass(slots=True)
class LookupFetcher:
    """The `TokenFetcher` of a secret that is sent without a token request: `name` of a credential, after `encode`.

    A literal secret is kept until it is replaced. A reference is looked up again after
    `policy.default_life` seconds, and after a refusal.
    """

    credential: Credential
    name: str
    encode: Callable[[str], MaskedStr]
    context: AuthContext

    def __call__(self, budget: RefreshBudget) -> Flow[AccessToken | Failure]:
        del budget
        started, policy = self.context.clock(), self.credential.policy
        try:
            secret = yield from reveal(self.credential, self.name)
        except CredentialsError as error:
            return secret_failure(error, policy)
        value = self.encode(secret.reveal())
        if not value.isascii() or not value.isprintable() or value != value.strip():
            # The HTTP library would reject it with the value in its error.
            invalid = CredentialsError(
                "a key or token contains characters that a header cannot carry",
                advice="They may have been copied with it: a blank at an end, a line break, an accent.",
            )
            return secret_failure(invalid, policy)
        digest = fingerprint(secret.reveal())
        if is_fixed(self.credential, self.name):
            return AccessToken(value, fingerprint=digest)
        return AccessToken(value, life=policy.default_life, obtained_at=started, policy=policy, fingerprint=digest)


def token_manager(credential: Credential, product: Product, scheme: Scheme, context: AuthContext) -> TokenManager:
    """Return the manager of a credential's token from a token endpoint."""
    explicit = credential.token_url if isinstance(credential, ClientCredentials) else None
    url = context.rebase(scheme.token_url or "") if explicit is None else token_address(explicit, None)
    request: ClientCredentialsRequest | WorkAnalyticsRequest
    if isinstance(credential, ClientCredentials):
        in_body = (credential.client_auth or scheme.options.get("client_auth")) == "body"
        request = ClientCredentialsRequest(credential, url, in_body)
        key: tuple[object, ...] = ("token", url, credential.scopes, in_body)
    elif isinstance(credential, WorkAnalyticsLogin):
        request = WorkAnalyticsRequest(credential, url, _key_header(product))
        key = ("token", url)
    else:
        raise ConfigurationError(f"{type(credential).__name__} cannot ask for a token")

    def make_fetcher() -> TokenFetcher:
        fetch = EndpointFetcher(request.build, safe_url(url), credential.policy, context)
        if credential.cache is None:
            return fetch
        return CachingFetcher(fetch, credential.cache, request.identity, credential.policy, context)

    return manager_of(credential, key, context, make_fetcher)


def _key_header(product: Product) -> str:
    """Return the header for the key of a login."""
    for scheme in product.schemes.values():
        if scheme.kind == "api-key" and scheme.credential == WorkAnalyticsLogin.kind and scheme.parameter:
            return scheme.parameter.lower()
    raise ConfigurationError(
        f"{product.title} takes a login, but its document names no header for the key",
        advice="Add a security scheme of type apiKey for the same kind of credential to the document.",
    )
