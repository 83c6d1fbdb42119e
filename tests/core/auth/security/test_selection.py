"""Selection of credentials for operations, and errors for missing ones."""

from __future__ import annotations

import pytest

from tests.support.credentials import OAUTH
from tests.support.simulation import Simulation
from xcaas_core import ApiKey, BasicToken, BearerToken, ClientCredentials, SecretUnavailableError, WorkAnalyticsLogin
from xcaas_core._errors import ConfigurationError, MissingCredentialsError
from xcaas_core.auth.credentials._base import reveal
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._selection import resolve_security
from xcaas_core.operations._product import Product, Scheme

KEY = Scheme("api-key", credential="api-key", location="header", parameter="8x8-apikey")
TENANT_TOKEN = Scheme("api-key", credential="api-token", location="header", parameter="token")
MANAGE = Scheme("api-key", credential="api-key", location="header", parameter="x", options={"key": "management"})
ACTION = Scheme("http-basic", credential="basic-token", options={"token": "action"})
LOGIN = Scheme("oauth2", credential="work-analytics-login", token_url="https://x.example/token")

SCHEMES = {"oauth": OAUTH, "key": KEY, "token": TENANT_TOKEN, "manage": MANAGE, "action": ACTION, "login": LOGIN}


def product(name: str = "sample") -> Product:
    return Product(name, title="Sample", servers=(), schemes=SCHEMES, package="x", console_name="Sample - API")


def select(credentials: object, *security: tuple[str, ...], name: str = "sample") -> list[object]:
    entries = Simulation().call(CredentialSet.parse(credentials).resolve())
    return [resolved.credential for resolved in resolve_security(product(name), security, entries)]


CLIENT_CREDENTIALS = ClientCredentials("id", "s")
KEY_ONLY = ApiKey("plain")
KEY_AND_TOKEN = ApiKey("a", "b")


def test_each_scheme_takes_its_kind_of_credential() -> None:
    everything = [CLIENT_CREDENTIALS, KEY_AND_TOKEN, BasicToken("t", "x"), WorkAnalyticsLogin("k", "u", "p")]
    assert select(everything, ("oauth",)) == [CLIENT_CREDENTIALS]
    assert select(everything, ("key", "token")) == [KEY_AND_TOKEN, KEY_AND_TOKEN]
    assert isinstance(select(everything, ("action",))[0], BasicToken)
    assert isinstance(select(everything, ("login",))[0], WorkAnalyticsLogin)


def test_first_complete_alternative_is_used() -> None:
    assert select([KEY_ONLY, CLIENT_CREDENTIALS], ("key", "token"), ("oauth",)) == [CLIENT_CREDENTIALS]
    assert select([KEY_ONLY, CLIENT_CREDENTIALS], ("key",), ("oauth",)) == [KEY_ONLY]


def test_empty_alternative_allows_anonymous_calls() -> None:
    assert select(None, ("oauth",), ()) == []
    assert select(CLIENT_CREDENTIALS, (), ("oauth",)) == [CLIENT_CREDENTIALS]


def test_more_specific_credential_is_preferred() -> None:
    special = ApiKey("special", products=["contacts"])
    manager = ApiKey("manager", role="management")
    assert select([KEY_ONLY, special], ("key",), name="contacts") == [special]
    assert select([KEY_ONLY, special], ("key",)) == [KEY_ONLY]
    assert select([KEY_ONLY, manager], ("manage",)) == [manager]
    assert select([KEY_ONLY], ("manage",)) == [KEY_ONLY]
    named = ApiKey("named")
    assert select({"key": named, "sample": special}, ("key",)) == [named]
    assert select({"sample": named, "other": KEY_ONLY}, ("key",)) == [named]


def test_mapping_may_hold_a_list() -> None:
    assert select({"sample": [CLIENT_CREDENTIALS, KEY_ONLY]}, ("key",)) == [KEY_ONLY]


def test_bearer_token_is_used_for_oauth_after_client_credentials() -> None:
    bearer = BearerToken("t")
    assert select(bearer, ("oauth",)) == [bearer]
    assert select([bearer, CLIENT_CREDENTIALS], ("oauth",)) == [CLIENT_CREDENTIALS]


def test_ambiguous_credentials_raise() -> None:
    with pytest.raises(ConfigurationError, match="could take each of 2 credentials") as caught:
        select([ApiKey("one"), ApiKey("two")], ("key",))
    assert caught.value.advice is not None
    assert 'products="sample"' in caught.value.advice


APP_KEY = Scheme("api-key", location="header", parameter="x-application-key")
USER_KEY = Scheme("api-key", location="header", parameter="x-api-key")
METRICS = Product("metrics", title="Metrics", servers=(), schemes={"app": APP_KEY, "user": USER_KEY}, package="x")
FIRST_KEY, SECOND_KEY = ApiKey("one"), ApiKey("other")
FOR_APP, FOR_USER = ApiKey("one", role="app"), ApiKey("other", role="user")


def select_for_metrics(credentials: object, *security: tuple[str, ...]) -> list[object]:
    entries = Simulation().call(CredentialSet.parse(credentials).resolve())
    return [resolved.credential for resolved in resolve_security(METRICS, security, entries)]


@pytest.mark.parametrize(
    ("credentials", "keys"),
    [
        ({"app": FIRST_KEY, "user": SECOND_KEY}, [FIRST_KEY, SECOND_KEY]),
        ({"user": SECOND_KEY, "app": FIRST_KEY}, [FIRST_KEY, SECOND_KEY]),
        ([FOR_APP, FOR_USER], [FOR_APP, FOR_USER]),
        ([FOR_USER, FOR_APP], [FOR_APP, FOR_USER]),
        ([FOR_APP, SECOND_KEY], [FOR_APP, SECOND_KEY]),
        ({"app": FIRST_KEY, "user": FIRST_KEY}, [FIRST_KEY, FIRST_KEY]),
    ],
)
def test_combined_schemes_take_two_keys(credentials: object, keys: list[object]) -> None:
    assert select_for_metrics(credentials, ("app", "user")) == keys


def test_one_key_is_not_used_for_two_schemes() -> None:
    with pytest.raises(MissingCredentialsError, match=r'credentials=\{"user": ApiKey\(key\)\}'):
        select_for_metrics(FIRST_KEY, ("app", "user"))
    with pytest.raises(MissingCredentialsError, match=r'credentials=\{"app": ApiKey\(key\)\}'):
        select_for_metrics(FOR_USER, ("app", "user"))
    assert select_for_metrics(FIRST_KEY, ("app",), ("user",)) == [FIRST_KEY]


def test_schemes_with_the_same_location_share_a_key() -> None:
    schemes = {"old": USER_KEY, "new": Scheme("api-key", location="header", parameter="X-API-Key"), "app": APP_KEY}
    product = Product("metrics", title="Metrics", servers=(), schemes=schemes, package="x")
    entries = Simulation().call(CredentialSet.parse(FIRST_KEY).resolve())
    assert [resolved.credential for resolved in resolve_security(product, [("old", "new")], entries)] == [
        FIRST_KEY,
        FIRST_KEY,
    ]
    with pytest.raises(MissingCredentialsError):
        resolve_security(product, [("old", "new", "app")], entries)


def test_ambiguous_api_keys_raise_and_say_how_to_name_them() -> None:
    with pytest.raises(ConfigurationError, match="could take each of 2 credentials") as caught:
        select_for_metrics([FIRST_KEY, SECOND_KEY], ("app", "user"))
    assert caught.value.advice is not None
    assert 'credentials={"app": …}, role="app"' in caught.value.advice


@pytest.mark.parametrize(
    ("credentials", "security", "messages"),
    [
        (None, ("oauth",), ["ClientCredentials(client_id, client_secret)", "XCAAS_CLIENT_SECRET", "Sample - API"]),
        (KEY_ONLY, ("key", "token"), ["ApiKey(key, token)", "XCAAS_API_TOKEN"]),
        (CLIENT_CREDENTIALS, ("key",), ["ApiKey(key)", "XCAAS_API_KEY"]),
        (ApiKey("k", role="search"), ("manage",), ["(the management key)"]),
        (BasicToken("t", "x", role="data"), ("action",), ["BasicToken(tenant, token)", "(the action token)"]),
        (None, ("login",), ["WorkAnalyticsLogin(api_key, username, password)", "XCAAS_PASSWORD"]),
        (ApiKey("k", products="contacts"), ("key",), ["ApiKey(key)"]),
    ],
)
def test_missing_credentials_are_named(credentials: object, security: tuple[str, ...], messages: list[str]) -> None:
    with pytest.raises(MissingCredentialsError, match="Sample takes a credential") as caught:
        select(credentials, security)
    for message in messages:
        assert message in str(caught.value)


def test_all_missing_alternatives_are_listed() -> None:
    with pytest.raises(MissingCredentialsError) as caught:
        select(None, ("oauth",), ("key",))
    assert "; or ApiKey(key)" in str(caught.value)


def test_client_credentials_take_the_alternative_with_a_token_endpoint() -> None:
    schemes = {"bearer": Scheme("http-bearer"), "oauth": Scheme("oauth2", token_url="https://x.example/token")}
    product = Product("sample", title="Sample", servers=(), schemes=schemes, package="x")

    def names(credential: ClientCredentials, *security: tuple[str, ...]) -> list[str]:
        entries = Simulation().call(CredentialSet.parse(credential).resolve())
        return [resolved.name for resolved in resolve_security(product, security, entries)]

    assert names(CLIENT_CREDENTIALS, ("bearer",), ("oauth",)) == ["oauth"]
    named = ClientCredentials("id", "s", token_url="https://y.example/token")
    assert names(named, ("bearer",), ("oauth",)) == ["bearer"]
    with pytest.raises(MissingCredentialsError, match=r"Give the client BearerToken\(token\) or .*token_url="):
        names(CLIENT_CREDENTIALS, ("bearer",))


def test_undescribed_scheme_raises() -> None:
    with pytest.raises(ConfigurationError, match="'nowhere'"):
        select(CLIENT_CREDENTIALS, ("nowhere",))


@pytest.mark.parametrize("value", [7, [7], {"key": 7}, {"key": {"key": KEY_ONLY}}, [None]])
def test_invalid_credentials_raise(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"credentials cannot (be|hold)"):
        select(value, ("key",))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            BasicToken("id", "secret"),
            r"does not have: it has BasicToken\(tenant='id', token=\*\*\*\)\. Give the client Clie",
        ),
        (
            {"sampel": CLIENT_CREDENTIALS},
            r"it has ClientCredentials\(.*\) for 'sampel'; credentials for it are named 'sample' or ",
        ),
        ({"key": CLIENT_CREDENTIALS}, r"it has ClientCredentials\([^)]*\) for 'key'\. Give"),
        ([ApiKey(f"k{number}") for number in range(8)], r"it has (ApiKey\(key=\*\*\*\),? ){5}and 3 more\. Give"),
    ],
)
def test_existing_credentials_are_listed_in_the_error(value: object, message: str) -> None:
    with pytest.raises(MissingCredentialsError, match=message):
        select(value, ("oauth",))


def test_failing_provider_raises_without_its_message() -> None:
    def provider() -> object:
        raise RuntimeError("with a secret in it")

    with pytest.raises(SecretUnavailableError, match="raised RuntimeError") as caught:
        select(provider, ("key",))
    assert "secret in it" not in str(caught.value)
    assert caught.value.__context__ is None


def test_clients_with_one_provider_share_a_set() -> None:
    def provider() -> object:
        return CLIENT_CREDENTIALS

    first = CredentialSet.parse(provider)
    assert CredentialSet.parse(provider) is first
    assert CredentialSet.parse(lambda: CLIENT_CREDENTIALS) is not first
    assert "function" in repr(first)
    Simulation().call(first.resolve())
    assert "ClientCredentials" in repr(first)


def test_reloaded_provider_may_change_the_kind() -> None:
    provided: list[object] = [KEY_ONLY, CLIENT_CREDENTIALS]
    credentials = CredentialSet.parse(lambda: provided.pop(0))
    simulation = Simulation()
    assert [entry.credential for entry in simulation.call(credentials.resolve())] == [KEY_ONLY]
    credentials._reload()  # pyright: ignore[reportPrivateUsage]
    assert [entry.credential for entry in simulation.call(credentials.resolve())] == [CLIENT_CREDENTIALS]


def test_reordered_keys_of_a_provider_keep_their_products() -> None:
    def key(name: str, product: str) -> ApiKey:
        return ApiKey(name, products=product)

    provided: list[object] = [[key("a", "one"), key("b", "two")], [key("b2", "two"), key("a2", "one")]]
    credentials, simulation = CredentialSet.parse(lambda: provided[0]), Simulation()
    entries = simulation.call(credentials.resolve())
    del provided[0]
    secrets = {
        entry.credential.products: simulation.call(reveal(entry.credential, "_key")).reveal() for entry in entries
    }
    assert secrets == {frozenset({"one"}): "a2", frozenset({"two"}): "b2"}


def test_provider_may_return_nothing_temporarily() -> None:
    provided: list[object] = [None, CLIENT_CREDENTIALS, None, 5, CLIENT_CREDENTIALS]
    credentials = CredentialSet.parse(lambda: provided.pop(0))
    simulation = Simulation()
    assert simulation.call(credentials.resolve()) == ()
    (entry,) = simulation.call(credentials.resolve())
    for message in ("gave none", "cannot be int"):
        with pytest.raises(SecretUnavailableError, match=message):
            credentials._reload()  # pyright: ignore[reportPrivateUsage]
    assert simulation.call(credentials.resolve()) == (entry,)
