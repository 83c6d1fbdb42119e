"""A product with the security schemes that a test wants, and requests signed for it."""

from __future__ import annotations

import base64

from tests.support.credentials import request
from tests.support.simulation import Simulation, fake_context
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import build_authorizer
from xcaas_core.operations._product import Product, Scheme
from xcaas_core.sansio._messages import Request

KEY = Scheme("api-key", credential="api-key", location="header", parameter="x-api-key")


def product(*schemes: Scheme) -> Product:
    named = {f"s{index}": scheme for index, scheme in enumerate(schemes)}
    return Product("sample", title="Sample", servers=(), schemes=named, package="x", console_name="Sample Product")


def authorized(credentials: object, *schemes: Scheme, asked: Request | None = None) -> Request:
    """A request with credentials for an operation that wants all of these schemes."""
    simulation = Simulation()
    wanted = product(*schemes)
    authorizer = build_authorizer(
        wanted, (tuple(wanted.schemes),), CredentialSet.parse(credentials), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    asked = asked or request()
    simulation.call(authorizer.authorize(asked, deadline=None))
    return asked


def basic_parts(asked: Request) -> tuple[str, str]:
    text = base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()
    user, _, password = text.partition(":")
    return user, password
