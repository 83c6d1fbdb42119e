"""Where secrets come from: references to them, and functions that give them."""

from __future__ import annotations

from tests.support.credentials import SECRET, STORAGE, World, request
from tests.support.simulation import Simulation, fake_context
from xcaas_core import ClientCredentials, EnvironmentVariable, Secret
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.credentials._sources import CallableSecret, LiteralSecret
from xcaas_core.auth.security._authorizer import build_authorizer


def test_references_are_equal_when_they_name_the_same() -> None:
    assert EnvironmentVariable("A") == EnvironmentVariable("A")
    assert hash(EnvironmentVariable("A")) == hash(EnvironmentVariable("A"))
    assert CallableSecret(str) == CallableSecret(str)
    assert hash(CallableSecret(str)) == hash(CallableSecret(str))
    assert LiteralSecret(Secret("a")) == LiteralSecret(Secret("a"))
    assert hash(LiteralSecret(Secret("a"))) == hash(LiteralSecret(Secret("a")))
    assert LiteralSecret(Secret("a")) != LiteralSecret(Secret("b"))
    assert repr(LiteralSecret(Secret("a"))) == "***"


def test_a_function_may_give_a_wrapped_secret() -> None:
    assert World(credential=ClientCredentials("id", lambda: Secret(SECRET))).token() == "token-1"


def test_a_function_that_wraps_its_secret_anew_each_time_still_gives_lasting_tokens() -> None:
    simulation = Simulation()
    authorizer = build_authorizer(
        STORAGE,
        (("oauth",),),
        CredentialSet.parse(lambda: ClientCredentials("id", lambda: "secret")),
        context=fake_context(simulation.clock),
    )
    assert authorizer is not None
    for _ in range(10):
        simulation.call(authorizer.authorize(request(), deadline=None))
        simulation.clock.advance(30)
    assert simulation.endpoint.requests == 1
