"""Small rules that nothing else touches."""

from __future__ import annotations

import copy
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import xcaas_core.auth
from tests.auth.sample import Client
from tests.auth.support import OAUTH, SECRET, STORAGE, World, request, text_of
from tests.auth.token_server import TokenServer
from xcaas_core._errors import ConfigurationError, XCaaSError
from xcaas_core._secrets import MaskedBytes, bearer
from xcaas_core.auth import (
    ApiKey,
    BasicToken,
    ClientCredentials,
    CredentialSet,
    EnvironmentVariable,
    MemoryTokenCache,
    Secret,
    SecretUnavailableError,
    TokenRefusedError,
    WorkAnalyticsLogin,
    build_authorizer,
)
from xcaas_core.auth.credentials._sources import CallableSecret, LiteralSecret
from xcaas_core.auth.security._bindings import token_manager
from xcaas_core.auth.tokens._failure import Failure
from xcaas_core.auth.tokens._refresh import Refresh
from xcaas_core.operations._product import Product, Scheme
from xcaas_core.testing._tokens import FakeResponse, Simulation, TokenEndpoint, fake_context


def test_public_names() -> None:
    assert list(xcaas_core.auth.__all__) == sorted(xcaas_core.auth.__all__)
    for name in xcaas_core.auth.__all__:
        assert hasattr(xcaas_core.auth, name)
    assert set(xcaas_core.auth.__all__) <= set(dir(xcaas_core.auth))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = xcaas_core.auth.nothing  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_flight_lands_once_and_wakes_everybody_even_if_one_cannot_be_woken() -> None:
    refresh = Refresh(early=False, overdue_at=0.0, generation=0)
    woken: list[int] = []

    def broken() -> None:
        raise RuntimeError("its event loop is gone")

    refresh.on_done(broken)
    refresh.on_done(lambda: woken.append(1))
    refresh.complete(None)
    failure = Failure(kind="unavailable", message="too late")
    refresh.complete(failure)
    assert refresh.outcome is None
    refresh.on_done(lambda: woken.append(2))
    assert woken == [1, 2]


def test_failures_say_how_often_was_tried() -> None:
    failure = Failure(kind="refused", message="no")
    assert failure.final(1) is failure
    assert failure.final(3).message == "no (3 attempts)"
    assert Failure(kind="secret", message="no").name == "SecretUnavailableError"


def test_masked_values_are_themselves_when_used_and_masked_when_shown() -> None:
    header, payload = bearer("abc"), MaskedBytes(b"abc")
    assert header == "Bearer abc"
    assert payload == b"abc"
    assert (repr(header), repr(payload), str(payload)) == ("'***'", "b'***'", "b'***'")
    assert copy.copy(header) is header
    assert copy.deepcopy({"authorization": header}) == {"authorization": "Bearer abc"}
    with pytest.raises(TypeError, match="not pickled"):
        header.__reduce__()


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


@pytest.mark.parametrize("key", ["with\nnewline", "wörth", "tab\there"])
def test_a_key_that_no_header_can_carry_is_an_error_that_does_not_show_it(key: str) -> None:
    scheme = Scheme("api-key", credential="api-key", location="header", parameter="x")
    product = Product("p", title="P", servers=(), schemes={"k": scheme}, package="x")
    simulation = Simulation()
    authorizer = build_authorizer(
        product, (("k",),), CredentialSet.parse(ApiKey(key)), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    for _ in range(2):
        with pytest.raises(SecretUnavailableError, match="no header can carry") as caught:
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


def test_a_scheme_without_an_endpoint_and_kinds_that_cannot_ask() -> None:
    bare = Scheme("oauth2")
    with pytest.raises(ConfigurationError, match="names no token endpoint"):
        token_manager(ClientCredentials("i", "s"), STORAGE, bare, fake_context(lambda: 0.0))
    with pytest.raises(ConfigurationError, match="cannot ask for a token"):
        token_manager(BasicToken("t", "x"), STORAGE, OAUTH, fake_context(lambda: 0.0))


def test_the_document_may_say_how_the_endpoint_takes_key_and_secret() -> None:
    in_body = Scheme(
        "oauth2",
        credential="client-credentials",
        token_url="https://api.example.com/token",
        options={"client_auth": "body"},
    )
    simulation = Simulation()
    manager = token_manager(ClientCredentials("i", "s"), STORAGE, in_body, fake_context(simulation.clock))
    simulation.call(manager.acquire())
    assert "authorization" not in simulation.endpoint.seen[0].headers


def test_a_login_changes_as_a_whole_or_in_part() -> None:
    login = WorkAnalyticsLogin("key", "user", "password")
    login.update_credentials("new password")
    assert (login.username, repr(login)) == (
        "user",
        "WorkAnalyticsLogin(username='user', api_key=***, password=***)",
    )
    key = ApiKey("key", "token")
    key.update_credentials("new")
    assert key.has_token
    basic = BasicToken("tenant", "token")
    basic.update_credentials("new")
    assert basic.tenant == "tenant"


def test_an_advisory_renewal_with_an_unreachable_endpoint_reports_the_refusal_once() -> None:
    world = World()
    world.token()
    world.endpoint.script = [FakeResponse(401, b'{"error": "invalid_client"}')]
    world.clock.advance(1799 - 250)
    assert [world.token() for _ in range(10)] == ["token-1"] * 10
    assert world.endpoint.requests == 2
    world.clock.advance(250)
    assert world.token() == "token-3"


def test_many_threads_ask_a_function_for_credentials_once() -> None:
    asked: list[int] = []

    def provide() -> ClientCredentials:
        asked.append(1)
        time.sleep(0.1)
        return ClientCredentials("id", "secret")

    with TokenServer() as server:
        server.service.latency = 0.1
        with Client(credentials=provide, base_url=server.url) as client, ThreadPoolExecutor(30) as pool:
            futures = [pool.submit(client.sample.get) for _ in range(30)]
            assert [future.result(30) for future in futures] == [{"ok": True}] * 30
        assert server.service.token_requests == 1
    assert len(asked) == 2, "once to see what there is, once for the token request"


def test_a_client_that_is_closed_while_a_token_is_on_its_way_lets_everybody_go() -> None:
    with TokenServer() as server:
        server.service.latency = 1.0
        client = Client(credentials=ClientCredentials("id", "secret"), base_url=server.url)
        ended: list[object] = []

        def work() -> None:
            try:
                ended.append(client.sample.get())
            except XCaaSError as error:
                ended.append(error)

        threads = [threading.Thread(target=work) for _ in range(5)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        client.close()
        for thread in threads:
            thread.join(20)
        assert len(ended) == 5


def test_a_rotated_id_is_never_given_the_old_ones_token() -> None:
    world = World(TokenEndpoint(latency=1.0))
    waiting = world.simulation.start(world.acquire())
    world.simulation.at(0.5, lambda: world.credential.update_credentials("s2", client_id="id-2"))
    world.simulation.run()
    assert text_of(waiting.value) == "token-1", "who asked before the change may get what was asked for"
    assert world.token() == "token-2"


def test_errors_of_the_token_endpoint_tell_who_was_asked_and_what_to_do() -> None:
    world = World(TokenEndpoint(script=(FakeResponse(401, b'{"ErrorCode": "InvalidClientId"}'),)))
    with pytest.raises(TokenRefusedError) as caught:
        world.token()
    assert str(caught.value) == (
        "https://api.example.com/oauth/v2/token answered 401 InvalidClientId: no token. Check the key and its secret "
        "(a key that was deleted or replaced in the Admin Console is refused too)."
    )


def test_a_memory_cache_survives_being_copied_and_reset() -> None:
    cache = MemoryTokenCache()
    cache.write("k", b"x", 60)
    assert cache.try_lock("k", 60) is not None
    assert copy.copy(cache) is cache
    cache.reset()
    assert cache.try_lock("k", 60) is not None, "who held the lock does not exist in a forked child"
    assert cache.read("k") is not None


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
