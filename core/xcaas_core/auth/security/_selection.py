"""Selects a client's credentials for the security requirement of an operation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..._errors import ConfigurationError, MissingCredentialsError
from ...operations._product import Product, Scheme
from ..credentials._base import Credential
from ..credentials._kinds import ApiKey, BasicToken, BearerToken, ClientCredentials, WorkAnalyticsLogin
from ..credentials._set import ScopedCredential

__all__ = ["ResolvedScheme", "rank", "resolve_security"]

_KINDS: dict[str | None, tuple[type[Credential], ...]] = {
    "client-credentials": (ClientCredentials, BearerToken),
    "api-key": (ApiKey,),
    "api-token": (ApiKey,),
    "work-analytics-login": (WorkAnalyticsLogin,),
    "basic-token": (BasicToken,),
}
_KINDS_BY_SCHEME: dict[str, tuple[type[Credential], ...]] = {
    "http-basic": (BasicToken,),
    "http-bearer": (BearerToken, ClientCredentials),
    "oauth2": (ClientCredentials, BearerToken),
    "openid": (BearerToken, ClientCredentials),
    "api-key": (ApiKey,),
}
_HOW_TO_GIVE: dict[str, str] = {
    "client-credentials": "ClientCredentials(client_id, client_secret), or XCAAS_CLIENT_ID and XCAAS_CLIENT_SECRET",
    "api-key": "ApiKey(key), or XCAAS_API_KEY",
    "api-token": "ApiKey(key, token), or XCAAS_API_KEY and XCAAS_API_TOKEN",
    "work-analytics-login": "WorkAnalyticsLogin(api_key, username, password), or XCAAS_API_KEY, XCAAS_USERNAME "
    "and XCAAS_PASSWORD",
    "basic-token": "BasicToken(tenant, token), or XCAAS_TENANT and XCAAS_API_TOKEN",
    "http-basic": "BasicToken(user, password)",
    "oauth2": "ClientCredentials(client_id, client_secret) or BearerToken(token)",
}
_NO_ENDPOINT = "BearerToken(token) or ClientCredentials(client_id, client_secret, token_url='https://…')"
_TOKEN_SCHEMES = ("oauth2", "http-bearer", "openid")
_MAX_LISTED = 5  # credentials that an error lists
_EXTERNAL = ("mutual-tls", "other")


@dataclass(frozen=True, slots=True)
class ResolvedScheme:
    """A scheme of the requirement, and its credential; None if it is handled elsewhere (TLS)."""

    name: str
    scheme: Scheme
    credential: Credential | None


def resolve_security(
    product: Product, security: Sequence[Sequence[str]], entries: Sequence[ScopedCredential]
) -> tuple[ResolvedScheme, ...]:
    """Return the first alternative of `security` that the client has all credentials for.

    The empty alternative (anonymous calls) is the last resort. Raises `MissingCredentialsError`.
    """
    alternatives = [names for names in security if names]
    missing: list[list[str]] = []
    for names in alternatives:
        resolved = _require_distinct_keys([_resolve_scheme(product, name, entries) for name in names], entries)
        complete = [scheme for scheme in resolved if scheme is not None]
        if len(complete) == len(resolved):
            return tuple(complete)
        missing.append([name for name, scheme in zip(names, resolved, strict=True) if scheme is None])
    if len(alternatives) < len(security):
        return ()
    raise _missing_error(product, missing, entries)


def _require_distinct_keys(
    schemes: list[ResolvedScheme | None], entries: Sequence[ScopedCredential]
) -> list[ResolvedScheme | None]:
    """Replace by None each scheme whose key is already used in another location.

    A key and its token are two values, and a mapping may name one key for several schemes.
    """
    result: list[ResolvedScheme | None] = []
    used: dict[tuple[int, str], tuple[str | None, str]] = {}
    for resolved in schemes:
        if resolved is not None and isinstance(resolved.credential, ApiKey):
            key = (id(resolved.credential), resolved.scheme.credential or resolved.scheme.kind)
            is_named = any(entry.credential is resolved.credential and entry.name == resolved.name for entry in entries)
            location = (resolved.scheme.location, (resolved.scheme.parameter or "").lower())
            if used.setdefault(key, location) != location and not is_named:
                result.append(None)
                continue
        result.append(resolved)
    return result


def _resolve_scheme(product: Product, name: str, entries: Sequence[ScopedCredential]) -> ResolvedScheme | None:
    scheme = product.schemes.get(name)
    if scheme is None:
        raise ConfigurationError(f"{product.name} names a security scheme {name!r} that it does not describe")
    ranked = [(rank(product, name, scheme, entry), entry.credential) for entry in entries]
    best = max((score for score, _ in ranked), default=0)
    if best == 0:
        return ResolvedScheme(name, scheme, None) if scheme.kind in _EXTERNAL else None
    matches = [credential for score, credential in ranked if score == best]
    if any(credential is not matches[0] for credential in matches):
        raise ConfigurationError(
            f"{product.title} could take each of {len(matches)} credentials: {', '.join(map(repr, matches))}",
            advice=f'Say which is for what: credentials={{"{name}": …}}, role="{_role(scheme) or name}" or '
            f'products="{product.name}".',
        )
    return ResolvedScheme(name, scheme, matches[0])


def rank(product: Product, name: str, scheme: Scheme, entry: ScopedCredential) -> int:
    """Return how well a credential fits a scheme: 0 for not at all, more for a more specific scope."""
    credential = entry.credential
    kinds = _kinds(scheme)
    if not isinstance(credential, kinds):
        return 0
    if entry.name is not None and entry.name not in (name, product.name):
        return 0
    if credential.products and product.name not in credential.products:
        return 0
    role = _role(scheme)
    is_role = credential.role is not None and credential.role in (role, name)
    if credential.role is not None and not is_role and (role is not None or credential.role in product.schemes):
        return 0
    if scheme.credential == "api-token" and isinstance(credential, ApiKey) and not credential.has_token:
        return 0
    if isinstance(credential, ClientCredentials) and _lacks_endpoint(scheme) and credential.token_url is None:
        return 0
    score = 1 + len(kinds) - [isinstance(credential, kind) for kind in kinds].index(True)
    score += 10 * is_role + 20 * bool(credential.products)
    return score + 40 * (entry.name is not None) + 40 * (entry.name == name)


def _lacks_endpoint(scheme: Scheme) -> bool:
    """Return whether a scheme takes a token and the spec names no token endpoint."""
    takes_token = scheme.kind in _TOKEN_SCHEMES and scheme.credential in (None, ClientCredentials.kind)
    return takes_token and scheme.token_url is None


def _kinds(scheme: Scheme) -> tuple[type[Credential], ...]:
    if scheme.credential is not None:
        return _KINDS.get(scheme.credential, ())
    return _KINDS_BY_SCHEME.get(scheme.kind, ())


def _missing_error(
    product: Product, missing: Iterable[Sequence[str]], entries: Sequence[ScopedCredential]
) -> MissingCredentialsError:
    alternatives = [" and ".join(_hints(product, names)) for names in missing]
    console = f" (“{product.console_name}” in the Admin Console)" if product.console_name else ""
    return MissingCredentialsError(
        f"{product.title} takes a credential that this client does not have{_list_entries(product, entries)}",
        advice=f"Give the client {'; or '.join(dict.fromkeys(alternatives))}. The key must be for this product{console}.",
    )


def _hints(product: Product, names: Sequence[str]) -> list[str]:
    """Describe how to pass the missing credentials of one alternative, by name for schemes that differ only in name."""
    keys = [name for name, scheme in product.schemes.items() if scheme.kind == "api-key" and scheme.credential is None]
    hints: list[str] = []
    for name in names:
        is_one_of_several = name in keys and len(keys) > 1
        hint = f'credentials={{"{name}": ApiKey(key)}}'
        hints.append(hint if is_one_of_several else _hint(name, product.schemes[name]))
    return list(dict.fromkeys(hints))


def _list_entries(product: Product, entries: Sequence[ScopedCredential]) -> str:
    """List the client's credentials, to show a misspelt name."""
    descriptions = [
        repr(entry.credential) if entry.name is None else f"{entry.credential!r} for {entry.name!r}"
        for entry in entries[:_MAX_LISTED]
    ]
    if not descriptions:
        return ""
    more = f" and {len(entries) - _MAX_LISTED} more" if len(entries) > _MAX_LISTED else ""
    names = (product.name, *product.schemes)
    is_misnamed = any(entry.name is not None and entry.name not in names for entry in entries)
    hint = f"; credentials for it are named {' or '.join(map(repr, names))}" if is_misnamed else ""
    return f": it has {', '.join(descriptions)}{more}{hint}"


def _hint(name: str, scheme: Scheme) -> str:
    if _lacks_endpoint(scheme):
        return _NO_ENDPOINT
    hint = _HOW_TO_GIVE.get(scheme.credential or scheme.kind, f"credentials for the scheme {name!r}")
    role = _role(scheme)
    return hint if role is None else f"{hint} (the {role} {'token' if 'token' in scheme.options else 'key'})"


def _role(scheme: Scheme) -> str | None:
    """Return which of a tenant's tokens or keys a scheme takes."""
    return next((str(scheme.options[key]) for key in ("key", "token") if key in scheme.options), None)
