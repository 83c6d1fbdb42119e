"""Which of a client's credentials an operation's security requirement takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..._errors import ConfigurationError, MissingCredentialsError
from ...operations._product import Product, Scheme
from ..credentials._base import Credential
from ..credentials._kinds import ApiKey, BasicToken, BearerToken, ClientCredentials, WorkAnalyticsLogin
from ..credentials._set import ScopedCredential

__all__ = ["ResolvedScheme", "rank", "resolve_security"]

_TAKES: dict[str | None, tuple[type[Credential], ...]] = {
    "client-credentials": (ClientCredentials, BearerToken),
    "api-key": (ApiKey,),
    "api-token": (ApiKey,),
    "work-analytics-login": (WorkAnalyticsLogin,),
    "basic-token": (BasicToken,),
}
_TAKES_BY_SCHEME: dict[str, tuple[type[Credential], ...]] = {
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
_TOKENS = ("oauth2", "http-bearer", "openid")
_MAX_LISTED = 5  # credentials that an error lists
_OTHERS_DO = ("mutual-tls", "other")


@dataclass(frozen=True, slots=True)
class ResolvedScheme:
    """A scheme of the requirement, and the credential for it. None: something else sees to it (TLS)."""

    name: str
    scheme: Scheme
    credential: Credential | None


def resolve_security(
    product: Product, security: Sequence[Sequence[str]], held: Sequence[ScopedCredential]
) -> tuple[ResolvedScheme, ...]:
    """Return the first alternative of `security` for which the client holds everything.

    An alternative without any scheme (calls may stay anonymous) is the last resort.
    Raises `MissingCredentialsError`, saying what is missing and how to give it.
    """
    alternatives = [names for names in security if names]
    missing: list[list[str]] = []
    for names in alternatives:
        resolved = _one_key_each([_resolved(product, name, held) for name in names], held)
        complete = [one for one in resolved if one is not None]
        if len(complete) == len(resolved):
            return tuple(complete)
        missing.append([name for name, one in zip(names, resolved, strict=True) if one is None])
    if len(alternatives) < len(security):
        return ()
    raise _missing(product, missing, held)


def _one_key_each(
    schemes: list[ResolvedScheme | None], held: Sequence[ScopedCredential]
) -> list[ResolvedScheme | None]:
    """Leave one scheme per key, of schemes that apply together and each want a key of their own.

    A service whose key has a token of its own says so in its schemes, a mapping may name one key for several, and schemes
    of one place are one key.
    """
    found: list[ResolvedScheme | None] = []
    used: dict[tuple[int, str], tuple[str | None, str]] = {}
    for resolved in schemes:
        if resolved is not None and isinstance(resolved.credential, ApiKey):
            use = (id(resolved.credential), resolved.scheme.credential or resolved.scheme.kind)
            is_named = any(one.credential is resolved.credential and one.name == resolved.name for one in held)
            place = (resolved.scheme.location, (resolved.scheme.parameter or "").lower())
            if used.setdefault(use, place) != place and not is_named:
                found.append(None)
                continue
        found.append(resolved)
    return found


def _resolved(product: Product, name: str, held: Sequence[ScopedCredential]) -> ResolvedScheme | None:
    scheme = product.schemes.get(name)
    if scheme is None:
        raise ConfigurationError(f"{product.name} names a security scheme {name!r} that it does not describe")
    ranked = [(rank(product, name, scheme, one), one.credential) for one in held]
    best = max((fit for fit, _ in ranked), default=0)
    if best == 0:
        return ResolvedScheme(name, scheme, None) if scheme.kind in _OTHERS_DO else None
    found = [credential for fit, credential in ranked if fit == best]
    if any(credential is not found[0] for credential in found):
        raise ConfigurationError(
            f"{product.title} could take each of {len(found)} credentials: {', '.join(map(repr, found))}",
            advice=f'Say which is for what: credentials={{"{name}": …}}, role="{_role(scheme) or name}" or '
            f'products="{product.name}".',
        )
    return ResolvedScheme(name, scheme, found[0])


def rank(product: Product, name: str, scheme: Scheme, held: ScopedCredential) -> int:
    """Return how well a credential fits: 0 not at all; more the more exactly it was said what it is for."""
    credential = held.credential
    kinds = _kinds(scheme)
    if not isinstance(credential, kinds):
        return 0
    if held.name is not None and held.name not in (name, product.name):
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
    fit = 1 + len(kinds) - [isinstance(credential, kind) for kind in kinds].index(True)
    fit += 10 * is_role + 20 * bool(credential.products)
    return fit + 40 * (held.name is not None) + 40 * (held.name == name)


def _lacks_endpoint(scheme: Scheme) -> bool:
    """Return whether a scheme takes a token, and the document does not say where to get one."""
    takes_token = scheme.kind in _TOKENS and scheme.credential in (None, ClientCredentials.kind)
    return takes_token and scheme.token_url is None


def _kinds(scheme: Scheme) -> tuple[type[Credential], ...]:
    if scheme.credential is not None:
        return _TAKES.get(scheme.credential, ())
    return _TAKES_BY_SCHEME.get(scheme.kind, ())


def _missing(
    product: Product, missing: Iterable[Sequence[str]], held: Sequence[ScopedCredential]
) -> MissingCredentialsError:
    wanted = [" and ".join(_how_each(product, names)) for names in missing]
    console = f" (“{product.console_name}” in the Admin Console)" if product.console_name else ""
    return MissingCredentialsError(
        f"{product.title} takes a credential that this client does not have{_has(product, held)}",
        advice=f"Give the client {'; or '.join(dict.fromkeys(wanted))}. The key must be for this product{console}.",
    )


def _how_each(product: Product, names: Sequence[str]) -> list[str]:
    """Say how to give what is missing of one alternative. Keys of schemes that only their names tell apart are named."""
    keys = [name for name, scheme in product.schemes.items() if scheme.kind == "api-key" and scheme.credential is None]
    hows: list[str] = []
    for name in names:
        is_one_of_several = name in keys and len(keys) > 1
        named = f'credentials={{"{name}": ApiKey(key)}}'
        hows.append(named if is_one_of_several else _how(name, product.schemes[name]))
    return list(dict.fromkeys(hows))


def _has(product: Product, held: Sequence[ScopedCredential]) -> str:
    """Say what there is instead, so that a slip in a name is seen."""
    shown = [
        repr(one.credential) if one.name is None else f"{one.credential!r} for {one.name!r}"
        for one in held[:_MAX_LISTED]
    ]
    if not shown:
        return ""
    more = f" and {len(held) - _MAX_LISTED} more" if len(held) > _MAX_LISTED else ""
    known = (product.name, *product.schemes)
    names = any(one.name is not None and one.name not in known for one in held)
    hint = f"; credentials for it are named {' or '.join(map(repr, known))}" if names else ""
    return f": it has {', '.join(shown)}{more}{hint}"


def _how(name: str, scheme: Scheme) -> str:
    if _lacks_endpoint(scheme):
        return _NO_ENDPOINT
    how = _HOW_TO_GIVE.get(scheme.credential or scheme.kind, f"credentials for the scheme {name!r}")
    role = _role(scheme)
    return how if role is None else f"{how} (the {role} {'token' if 'token' in scheme.options else 'key'})"


def _role(scheme: Scheme) -> str | None:
    """Return which of a tenant's tokens, or of two keys, a scheme wants."""
    return next((str(scheme.options[key]) for key in ("key", "token") if key in scheme.options), None)
