"""What a 401 or 403 leads to, and how rotated secrets come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from tests.support.credentials import OAUTH, QUALITY, STORAGE, World, bearer_of, call, request, text_of
from tests.support.signed_requests import KEY, basic_parts, product
from tests.support.simulation import FakeResponse, Simulation, TokenEndpoint, fake_context
from xcaas_core import ApiKey, BearerToken, ClientCredentials, EnvironmentVariable
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import Authorizer, about_key, build_authorizer
from xcaas_core.operations._product import Product, Scheme
from xcaas_core.sansio._messages import Request


class Server:
    """An API that accepts some tokens."""

    def __init__(self, *good: str) -> None:
        self.good = set(good)
        self.calls: list[str] = []

    def __call__(self, asked: Request) -> int:
        token = bearer_of(asked)
        self.calls.append(token)
        return 200 if token in self.good else 401


# CREDENTIALS 14
def test_after_a_401_the_token_is_replaced_and_the_call_sent_once_more() -> None:
    world, server = World(), Server("token-2")
    assert world.simulation.call(call(world.authorizer(), server)) == 200
    assert server.calls == ["token-1", "token-2"]
    assert world.credential.counters.replayed == 1
    assert world.credential.counters.rejected == 1


# CREDENTIALS 15
def test_fifty_401s_with_one_old_token_cost_one_request_and_fifty_replays() -> None:
    world, server = World(), Server("token-2")
    world.token()
    authorizer = world.authorizer()
    tasks = [world.simulation.start(call(authorizer, server)) for _ in range(50)]
    world.simulation.run()
    assert [task.value for task in tasks] == [200] * 50
    assert world.endpoint.requests == 2
    assert server.calls.count("token-1") == 50
    assert server.calls.count("token-2") == 50


def test_a_401_of_an_old_token_does_not_cost_the_new_one() -> None:
    world = World()
    authorizer = world.authorizer()
    old, new = request(), request()
    grant = world.simulation.call(authorizer.authorize(old, deadline=None))
    world.clock.advance(1800)
    world.simulation.call(authorizer.authorize(new, deadline=None))
    assert world.simulation.call(authorizer.rejected(old, FakeResponse(401), grant, deadline=None))
    assert world.token() == "token-2"
    assert world.endpoint.requests == 2


# CREDENTIALS 12
def test_suspended_machines_recover_within_one_replay() -> None:
    """The monotonic clock may stand still while a machine sleeps: the token looks fresh and isn't."""
    world, server = World(), Server("token-1")
    authorizer = world.authorizer()
    assert world.simulation.call(call(authorizer, server)) == 200
    server.good = {"token-2"}
    assert world.simulation.call(call(authorizer, server)) == 200
    assert server.calls == ["token-1", "token-1", "token-2"]


def test_a_second_401_ends_the_call_and_later_calls_do_not_hammer_the_token_endpoint() -> None:
    world, server = World(), Server()
    authorizer = world.authorizer()
    assert world.simulation.call(call(authorizer, server)) == 401
    assert server.calls == ["token-1", "token-2"]
    for _ in range(10):
        assert world.simulation.call(call(authorizer, server)) == 401
    assert world.endpoint.requests == 2, "the new token is not at fault"
    world.clock.advance(31)
    server.good = {"token-3"}
    assert world.simulation.call(call(authorizer, server)) == 200


def test_a_product_that_is_refused_leaves_the_token_to_the_others() -> None:
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
def test_a_401_about_the_keys_products_does_not_cost_the_token(content: bytes) -> None:
    world = World()
    authorizer = world.authorizer()
    asked = request()
    grant = world.simulation.call(authorizer.authorize(asked, deadline=None))
    assert not world.simulation.call(authorizer.rejected(asked, FakeResponse(401, content), grant, deadline=None))
    assert world.token() == "token-1"


# CREDENTIALS 17
def test_a_403_costs_no_token() -> None:
    world = World()
    authorizer = world.authorizer()
    assert world.simulation.call(call(authorizer, lambda asked: 403)) == 403
    assert world.token() == "token-1"
    assert world.endpoint.requests == 1


def test_a_body_that_cannot_be_sent_again_still_frees_the_next_call_of_the_old_token() -> None:
    world = World()
    authorizer = world.authorizer()
    asked = request()
    grant = world.simulation.call(authorizer.authorize(asked, deadline=None))
    authorizer.explain(401, grant)  # the call flow did not ask `rejected`
    assert world.token() == "token-2"


def test_fixed_keys_are_not_worth_a_replay() -> None:
    simulation = Simulation()
    authorizer = build_authorizer(
        product(KEY), (("s0",),), CredentialSet.parse(ApiKey("k")), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    asked = request()
    grant = simulation.call(authorizer.authorize(asked, deadline=None))
    assert not simulation.call(authorizer.rejected(asked, FakeResponse(401), grant, deadline=None))


@pytest.mark.parametrize("rotated", [True, False])
def test_keys_from_elsewhere_are_looked_up_again_after_a_401(rotated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "old")
    simulation = Simulation()
    credential = ApiKey(EnvironmentVariable("THE_KEY"))
    authorizer = build_authorizer(
        product(KEY), (("s0",),), CredentialSet.parse(credential), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    asked = request()
    grant = simulation.call(authorizer.authorize(asked, deadline=None))
    if rotated:
        monkeypatch.setenv("THE_KEY", "new")
    again = simulation.call(authorizer.rejected(asked, FakeResponse(401), grant, deadline=None))
    assert again is rotated
    if again:
        simulation.call(authorizer.authorize(asked, deadline=None))
        assert asked.headers == {"x-api-key": "new"}


@pytest.mark.parametrize("location", ["header", "query", "cookie"])
def test_a_key_that_is_refused_again_is_not_looked_up_again_at_once(
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
        simulation.call(call(authorizer, lambda asked: 401))
    assert next(keys) == "third"


def advice(world: World, wanted: Product, status: int) -> str | None:
    authorizer = world.authorizer(wanted)
    grant = world.simulation.call(authorizer.authorize(request(), deadline=None))
    return authorizer.explain(status, grant)


@pytest.mark.parametrize("status", [401, 403])
def test_a_product_that_the_key_lacks_is_named_as_in_the_console(status: int) -> None:
    text = advice(World(TokenEndpoint(products=("storage", "vcc"))), QUALITY, status)
    assert text is not None
    assert "no product “QM - API”" in text
    assert "“storage”, “vcc”" in text
    assert "replication delay" in text


def test_a_product_that_the_key_has_is_not_said_to_be_missing() -> None:
    text = advice(World(TokenEndpoint(products=("QM - API",))), QUALITY, 403)
    assert text is not None
    assert text.startswith("The key has the product “QM - API”")
    assert "read-only" in text
    assert advice(World(), STORAGE, 404) is None


def test_advice_about_keys() -> None:
    simulation = Simulation()
    authorizer = build_authorizer(
        product(KEY), (("s0",),), CredentialSet.parse(ApiKey("k")), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    grant = simulation.call(authorizer.authorize(request(), deadline=None))
    refused, forbidden = authorizer.explain(401, grant), authorizer.explain(403, grant)
    assert refused is not None
    assert "is right" in refused
    assert forbidden is not None
    assert "“Sample Product”" in forbidden
    assert authorizer.explain(400, grant) is None, "what is wrong with the request is not the key's fault"
    assert authorizer.explain(404, grant) is None, "a 404, a redirect or a 500 says nothing of the key"


def test_grants_of_somebody_else_are_no_business_of_ours() -> None:
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
def test_a_rotated_secret_is_used_by_the_next_request(rotate: Callable[[ClientCredentials], None], token: str) -> None:
    world = World()
    world.token()
    rotate(world.credential)
    assert world.token() == token, "a token is used up unless it belongs to somebody else"
    world.clock.advance(2000)
    world.token()
    assert basic_parts(world.endpoint.seen[-1])[1] == "new-secret"


def test_a_function_gives_the_secret_of_the_day() -> None:
    secrets = iter(["monday", "tuesday"])
    world = World(credential=ClientCredentials("id", lambda: next(secrets)))
    world.token()
    world.clock.advance(2000)
    world.token()
    assert [basic_parts(asked)[1] for asked in world.endpoint.seen] == ["monday", "tuesday"]


def test_a_function_gives_the_credentials_of_the_day() -> None:
    given = iter(
        [ClientCredentials("id", "monday"), ClientCredentials("id", "monday"), ClientCredentials("id-2", "tuesday")]
    )
    asked_for = 0

    def provide() -> ClientCredentials:
        nonlocal asked_for
        asked_for += 1
        return next(given)

    simulation = Simulation()
    authorizer: Authorizer | None = build_authorizer(
        STORAGE, (("oauth",),), CredentialSet.parse(provide), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    assert asked_for == 0, "nothing is asked for before the first call"
    asked = request()
    simulation.call(authorizer.authorize(asked, deadline=None))
    simulation.call(authorizer.authorize(asked, deadline=None))
    assert bearer_of(asked) == "token-1"
    simulation.clock.advance(2000)
    simulation.call(authorizer.authorize(asked, deadline=None))
    assert bearer_of(asked) == "token-2"
    assert [basic_parts(one) for one in simulation.endpoint.seen] == [("id", "monday"), ("id-2", "tuesday")]


def test_a_function_gives_more_credentials_and_then_a_new_secret() -> None:
    def key(secret: str) -> ClientCredentials:
        return ClientCredentials("id", secret)

    given: list[object] = [key("monday"), [key("tuesday"), ApiKey("k")], [key("wednesday"), ApiKey("k")]]
    simulation = Simulation()
    credentials = CredentialSet.parse(lambda: given[0])
    authorizer = build_authorizer(STORAGE, (("oauth",),), credentials, context=fake_context(simulation.clock))
    assert authorizer is not None
    for _ in range(3):
        simulation.call(authorizer.authorize(request(), deadline=None))
        simulation.clock.advance(2000)
        given = given[1:]
    assert [basic_parts(one)[1] for one in simulation.endpoint.seen] == ["monday", "tuesday", "wednesday"]


def test_a_function_gives_a_credential_of_another_kind() -> None:
    given: list[object] = [ClientCredentials("id", "secret"), BearerToken("mine")]
    simulation = Simulation()
    credentials = CredentialSet.parse(lambda: given[0])
    authorizer = build_authorizer(STORAGE, (("oauth",),), credentials, context=fake_context(simulation.clock))
    assert authorizer is not None
    simulation.call(authorizer.authorize(request(), deadline=None))
    simulation.clock.advance(2000)
    del given[0]
    simulation.call(authorizer.authorize(request(), deadline=None))
    asked = request()
    simulation.call(authorizer.authorize(asked, deadline=None))
    assert bearer_of(asked) == "mine"


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


def test_a_rotated_id_is_never_given_the_old_ones_token() -> None:
    world = World(TokenEndpoint(latency=1.0))
    waiting = world.simulation.start(world.acquire())
    world.simulation.at(0.5, lambda: world.credential.update_credentials("s2", client_id="id-2"))
    world.simulation.run()
    assert text_of(waiting.value) == "token-1", "who asked before the change may get what was asked for"
    assert world.token() == "token-2"


def test_a_product_without_a_console_name_has_no_advice_about_a_403() -> None:
    assert about_key(Product("p", title="P", servers=(), schemes={}, package="x"), 403) is None
