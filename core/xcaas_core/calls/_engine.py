"""The sans-I/O half of a client, shared by its calls.

`with_options` makes further engines that share the retry budget, the limits, and (through the credentials) the
tokens of the first.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._fork import resets_after_fork
from ..auth._interface import AuthContext
from ..http._urls import origin_of, token_address
from ..serialization._servers import choose_server, server_address, server_template
from ._options import ClientOptions
from ._rate_limits import FlightLimit, RateLimiter
from ._retry import RetryBudget

if TYPE_CHECKING:
    from ..auth.credentials._set import CredentialSet
    from ..auth.security._authorizer import Authorizer
    from ..models import LenientReading
    from ..operations._operation import Operation, Security
    from ..operations._product import Product, RateLimit
    from ..serialization._compiled import Compiled

__all__ = ["ClientState", "Endpoint", "Engine"]


@dataclass(slots=True, kw_only=True, eq=False)
class Endpoint:
    """How a client calls an operation: address, fixed headers, authorizer and rate limiter."""

    compiled: Compiled
    address: str
    template: str
    headers: dict[str, str]
    authorizer: Authorizer | None
    limiter: RateLimiter | None
    setting: Callable[[str], str | None]


class ClientState:
    """What a client shares with its `with_options` copies. `clock` is monotonic, `wall` epoch seconds."""

    def __init__(
        self,
        max_in_flight: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.clock = clock
        self.wall = wall
        self.draw = draw
        self._max_in_flight = max_in_flight
        self.lenient_reading: LenientReading | None = None
        self.limiters: dict[str, RateLimiter | None] = {}
        # Origins of operations that were called; credentials may be sent there.
        self.origins: set[tuple[str, str, int]] = set()
        self.reset()
        resets_after_fork(self)

    def reset(self) -> None:
        """Replace budget, slots and locks. After a fork, threads of the parent may still hold them."""
        self.budget: RetryBudget = RetryBudget()
        self.flight: FlightLimit = FlightLimit(self._max_in_flight)
        for limiter in self.limiters.values():
            if limiter is not None:
                limiter.reset()


class Engine:
    """Settings and endpoints of a client's calls. Shared by its resources, and by threads."""

    def __init__(
        self,
        options: ClientOptions,
        credentials: CredentialSet | None,
        shared: ClientState,
        *,
        external_auth: bool = False,
        context: AuthContext | None = None,
    ) -> None:
        self.options = options
        self.credentials: CredentialSet | None = credentials
        self.shared = shared
        # The user's HTTP client signs requests, so no authorizers are used.
        self.external_auth = external_auth
        self._endpoints: dict[Operation[object], Endpoint] = {}
        self._authorizers: dict[tuple[str, Security], Authorizer | None] = {}
        self.auth_context: AuthContext = context or self._auth_context()

    def with_options(self, options: ClientOptions) -> Engine:
        """Return an engine with other options. Tokens, budget and limits are shared."""
        same_base_url = options.base_url == self.options.base_url
        return Engine(
            options,
            self.credentials,
            self.shared,
            external_auth=self.external_auth,
            context=self.auth_context if same_base_url else None,
        )

    def endpoint(self, operation: Operation[object]) -> Endpoint:
        """Return the endpoint of an operation, made at its first call."""
        endpoint = self._endpoints.get(operation)
        if endpoint is None:
            endpoint = self._endpoints[operation] = self._make_endpoint(operation)
        return endpoint

    def forget(self, operation: Operation[object]) -> None:
        """Drop the endpoint of an operation that will not be called again."""
        self._endpoints.pop(operation, None)

    def _make_endpoint(self, operation: Operation[object]) -> Endpoint:
        from ..serialization._compiled import compiled

        product = operation.product
        setting = self.setting_of(product)
        server = choose_server(operation, self.options.server, self.options.base_url)
        headers = dict(self.options.headers)
        for name, value in operation.headers.items():
            headers.setdefault(name.lower(), value)
        if operation.accept is not None:
            headers.setdefault("accept", operation.accept)
        address = server_address(server, setting, self.options.base_url, product.name)
        self.shared.origins.add(origin_of(address))
        return Endpoint(
            compiled=compiled(operation),
            address=address,
            template=server_template(server, setting),
            headers=headers,
            authorizer=self.authorizer(product, operation.security),
            limiter=self._limiter(product),
            setting=setting,
        )

    def authorizer(self, product: Product, security: Security) -> Authorizer | None:
        """Return the authorizer of a product; None if not needed."""
        if not security or self.external_auth:
            return None
        key = (product.name, security)
        if key not in self._authorizers:
            from ..auth.security._authorizer import build_authorizer

            authorizer = build_authorizer(product, security, self.credentials, context=self.auth_context)
            self._authorizers[key] = authorizer
        return self._authorizers[key]

    def setting_of(self, product: Product) -> Callable[[str], str | None]:
        """Return a function that looks up settings of a product by name in the spec (`x-xcaas-from`)."""
        options = self.options
        return lambda name: options.setting(product.name, name)

    def _limiter(self, product: Product) -> RateLimiter | None:
        limiters = self.shared.limiters
        if product.name not in limiters:
            limits, store = self._rate_limits(product), self.options.rate_limit_store
            limiter = RateLimiter(limits, self.shared.clock) if limits else None
            if limits and store is not None:
                from .shared_limits import SharedLimiter

                limiter = SharedLimiter(limits, self.shared.clock, store, product, self.credentials)
            limiters[product.name] = limiter
        return limiters[product.name]

    def _rate_limits(self, product: Product) -> Sequence[RateLimit]:
        limits: Mapping[str, Sequence[RateLimit]] | bool = self.options.rate_limits
        if isinstance(limits, bool):
            return product.rate_limits if limits else ()
        return limits.get(product.name, product.rate_limits)

    def _auth_context(self) -> AuthContext:
        options = self.options
        return AuthContext(
            clock=self.shared.clock,
            random=self.shared.draw,
            rebase=lambda address: token_address(address, options.base_url),
        )

    @property
    def lenient(self) -> LenientReading | None:
        """How nonconforming responses are read; None to raise. Warns once per field and client."""
        if not self.options.lenient:
            return None
        if self.shared.lenient_reading is None:
            from ..models import LenientReading

            self.shared.lenient_reading = LenientReading()
        return self.shared.lenient_reading

    def trusts(self, url: str) -> bool:
        """Return whether credentials may be sent to a URL: a server of operations that were called, or a trusted
        host."""
        origin = origin_of(url)
        return origin in self.shared.origins or origin[1] in self.options.trusted_hosts
