"""A product with given security schemes, and requests with credentials for it."""

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
    by_name = {f"s{index}": scheme for index, scheme in enumerate(schemes)}
    return Product("sample", title="Sample", servers=(), schemes=by_name, package="x", console_name="Sample Product")


def authorized(credentials: object, *schemes: Scheme, outgoing: Request | None = None) -> Request:
    """Return a request with credentials for an operation that requires all of these schemes."""
    simulation = Simulation()
    signing_product = product(*schemes)
    authorizer = build_authorizer(
        signing_product,
        (tuple(signing_product.schemes),),
        CredentialSet.parse(credentials),
        context=fake_context(simulation.clock),
    )
    assert authorizer is not None
    outgoing = outgoing or request()
    simulation.call(authorizer.authorize(outgoing, deadline=None))
    return outgoing


def basic_parts(outgoing: Request) -> tuple[str, str]:
    text = base64.b64decode(outgoing.headers["authorization"].removeprefix("Basic ")).decode()
    user, _, password = text.partition(":")
    return user, password
