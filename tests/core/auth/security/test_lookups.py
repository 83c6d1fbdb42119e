"""Keys that are looked up: unavailable or invalid ones, and when they are looked up again."""

from __future__ import annotations

import pytest

from tests.support.credentials import request
from tests.support.simulation import Simulation, fake_context
from xcaas_core import ApiKey, SecretUnavailableError
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import build_authorizer
from xcaas_core.operations._product import Product, Scheme


@pytest.mark.parametrize("key", ["with\nnewline", "wörth", "tab\there", " k-17", "k-17\t"])
def test_key_invalid_in_headers_raises_without_showing_it(key: str) -> None:
    scheme = Scheme("api-key", credential="api-key", location="header", parameter="x")
    product = Product("p", title="P", servers=(), schemes={"k": scheme}, package="x")
    simulation = Simulation()
    authorizer = build_authorizer(
        product, (("k",),), CredentialSet.parse(ApiKey(key)), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    for _ in range(2):
        with pytest.raises(SecretUnavailableError, match="a header cannot carry") as caught:
            simulation.call(authorizer.authorize(request(), deadline=None))
        assert key not in str(caught.value)


def test_unavailable_key_raises_and_is_not_looked_up_again_at_once() -> None:
    scheme = Scheme("api-key", credential="api-key", location="header", parameter="x")
    product = Product("p", title="P", servers=(), schemes={"k": scheme}, package="x")
    simulation = Simulation()
    lookups = 0

    def vault() -> str:
        nonlocal lookups
        lookups += 1
        raise LookupError

    authorizer = build_authorizer(
        product, (("k",),), CredentialSet.parse(ApiKey(vault)), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    for _ in range(5):
        with pytest.raises(SecretUnavailableError, match="raised LookupError"):
            simulation.call(authorizer.authorize(request(), deadline=None))
    assert lookups == 1, "a refusal is remembered for a short while"


def test_callable_keys_are_looked_up_again_after_minutes() -> None:
    scheme = Scheme("api-key", credential="api-key", location="header", parameter="x")
    product = Product("p", title="P", servers=(), schemes={"k": scheme}, package="x")
    simulation = Simulation()
    keys = iter(["monday", "tuesday"])
    authorizer = build_authorizer(
        product, (("k",),), CredentialSet.parse(ApiKey(lambda: next(keys))), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    sent_keys: list[str] = []
    for _ in range(20):
        sent = request()
        simulation.call(authorizer.authorize(sent, deadline=None))
        sent_keys.append(sent.headers["x"])
        simulation.clock.advance(20)
    assert sent_keys == sorted(sent_keys)
    assert set(sent_keys) == {"monday", "tuesday"}
