"""Credential objects: repr, updates, copies and pickles."""

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

FACTORIES: list[Callable[[], Credential]] = [
    lambda: ClientCredentials("id", SECRET),
    lambda: ApiKey(SECRET, SECRET),
    lambda: BasicToken("tenant", SECRET),
    lambda: WorkAnalyticsLogin(SECRET, "user", SECRET),
    lambda: BearerToken(SECRET),
]


def the_secret() -> str:
    return SECRET


@pytest.mark.parametrize(
    ("credential", "expected"),
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
def test_repr_hides_secrets(credential: Credential, expected: str) -> None:
    assert repr(credential) == expected
    assert str(credential) == expected


@pytest.mark.parametrize(
    "factory",
    [
        lambda: ClientCredentials("", "s"),
        lambda: ClientCredentials("id", " "),
        lambda: ApiKey(""),
        lambda: BasicToken("with:colon", "t"),
        lambda: BearerToken(7),  # type: ignore[arg-type]
    ],
)
def test_invalid_credentials_raise(factory: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError):
        factory()


@pytest.mark.parametrize("factory", FACTORIES)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_hold_no_secret(factory: Callable[[], Credential], protocol: int) -> None:
    original = factory()
    data = pickle.dumps(original, protocol)
    assert SECRET.encode() not in data
    assert type(pickle.loads(data)) is type(original)


def test_unpickled_credential_without_its_secret_raises_when_used() -> None:
    world = World(credential=pickle.loads(pickle.dumps(ClientCredentials("id", SECRET))))
    with pytest.raises(SecretUnavailableError, match="pickling left it behind"):
        world.token()
    assert world.endpoint.requests == 0


def test_with_secrets_pickles_secrets() -> None:
    copied = ClientCredentials("id", SECRET, policy=TokenPolicy(attempts=2), scopes="a").with_secrets()
    unpickled = pickle.loads(pickle.dumps(copied))
    assert SECRET.encode() in pickle.dumps(copied)
    assert unpickled.policy.attempts == 2
    assert unpickled.scopes == {"a"}
    assert World(credential=unpickled).token() == "token-1"
    assert SECRET not in repr(unpickled)


@pytest.mark.parametrize("source", [EnvironmentVariable("THE_SECRET"), the_secret])
def test_references_are_pickled(
    source: EnvironmentVariable | Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_SECRET", SECRET)
    data = pickle.dumps(ClientCredentials("id", source))
    assert SECRET.encode() not in data
    assert World(credential=pickle.loads(data)).token() == "token-1"


def test_tokens_and_counters_are_not_pickled() -> None:
    world = World(credential=ClientCredentials("id", SECRET).with_secrets())
    world.token()
    data = pickle.dumps(world.credential)
    assert b"token-1" not in data
    unpickled = pickle.loads(data)
    assert unpickled.counters.acquired == 0


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy])
def test_copies_keep_the_secret_without_tokens(
    copier: Callable[[ClientCredentials], ClientCredentials],
) -> None:
    world = World()
    flow = world.acquire()
    next(flow)  # a renewal is in progress
    copied = World(credential=copier(world.credential))
    assert copied.token() == "token-1"
    assert copied.endpoint.requests == 1
    assert world.credential.counters.acquired == 0
    flow.close()


def test_copies_share_the_cache() -> None:
    cache = MemoryTokenCache()
    original = ClientCredentials("id", SECRET, cache=cache)
    assert copy.deepcopy(original).cache is cache
    assert isinstance(pickle.loads(pickle.dumps(original)).cache, MemoryTokenCache)


def test_observer_is_copied_but_not_pickled() -> None:
    events: list[object] = []
    original = ClientCredentials("id", SECRET, on_event=lambda event: events.append(event))
    World(credential=copy.copy(original)).token()
    assert len(events) == 1
    World(credential=pickle.loads(pickle.dumps(original.with_secrets()))).token()
    assert len(events) == 1


def test_secret_hides_its_value_and_is_not_pickled() -> None:
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


def test_trailing_line_breaks_of_secrets_are_stripped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_SECRET", f"{SECRET}\n")
    for source in (f"{SECRET}\n", EnvironmentVariable("THE_SECRET"), lambda: f"{SECRET}\r\n"):
        world = World(credential=ClientCredentials("id", source, client_auth="body"))
        world.token()
        content = world.endpoint.seen[0].content
        assert isinstance(content, bytes)
        assert content.endswith(SECRET.encode())


def failing_vault() -> str:
    raise LookupError(f"vault says {SECRET}")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (failing_vault, "raised LookupError"),
        (lambda: "", "gave str instead"),
        (lambda: None, "gave NoneType instead"),
        (EnvironmentVariable("NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE is not set"),
    ],
)
def test_unavailable_secrets_raise(source: EnvironmentVariable | Callable[[], str], message: str) -> None:
    world = World(credential=ClientCredentials("id", source))
    with pytest.raises(SecretUnavailableError, match=message) as caught:
        world.token()
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None


def test_wrapped_secret_is_accepted() -> None:
    world = World(credential=ClientCredentials("id", Secret(SECRET)))
    assert world.token() == "token-1"


@pytest.mark.parametrize("factory", FACTORIES)
def test_update_credentials_changes_the_object_in_place(factory: Callable[[], Credential]) -> None:
    credential = factory()
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


def test_update_credentials_keeps_omitted_values() -> None:
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
