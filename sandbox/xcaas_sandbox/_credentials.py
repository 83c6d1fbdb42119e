"""Keys, tokens and what they authorize, for every kind of credential."""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import Headers, QueryParams

from ._replies import Problem
from ._specs import Node, Operation, Product

__all__ = ["Credentials", "Key", "Stats"]

WORK_ANALYTICS: Final = "work-analytics-login"
# Roles of keys, as `x-xcaas-options` of a scheme requires them; "any" without options.
EVERYTHING: Final = frozenset({"any", "search", "management"})


@dataclass(frozen=True)
class Key:
    """An OAuth key, and the console names of the products that it may call."""

    id: str
    secret: str
    products: tuple[str, ...]
    read_only: bool = False


@dataclass
class Stats:
    """Counts of requests, shown by `/_sandbox/stats`. `rejected` calls are those refused with 401 or 403."""

    token_requests: int = 0
    tokens_refused: int = 0
    calls: int = 0
    rejected: int = 0
    violations: list[str] = field(default_factory=list)

    def refuse(self, status: int) -> None:
        """Count a refusal if it is about credentials."""
        self.rejected += status in (401, 403)


@dataclass(frozen=True)
class _Token:
    expires: float
    products: tuple[str, ...]
    realm: str
    read_only: bool


class Credentials:
    """Issues tokens and checks the credentials of calls. Thread-safe."""

    def __init__(
        self, products: tuple[Product, ...], *, lifetime: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.lifetime = lifetime
        self.stats = Stats()
        keys = (
            Key("eght_demo", "demo-secret", _oauth_products(products)),
            Key("eght_realtime", "demo-secret", ("analytics realtime-api",)),
            Key("eght_readonly", "demo-secret", _oauth_products(products), read_only=True),
        )
        self.keys: dict[str, Key] = {key.id: key for key in keys}
        self.api_keys: dict[str, frozenset[str]] = {
            "eght_demo_key": EVERYTHING,
            "eght_search_key": frozenset({"search"}),
            "eght_management_key": frozenset({"management"}),
            "eght_narrow_key": frozenset(),
        }
        self.api_tokens = {"demo-tenant-token"}
        self.basic: dict[tuple[str, str], frozenset[str]] = {
            ("demotenant", "demo-action-token"): frozenset({"action"}),
            ("demotenant", "demo-data-token"): frozenset({"data"}),
            ("demotenant", "demo-tenant-token"): frozenset({"action", "data"}),
            ("lockedtenant", "demo-action-token"): frozenset({"action"}),
        }
        self.logins = {("analyst@example.com", "demo-password")}
        self._tokens: dict[str, _Token] = {}
        self._clock = clock
        self._lock = threading.Lock()

    def issue(self, products: tuple[str, ...], realm: str = "oauth", *, read_only: bool = False) -> str:
        token = secrets.token_urlsafe(21)
        with self._lock:
            self._tokens[token] = _Token(self._clock() + self.lifetime, products, realm, read_only)
        return token

    def revoke(self) -> int:
        """Revoke all tokens, and return their number."""
        with self._lock:
            count = len(self._tokens)
            self._tokens.clear()
        return count

    def check(self, product: Product, operation: Operation, headers: Headers, query: QueryParams) -> None:
        """Raise the service's error if the call lacks a credential that the spec requires."""
        if not operation.security or () in operation.security:
            return
        problems: list[Problem] = []
        for requirement in operation.security:
            try:
                for name in requirement:
                    self._check_scheme(product, operation, product.schemes[name], headers, query)
            except Problem as problem:
                problems.append(problem)
            else:
                return
        raise problems[0]

    def _check_scheme(
        self, product: Product, operation: Operation, scheme: Node, headers: Headers, query: QueryParams
    ) -> None:
        kind, credential = scheme["type"], scheme.get("x-xcaas-credential", "")
        if kind == "apiKey":
            source: Mapping[str, str] = headers if scheme["in"] == "header" else query
            if credential == "api-token":
                self._check_tenant_token(source.get(scheme["name"]))
            else:
                role = scheme.get("x-xcaas-options", {}).get("key", "any")
                self._check_key(source.get(scheme["name"]), scheme["name"], role)
        elif scheme.get("scheme") == "basic":
            self._check_basic(headers, scheme.get("x-xcaas-options", {}).get("token"))
        else:
            realm = WORK_ANALYTICS if credential == WORK_ANALYTICS else "oauth"
            self._check_token(product, operation, headers, realm)

    def _check_key(self, value: str | None, name: str, role: str) -> None:
        roles = self.api_keys.get(value or "")
        if roles is None:
            message = f"Failed to resolve {name}" if value is None else "Invalid ApiKey"
            raise Problem(401, message, code="oauth.v2.InvalidApiKey")
        if role not in roles:
            raise Problem(403, "The key does not cover this product", code="FORBIDDEN")

    def _check_tenant_token(self, value: str | None) -> None:
        if value not in self.api_tokens:
            raise Problem(401, "The token is missing or unknown", code="oauth.v2.InvalidAccessToken")

    def _check_basic(self, headers: Headers, role: str | None) -> None:
        roles = self.basic.get(_basic_login(headers) or ("", ""))
        if roles is None or (role is not None and role not in roles):
            # For the service, a token of another role is simply a wrong password.
            raise Problem(401, "Unknown tenant or token", code="UNAUTHORIZED")

    def _check_token(self, product: Product, operation: Operation, headers: Headers, realm: str) -> None:
        scheme, _, value = headers.get("authorization", "").partition(" ")
        with self._lock:
            token = self._tokens.get(value)
        if scheme.lower() != "bearer" or token is None or token.realm != realm:
            raise Problem(401, "Invalid access token", code="oauth.v2.InvalidAccessToken")
        if self._clock() >= token.expires:
            raise Problem(401, "Access Token expired", code="keymanagement.service.access_token_expired")
        if realm == "oauth" and product.console_name and product.console_name not in token.products:
            code = "oauth.v2.InvalidApiCallAsNoApiProductMatchFound"
            raise Problem(403, "Invalid API call as no apiproduct match found", code=code)
        if token.read_only and operation.method != "GET":
            raise Problem(403, "Access denied", code="FORBIDDEN")

    def key_of(self, headers: Headers) -> Key | None:
        """Return the OAuth key in the Basic header, if id and secret are right."""
        login = _basic_login(headers)
        key = self.keys.get(login[0]) if login else None
        return key if key and login and secrets.compare_digest(key.secret, login[1]) else None


def _oauth_products(products: tuple[Product, ...]) -> tuple[str, ...]:
    """Return the console names of all products that accept tokens of a key."""
    kind = "client-credentials"
    names = (
        product.console_name
        for product in products
        if product.console_name and any(scheme.get("x-xcaas-credential") == kind for scheme in product.schemes.values())
    )
    return tuple(dict.fromkeys(names))


def _basic_login(headers: Headers) -> tuple[str, str] | None:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password
