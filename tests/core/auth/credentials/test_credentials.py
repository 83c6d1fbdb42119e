"""Credential objects: what they show, how they change, and how they travel."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

from tests.support.credentials import SECRET, World
from xcaas_core import (
    ApiKey,
    BasicToken,
    BearerToken,
    ClientCredentials,
    ConfigurationError,
    Credential,
    EnvironmentVariable,
    MemoryTokenCache,
    Secret,
    SecretUnavailableError,
    TokenPolicy,
    WorkAnalyticsLogin,
)

MAKERS: list[Callable[[], Credential]] = [
    lambda: ClientCredentials("id", SECRET),
    lambda: ApiKey(SECRET, SECRET),
    lambda: BasicToken("tenant", SECRET),
    lambda: WorkAnalyticsLogin(SECRET, "user", SECRET),
    lambda: BearerToken(SECRET),
]


def the_secret() -> str:
    return SECRET


@pytest.mark.parametrize(
    ("credential", "shown"),
    [
        (ClientCredentials("id", SECRET), "ClientCredentials(client_id='id', client_secret=***)"),
        (ApiKey(SECRET), "ApiKey(key=***)"),
        (
            ApiKey(SECRET, SECRET, products="contacts", role="search"),
            "ApiKey(key=***, token=***, products=['contacts'], role='search')",
        ),
        (BasicToken("acme", SECRET, role="action"), "BasicToken(tenant='acme', token=***, role='action')"),
        (WorkAnalyticsLogin(SECRET, "me", SECRET), "WorkAnalyticsLogin(username='me', api_key=***, password=***)"),
        (BearerToken(the_secret), "BearerToken(token=the_secret)"),
        (ApiKey(EnvironmentVariable("THE_KEY")), "ApiKey(key=EnvironmentVariable('THE_KEY'))"),
    ],
)
def test_repr(credential: Credential, shown: str) -> None:
    assert repr(credential) == shown
    assert str(credential) == shown


@pytest.mark.parametrize(
    "make",
    [
        lambda: ClientCredentials("", "s"),
        lambda: ClientCredentials("id", " "),
        lambda: ApiKey(""),
        lambda: BasicToken("with:colon", "t"),
        lambda: BearerToken(7),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_a_credential(make: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError):
        make()


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_carry_configuration_and_no_secret(make: Callable[[], Credential], protocol: int) -> None:
    original = make()
    data = pickle.dumps(original, protocol)
    assert SECRET.encode() not in data
    assert type(pickle.loads(data)) is type(original)


def test_a_secret_that_was_left_behind_is_named_when_it_is_needed() -> None:
    world = World(credential=pickle.loads(pickle.dumps(ClientCredentials("id", SECRET))))
    with pytest.raises(SecretUnavailableError, match="pickling left it behind"):
        world.token()
    assert world.endpoint.requests == 0


def test_secrets_travel_when_asked() -> None:
    copied = ClientCredentials("id", SECRET, policy=TokenPolicy(attempts=2), scopes="a").with_secrets()
    arrived = pickle.loads(pickle.dumps(copied))
    assert SECRET.encode() in pickle.dumps(copied)
    assert arrived.policy.attempts == 2
    assert arrived.scopes == {"a"}
    assert World(credential=arrived).token() == "token-1"
    assert SECRET not in repr(arrived)


@pytest.mark.parametrize("source", [EnvironmentVariable("THE_SECRET"), the_secret])
def test_references_travel(source: EnvironmentVariable | Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_SECRET", SECRET)
    data = pickle.dumps(ClientCredentials("id", source))
    assert SECRET.encode() not in data
    assert World(credential=pickle.loads(data)).token() == "token-1"


def test_tokens_and_renewals_do_not_travel() -> None:
    world = World(credential=ClientCredentials("id", SECRET).with_secrets())
    world.token()
    data = pickle.dumps(world.credential)
    assert b"token-1" not in data
    arrived = pickle.loads(data)
    assert arrived.counters.acquired == 0


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copies_keep_the_secret_and_start_fresh(
    duplicate: Callable[[ClientCredentials], ClientCredentials],
) -> None:
    world = World()
    flow = world.acquire()
    next(flow)  # a renewal is under way, with its lock and its leader
    twin = World(credential=duplicate(world.credential))
    assert twin.token() == "token-1"
    assert twin.endpoint.requests == 1
    assert world.credential.counters.acquired == 0
    flow.close()


def test_copies_share_the_cache_that_was_given() -> None:
    cache = MemoryTokenCache()
    original = ClientCredentials("id", SECRET, cache=cache)
    assert copy.deepcopy(original).cache is cache
    assert isinstance(pickle.loads(pickle.dumps(original)).cache, MemoryTokenCache)


def test_the_observer_stays_with_copies_and_does_not_travel() -> None:
    seen: list[object] = []
    original = ClientCredentials("id", SECRET, on_event=lambda event: seen.append(event))
    World(credential=copy.copy(original)).token()
    assert len(seen) == 1
    World(credential=pickle.loads(pickle.dumps(original.with_secrets()))).token()
    assert len(seen) == 1


def test_secret_behaves_like_nothing_in_particular() -> None:
    secret = Secret(SECRET)
    assert (repr(secret), str(secret), f"{secret:>5}") == ("Secret(***)", "***", "  ***")
    assert secret == Secret(SECRET)
    assert secret != Secret("other")
    assert secret != SECRET
    assert hash(secret) == hash(Secret(SECRET))
    assert secret
    assert not Secret("")
    assert copy.deepcopy(secret) is secret
    assert copy.copy(secret) is secret
    assert secret.reveal() == SECRET
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


def test_newlines_at_the_end_of_secrets_are_not_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_SECRET", f"{SECRET}\n")
    for source in (f"{SECRET}\n", EnvironmentVariable("THE_SECRET"), lambda: f"{SECRET}\r\n"):
        world = World(credential=ClientCredentials("id", source, client_auth="body"))
        world.token()
        content = world.endpoint.seen[0].content
        assert isinstance(content, bytes)
        assert content.endswith(SECRET.encode())


def raising() -> str:
    raise LookupError(f"vault says {SECRET}")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (raising, "raised LookupError"),
        (lambda: "", "gave str instead"),
        (lambda: None, "gave NoneType instead"),
        (EnvironmentVariable("NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE is not set"),
    ],
)
def test_secrets_that_cannot_be_had(source: EnvironmentVariable | Callable[[], str], text: str) -> None:
    world = World(credential=ClientCredentials("id", source))
    with pytest.raises(SecretUnavailableError, match=text) as caught:
        world.token()
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_secret_may_be_given_wrapped() -> None:
    world = World(credential=ClientCredentials("id", Secret(SECRET)))
    assert world.token() == "token-1"


@pytest.mark.parametrize("make", MAKERS)
def test_rotation_keeps_the_object(make: Callable[[], Credential]) -> None:
    credential = make()
    match credential:
        case ClientCredentials():
            credential.update_credentials("new", client_id="id-2")
            assert credential.client_id == "id-2"
        case ApiKey():
            credential.update_credentials("new", "new token")
            assert credential.has_token
        case BasicToken():
            credential.update_credentials("new", tenant="tenant-2")
            assert credential.tenant == "tenant-2"
        case WorkAnalyticsLogin():
            credential.update_credentials("new", username="user-2", api_key="new key")
            assert credential.username == "user-2"
        case BearerToken():
            credential.update_credentials("new")
        case _:
            raise AssertionError(credential)
    assert "new" not in repr(credential)


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
