"""Sources of secrets: literals, references and callables."""

from __future__ import annotations

from tests.support.credentials import SECRET, STORAGE, World, request
from tests.support.simulation import Simulation, fake_context
from xcaas_core import ClientCredentials, EnvironmentVariable, Secret
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.credentials._sources import CallableSecret, LiteralSecret
from xcaas_core.auth.security._authorizer import build_authorizer


def test_sources_are_equal_if_they_refer_to_the_same_secret() -> None:
    assert EnvironmentVariable("A") == EnvironmentVariable("A")
    assert hash(EnvironmentVariable("A")) == hash(EnvironmentVariable("A"))
    assert CallableSecret(str) == CallableSecret(str)
    assert hash(CallableSecret(str)) == hash(CallableSecret(str))
    assert LiteralSecret(Secret("a")) == LiteralSecret(Secret("a"))
    assert hash(LiteralSecret(Secret("a"))) == hash(LiteralSecret(Secret("a")))
    assert LiteralSecret(Secret("a")) != LiteralSecret(Secret("b"))
    assert repr(LiteralSecret(Secret("a"))) == "***"


def test_callable_may_return_a_wrapped_secret() -> None:
    assert World(credential=ClientCredentials("id", lambda: Secret(SECRET))).token() == "token-1"


def test_provider_that_creates_new_callables_keeps_its_token() -> None:
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
