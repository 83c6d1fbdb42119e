"""Responses with 401 or 403, and rotated secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from tests.support.credentials import OAUTH, QUALITY, STORAGE, World, bearer_of, call, request, text_of
from tests.support.signed_requests import KEY, basic_parts, product
from tests.support.simulation import FakeResponse, Simulation, TokenEndpoint, fake_context
from xcaas_core import ApiKey, BearerToken, ClientCredentials, EnvironmentVariable
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import Authorizer, build_authorizer, key_advice
from xcaas_core.operations._product import Product, Scheme
from xcaas_core.sansio._messages import Request


class Server:
    """An API that accepts certain tokens."""

    def __init__(self, *accepted: str) -> None:
        self.accepted = set(accepted)
        self.calls: list[str] = []

    def __call__(self, sent: Request) -> int:
        token = bearer_of(sent)
        self.calls.append(token)
        return 200 if token in self.accepted else 401


# CREDENTIALS 14
def test_401_replaces_the_token_and_repeats_the_call() -> None:
    world, server = World(), Server("token-2")
    assert world.simulation.call(call(world.authorizer(), server)) == 200
    assert server.calls == ["token-1", "token-2"]
    assert world.credential.counters.replayed == 1
    assert world.credential.counters.rejected == 1


# CREDENTIALS 15
def test_fifty_401s_for_one_token_cost_one_token_request() -> None:
    world, server = World(), Server("token-2")
    world.token()
    authorizer = world.authorizer()
    tasks = [world.simulation.start(call(authorizer, server)) for _ in range(50)]
    world.simulation.run()
    assert [task.value for task in tasks] == [200] * 50
    assert world.endpoint.requests == 2
    assert server.calls.count("token-1") == 50
    assert server.calls.count("token-2") == 50


def test_401_for_an_old_token_keeps_the_new_one() -> None:
    world = World()
    authorizer = world.authorizer()
    old, new = request(), request()
    applied = world.simulation.call(authorizer.authorize(old, deadline=None))
    world.clock.advance(1800)
    world.simulation.call(authorizer.authorize(new, deadline=None))
    assert world.simulation.call(authorizer.rejected(old, FakeResponse(401), applied, deadline=None))
    assert world.token() == "token-2"
    assert world.endpoint.requests == 2


# CREDENTIALS 12
def test_suspended_machines_recover_within_one_replay() -> None:
    """The monotonic clock may stop while a machine sleeps: the token looks fresh and isn't."""
    world, server = World(), Server("token-1")
    authorizer = world.authorizer()
    assert world.simulation.call(call(authorizer, server)) == 200
    server.accepted = {"token-2"}
    assert world.simulation.call(call(authorizer, server)) == 200
    assert server.calls == ["token-1", "token-1", "token-2"]


def test_second_401_ends_the_call_and_suspends_renewal() -> None:
    world, server = World(), Server()
    authorizer = world.authorizer()
    assert world.simulation.call(call(authorizer, server)) == 401
    assert server.calls == ["token-1", "token-2"]
    for _ in range(10):
        assert world.simulation.call(call(authorizer, server)) == 401
    assert world.endpoint.requests == 2, "the new token is not at fault"
    world.clock.advance(31)
    server.accepted = {"token-3"}
    assert world.simulation.call(call(authorizer, server)) == 200


def test_refused_product_does_not_invalidate_the_token_of_others() -> None:
    world = World()
    refused, fine = Server(), Server("token-1", "token-2")
    storage, quality = world.authorizer(STORAGE), world.authorizer(QUALITY)
    for _ in range(5):
        world.simulation.call(call(quality, refused))
        assert world.simulation.call(call(storage, fine)) == 200
    assert world.endpoint.requests == 2


@pytest.mark.parametrize(
    "content",
    [
        b'{"fault": {"detail": {"errorcode": "keymanagement.service.InvalidAPICallAsNoApiProductMatchFound"}}}',
        b'{"error": "insufficient_scope"}',
    ],
)
def test_401_about_products_keeps_the_token(content: bytes) -> None:
    world = World()
    authorizer = world.authorizer()
    sent = request()
    applied = world.simulation.call(authorizer.authorize(sent, deadline=None))
    assert not world.simulation.call(authorizer.rejected(sent, FakeResponse(401, content), applied, deadline=None))
    assert world.token() == "token-1"


# CREDENTIALS 17
def test_403_keeps_the_token() -> None:
    world = World()
    authorizer = world.authorizer()
    assert world.simulation.call(call(authorizer, lambda _: 403)) == 403
    assert world.token() == "token-1"
    assert world.endpoint.requests == 1


def test_401_without_replay_still_invalidates_the_token() -> None:
    world = World()
    authorizer = world.authorizer()
    sent = request()
    applied = world.simulation.call(authorizer.authorize(sent, deadline=None))
    authorizer.explain(401, applied)  # the call flow did not call `rejected`
    assert world.token() == "token-2"


def test_fixed_keys_are_not_replayed() -> None:
    simulation = Simulation()
    authorizer = build_authorizer(
        product(KEY), (("s0",),), CredentialSet.parse(ApiKey("k")), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    sent = request()
    applied = simulation.call(authorizer.authorize(sent, deadline=None))
    assert not simulation.call(authorizer.rejected(sent, FakeResponse(401), applied, deadline=None))


@pytest.mark.parametrize("rotated", [True, False])
def test_referenced_keys_are_looked_up_again_after_a_401(rotated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "old")
    simulation = Simulation()
    credential = ApiKey(EnvironmentVariable("THE_KEY"))
    authorizer = build_authorizer(
        product(KEY), (("s0",),), CredentialSet.parse(credential), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    sent = request()
    applied = simulation.call(authorizer.authorize(sent, deadline=None))
    if rotated:
        monkeypatch.setenv("THE_KEY", "new")
    should_retry = simulation.call(authorizer.rejected(sent, FakeResponse(401), applied, deadline=None))
    assert should_retry is rotated
    if should_retry:
        simulation.call(authorizer.authorize(sent, deadline=None))
        assert sent.headers == {"x-api-key": "new"}


@pytest.mark.parametrize("location", ["header", "query", "cookie"])
def test_key_refused_twice_is_not_looked_up_again_at_once(
    location: Literal["header", "query", "cookie"],
) -> None:
    keys = iter(["first", "second", "third"])
    simulation = Simulation()
    scheme = Scheme("api-key", credential="api-key", location=location, parameter="key")
    authorizer = build_authorizer(
        product(scheme),
        (("s0",),),
        CredentialSet.parse(ApiKey(lambda: next(keys))),
        context=fake_context(simulation.clock),
    )
    assert authorizer is not None
    for _ in range(2):
        simulation.call(call(authorizer, lambda _: 401))
    assert next(keys) == "third"


def advice(world: World, refused_product: Product, status: int) -> str | None:
    authorizer = world.authorizer(refused_product)
    applied = world.simulation.call(authorizer.authorize(request(), deadline=None))
    return authorizer.explain(status, applied)


@pytest.mark.parametrize("status", [401, 403])
def test_missing_product_is_named_in_the_advice(status: int) -> None:
    text = advice(World(TokenEndpoint(products=("storage", "vcc"))), QUALITY, status)
    assert text is not None
    assert "no product “QM - API”" in text
    assert "“storage”, “vcc”" in text
    assert "replication delay" in text


def test_granted_product_is_not_reported_as_missing() -> None:
    text = advice(World(TokenEndpoint(products=("QM - API",))), QUALITY, 403)
    assert text is not None
    assert text.startswith("The key has the product “QM - API”")
    assert "read-only" in text
    assert advice(World(), STORAGE, 404) is None


def test_advice_for_refused_keys() -> None:
    simulation = Simulation()
    authorizer = build_authorizer(
        product(KEY), (("s0",),), CredentialSet.parse(ApiKey("k")), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    applied = simulation.call(authorizer.authorize(request(), deadline=None))
    refused, forbidden = authorizer.explain(401, applied), authorizer.explain(403, applied)
    assert refused is not None
    assert "is right" in refused
    assert forbidden is not None
    assert "“Sample Product”" in forbidden
    assert authorizer.explain(400, applied) is None, "an invalid request is not the key's fault"
    assert authorizer.explain(404, applied) is None, "a 404, a redirect or a 500 has nothing to do with the key"


def test_request_without_applied_credentials_has_no_replay_and_no_advice() -> None:
    world = World()
    authorizer = world.authorizer()
    assert not world.simulation.call(authorizer.rejected(request(), FakeResponse(401), None, deadline=None))
    assert authorizer.explain(401, None) is None


def rotate_by_update(credential: ClientCredentials) -> None:
    credential.update_credentials("new-secret")


def rotate_with_new_id(credential: ClientCredentials) -> None:
    credential.update_credentials("new-secret", client_id="new-id")


# CREDENTIALS 26
@pytest.mark.parametrize(("rotate", "token"), [(rotate_by_update, "token-1"), (rotate_with_new_id, "token-2")])
def test_rotated_secret_is_used_by_the_next_token_request(
    rotate: Callable[[ClientCredentials], None], token: str
) -> None:
    world = World()
    world.token()
    rotate(world.credential)
    assert world.token() == token, "the current token stays in use unless the client id changes"
    world.clock.advance(2000)
    world.token()
    assert basic_parts(world.endpoint.seen[-1])[1] == "new-secret"


def test_callable_secret_is_read_for_each_token_request() -> None:
    secrets = iter(["monday", "tuesday"])
    world = World(credential=ClientCredentials("id", lambda: next(secrets)))
    world.token()
    world.clock.advance(2000)
    world.token()
    assert [basic_parts(sent)[1] for sent in world.endpoint.seen] == ["monday", "tuesday"]


def test_provider_is_called_for_each_token_request() -> None:
    provided = iter(
        [ClientCredentials("id", "monday"), ClientCredentials("id", "monday"), ClientCredentials("id-2", "tuesday")]
    )
    calls = 0

    def provide() -> ClientCredentials:
        nonlocal calls
        calls += 1
        return next(provided)

    simulation = Simulation()
    authorizer: Authorizer | None = build_authorizer(
        STORAGE, (("oauth",),), CredentialSet.parse(provide), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    assert calls == 0, "the provider is not called before the first call"
    sent = request()
    simulation.call(authorizer.authorize(sent, deadline=None))
    simulation.call(authorizer.authorize(sent, deadline=None))
    assert bearer_of(sent) == "token-1"
    simulation.clock.advance(2000)
    simulation.call(authorizer.authorize(sent, deadline=None))
    assert bearer_of(sent) == "token-2"
    assert [basic_parts(token_request) for token_request in simulation.endpoint.seen] == [
        ("id", "monday"),
        ("id-2", "tuesday"),
    ]


def test_provider_may_add_credentials_and_rotate_secrets() -> None:
    def key(secret: str) -> ClientCredentials:
        return ClientCredentials("id", secret)

    provided: list[object] = [key("monday"), [key("tuesday"), ApiKey("k")], [key("wednesday"), ApiKey("k")]]
    simulation = Simulation()
    credentials = CredentialSet.parse(lambda: provided[0])
    authorizer = build_authorizer(STORAGE, (("oauth",),), credentials, context=fake_context(simulation.clock))
    assert authorizer is not None
    for _ in range(3):
        simulation.call(authorizer.authorize(request(), deadline=None))
        simulation.clock.advance(2000)
        provided = provided[1:]
    assert [basic_parts(token_request)[1] for token_request in simulation.endpoint.seen] == [
        "monday",
        "tuesday",
        "wednesday",
    ]


def test_provider_may_change_the_kind_of_credential() -> None:
    provided: list[object] = [ClientCredentials("id", "secret"), BearerToken("mine")]
    simulation = Simulation()
    credentials = CredentialSet.parse(lambda: provided[0])
    authorizer = build_authorizer(STORAGE, (("oauth",),), credentials, context=fake_context(simulation.clock))
    assert authorizer is not None
    simulation.call(authorizer.authorize(request(), deadline=None))
    simulation.clock.advance(2000)
    del provided[0]
    simulation.call(authorizer.authorize(request(), deadline=None))
    sent = request()
    simulation.call(authorizer.authorize(sent, deadline=None))
    assert bearer_of(sent) == "mine"


# CREDENTIALS 25
def test_scopes_endpoints_and_parameters_keep_tokens_apart_and_the_order_of_scopes_does_not() -> None:
    world = World()
    managers = set[int]()
    from xcaas_core.auth.security._bindings import token_manager

    other = Scheme("oauth2", credential="client-credentials", token_url="https://other.example.com/token")
    for scheme in (OAUTH, OAUTH, other):
        managers.add(id(token_manager(world.credential, STORAGE, scheme, world.context)))
    assert len(managers) == 2
    assert ClientCredentials("i", "s", scopes=("b", "a")).scopes == ClientCredentials("i", "s", scopes="a b").scopes


def test_changed_client_id_gets_a_new_token() -> None:
    world = World(TokenEndpoint(latency=1.0))
    waiting = world.simulation.start(world.acquire())
    world.simulation.at(0.5, lambda: world.credential.update_credentials("s2", client_id="id-2"))
    world.simulation.run()
    assert text_of(waiting.value) == "token-1", "callers that waited before the change get the old id's token"
    assert world.token() == "token-2"


def test_product_without_a_console_name_has_no_advice_for_a_403() -> None:
    assert key_advice(Product("p", title="P", servers=(), schemes={}, package="x"), 403) is None
