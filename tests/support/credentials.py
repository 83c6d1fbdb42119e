"""Helpers of credential tests: products, managers and authorizers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import cast

from tests.support.simulation import FakeResponse, Simulation, TokenEndpoint, fake_context
from xcaas_core import ClientCredentials, TokenPolicy
from xcaas_core.auth._interface import AuthContext
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import Authorizer, build_authorizer
from xcaas_core.auth.security._bindings import token_manager
from xcaas_core.auth.tokens._manager import TokenManager
from xcaas_core.auth.tokens._token import AccessToken
from xcaas_core.operations._product import Product, Scheme
from xcaas_core.sansio._messages import Request
from xcaas_core.sansio._steps import Flow, Sleep

TOKEN_URL = "https://api.example.com/oauth/v2/token"
SECRET = "s3cr3t-of-the-key"

OAUTH = Scheme("oauth2", credential="client-credentials", token_url=TOKEN_URL)
STORAGE = Product(
    "storage", title="Cloud Storage", servers=(), schemes={"oauth": OAUTH}, package="x", console_name="storage"
)
QUALITY = Product(
    "quality", title="Quality Management", servers=(), schemes={"oauth": OAUTH}, package="x", console_name="QM - API"
)


class World:
    """A simulation with one credential, its manager, and an authorizer of `STORAGE`."""

    def __init__(
        self,
        endpoint: TokenEndpoint | None = None,
        *,
        credential: ClientCredentials | None = None,
        policy: TokenPolicy | None = None,
        random: Callable[[], float] = lambda: 0.5,
    ) -> None:
        self.simulation = Simulation(endpoint)
        self.endpoint = self.simulation.endpoint
        self.clock = self.simulation.clock
        self.credential = credential or ClientCredentials("id", SECRET, policy=policy)
        self.context: AuthContext = fake_context(self.clock, random=random)
        self.manager: TokenManager = token_manager(self.credential, STORAGE, OAUTH, self.context)

    def authorizer(self, product: Product = STORAGE) -> Authorizer:
        authorizer = build_authorizer(
            product, (("oauth",),), CredentialSet.parse(self.credential), context=self.context
        )
        assert authorizer is not None
        return authorizer

    def acquire(self, deadline: float | None = None) -> Flow[AccessToken]:
        return self.manager.acquire(deadline)

    def token(self) -> str:
        """Acquire a token, advancing the clock as needed, and return its text."""
        return text_of(self.simulation.call(self.manager.acquire()))


def text_of(token: AccessToken) -> str:
    return token.value.removeprefix("Bearer ")


def request(url: str = "https://api.example.com/things", **headers: str) -> Request:
    return Request("GET", url, {name.replace("_", "-"): value for name, value in headers.items()})


def call(authorizer: Authorizer, server: Callable[[Request], int], *, deadline: float | None = None) -> Flow[int]:
    """A call flow reduced to credentials: authorize, send, and retry once after a 401."""
    outgoing = request()
    applied = yield from authorizer.authorize(outgoing, deadline=deadline)
    yield Sleep(0.05)
    status = server(outgoing)
    if status == 401 and (yield from authorizer.rejected(outgoing, FakeResponse(401), applied, deadline=deadline)):
        applied = yield from authorizer.authorize(outgoing, deadline=deadline, replay=True)
        yield Sleep(0.05)
        status = server(outgoing)
    if status in (401, 403):
        authorizer.explain(status, applied)
    return status


def bearer_of(outgoing: Request) -> str:
    return outgoing.headers["authorization"].removeprefix("Bearer ")


def no_steps(flow: Flow[object]) -> object:
    """Run a flow that must not yield any step."""
    try:
        step = next(flow)
    except StopIteration as stop:
        return cast("object", stop.value)
    raise AssertionError(f"the flow waits: {step!r}")


def logged(caplog_records: list[logging.LogRecord], level: int) -> list[str]:
    return [record.getMessage() for record in caplog_records if record.levelno == level]
