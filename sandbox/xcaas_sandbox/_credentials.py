"""Keys, tokens and who may call what: the sandbox's side of every credential kind."""

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

OAUTH_PRODUCTS: Final = ("analytics realtime-api", "storage", "QM - API", "vcc")
WORK_ANALYTICS: Final = "work-analytics-login"


@dataclass(frozen=True)
class Key:
    """An OAuth key: what may be called with it, by console name."""

    id: str
    secret: str
    products: tuple[str, ...] = OAUTH_PRODUCTS


@dataclass
class Stats:
    """What the sandbox has seen; shown by `/_sandbox/stats`."""

    token_requests: int = 0
    tokens_refused: int = 0
    calls: int = 0
    rejected: int = 0
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Token:
    expires: float
    products: tuple[str, ...]
    realm: str


class Credentials:
    """Issues tokens and checks what calls present. Thread-safe."""

    def __init__(self, *, lifetime: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.lifetime = lifetime
        self.stats = Stats()
        self.keys: dict[str, Key] = {
            "eght_demo": Key("eght_demo", "demo-secret"),
            "eght_realtime": Key("eght_realtime", "demo-secret", ("analytics realtime-api",)),
        }
        self.api_keys = {"eght_demo_key", "eght_search_key", "eght_management_key"}
        self.narrow_api_keys = {"eght_narrow_key"}
        self.api_tokens = {"demo-tenant-token"}
        self.basic = {("demotenant", "demo-action-token"), ("demotenant", "demo-data-token")}
        self.logins = {("analyst@example.com", "demo-password")}
        self._tokens: dict[str, _Token] = {}
        self._clock = clock
        self._lock = threading.Lock()

    def issue(self, products: tuple[str, ...], realm: str = "oauth") -> str:
        token = secrets.token_urlsafe(21)
        with self._lock:
            self._tokens[token] = _Token(self._clock() + self.lifetime, products, realm)
        return token

    def revoke(self) -> int:
        """Make every token invalid at once. Returns how many there were."""
        with self._lock:
            count = len(self._tokens)
            self._tokens.clear()
        return count

    def check(self, product: Product, operation: Operation, headers: Headers, query: QueryParams) -> None:
        """Raise what the service would answer if the call lacks a credential that the spec asks for."""
        if not operation.security or () in operation.security:
            return
        problems: list[Problem] = []
        for requirement in operation.security:
            try:
                for name in requirement:
                    self._check_scheme(product, product.schemes[name], headers, query)
            except Problem as problem:
                problems.append(problem)
            else:
                return
        raise problems[0]

    def _check_scheme(self, product: Product, scheme: Node, headers: Headers, query: QueryParams) -> None:
        kind, credential = scheme["type"], scheme.get("x-xcaas-credential", "")
        if kind == "apiKey":
            source: Mapping[str, str] = headers if scheme["in"] == "header" else query
            self._check_key(source.get(scheme["name"]), scheme["name"], credential)
        elif scheme.get("scheme") == "basic":
            if _basic(headers) not in self.basic:
                raise Problem(401, "Unknown tenant or token", code="unauthorized")
        else:
            self._check_token(product, headers, WORK_ANALYTICS if credential == WORK_ANALYTICS else "oauth")

    def _check_key(self, sent: str | None, name: str, credential: str) -> None:
        known = self.api_tokens if credential == "api-token" else self.api_keys | self.narrow_api_keys
        if sent is None or sent not in known:
            message = f"Failed to resolve {name}" if sent is None else "Invalid ApiKey"
            raise Problem(401, message, code="oauth.v2.InvalidApiKey")
        if sent in self.narrow_api_keys:
            raise Problem(403, "The key does not cover this product", code="FORBIDDEN")

    def _check_token(self, product: Product, headers: Headers, realm: str) -> None:
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

    def key_of(self, headers: Headers) -> Key | None:
        """The OAuth key that HTTP Basic presents, if id and secret are right."""
        presented = _basic(headers)
        key = self.keys.get(presented[0]) if presented else None
        return key if key and presented and secrets.compare_digest(key.secret, presented[1]) else None


def _basic(headers: Headers) -> tuple[str, str] | None:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password
