"""Values that are looked up: keys that cannot be had or sent, and when they are asked for again."""

from __future__ import annotations

import pytest

from tests.support.credentials import request
from tests.support.simulation import Simulation, fake_context
from xcaas_core import ApiKey, SecretUnavailableError
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import build_authorizer
from xcaas_core.operations._product import Product, Scheme


@pytest.mark.parametrize("key", ["with\nnewline", "wörth", "tab\there", " k-17", "k-17\t"])
def test_a_key_that_no_header_can_carry_is_an_error_that_does_not_show_it(key: str) -> None:
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


def test_a_key_that_cannot_be_had() -> None:
    scheme = Scheme("api-key", credential="api-key", location="header", parameter="x")
    product = Product("p", title="P", servers=(), schemes={"k": scheme}, package="x")
    simulation = Simulation()
    asked = 0

    def vault() -> str:
        nonlocal asked
        asked += 1
        raise LookupError

    authorizer = build_authorizer(
        product, (("k",),), CredentialSet.parse(ApiKey(vault)), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    for _ in range(5):
        with pytest.raises(SecretUnavailableError, match="raised LookupError"):
            simulation.call(authorizer.authorize(request(), deadline=None))
    assert asked == 1, "a refusal is remembered for a short while"


def test_functions_for_keys_are_asked_again_after_some_minutes() -> None:
    scheme = Scheme("api-key", credential="api-key", location="header", parameter="x")
    product = Product("p", title="P", servers=(), schemes={"k": scheme}, package="x")
    simulation = Simulation()
    keys = iter(["monday", "tuesday"])
    authorizer = build_authorizer(
        product, (("k",),), CredentialSet.parse(ApiKey(lambda: next(keys))), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    seen: list[str] = []
    for _ in range(20):
        asked = request()
        simulation.call(authorizer.authorize(asked, deadline=None))
        seen.append(asked.headers["x"])
        simulation.clock.advance(20)
    assert seen == sorted(seen)
    assert set(seen) == {"monday", "tuesday"}
