"""Which credential an operation gets, and what is said when there is none."""

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


def chosen(credentials: object, *security: tuple[str, ...], name: str = "sample") -> list[object]:
    held = Simulation().call(CredentialSet.parse(credentials).resolve())
    return [choice.credential for choice in resolve_security(product(name), security, held)]


OAUTH_KEY = ClientCredentials("id", "s")
PLAIN = ApiKey("plain")
WITH_TOKEN = ApiKey("a", "b")


def test_each_scheme_gets_its_kind() -> None:
    everything = [OAUTH_KEY, WITH_TOKEN, BasicToken("t", "x"), WorkAnalyticsLogin("k", "u", "p")]
    assert chosen(everything, ("oauth",)) == [OAUTH_KEY]
    assert chosen(everything, ("key", "token")) == [WITH_TOKEN, WITH_TOKEN]
    assert isinstance(chosen(everything, ("action",))[0], BasicToken)
    assert isinstance(chosen(everything, ("login",))[0], WorkAnalyticsLogin)


def test_the_first_alternative_that_is_complete_wins() -> None:
    assert chosen([PLAIN, OAUTH_KEY], ("key", "token"), ("oauth",)) == [OAUTH_KEY]
    assert chosen([PLAIN, OAUTH_KEY], ("key",), ("oauth",)) == [PLAIN]


def test_calls_may_stay_anonymous_where_the_document_says_so() -> None:
    assert chosen(None, ("oauth",), ()) == []
    assert chosen(OAUTH_KEY, (), ("oauth",)) == [OAUTH_KEY]


def test_what_was_said_more_exactly_wins() -> None:
    special = ApiKey("special", products=["contacts"])
    manager = ApiKey("manager", role="management")
    assert chosen([PLAIN, special], ("key",), name="contacts") == [special]
    assert chosen([PLAIN, special], ("key",)) == [PLAIN]
    assert chosen([PLAIN, manager], ("manage",)) == [manager]
    assert chosen([PLAIN], ("manage",)) == [PLAIN]
    named = ApiKey("named")
    assert chosen({"key": named, "sample": special}, ("key",)) == [named]
    assert chosen({"sample": named, "other": PLAIN}, ("key",)) == [named]


def test_a_mapping_may_hold_several() -> None:
    assert chosen({"sample": [OAUTH_KEY, PLAIN]}, ("key",)) == [PLAIN]


def test_a_token_from_elsewhere_opens_what_oauth_opens_but_does_not_push_in_front() -> None:
    bearer = BearerToken("t")
    assert chosen(bearer, ("oauth",)) == [bearer]
    assert chosen([bearer, OAUTH_KEY], ("oauth",)) == [OAUTH_KEY]


def test_two_that_fit_equally_well_are_an_error() -> None:
    with pytest.raises(ConfigurationError, match="could take each of 2 credentials") as caught:
        chosen([ApiKey("one"), ApiKey("two")], ("key",))
    assert caught.value.advice is not None
    assert 'products="sample"' in caught.value.advice


APP_KEY = Scheme("api-key", location="header", parameter="x-application-key")
USER_KEY = Scheme("api-key", location="header", parameter="x-api-key")
METRICS = Product("metrics", title="Metrics", servers=(), schemes={"app": APP_KEY, "user": USER_KEY}, package="x")
ONE, OTHER = ApiKey("one"), ApiKey("other")
FOR_APP, FOR_USER = ApiKey("one", role="app"), ApiKey("other", role="user")


def opened(credentials: object, *security: tuple[str, ...]) -> list[object]:
    held = Simulation().call(CredentialSet.parse(credentials).resolve())
    return [choice.credential for choice in resolve_security(METRICS, security, held)]


@pytest.mark.parametrize(
    ("credentials", "keys"),
    [
        ({"app": ONE, "user": OTHER}, [ONE, OTHER]),
        ({"user": OTHER, "app": ONE}, [ONE, OTHER]),
        ([FOR_APP, FOR_USER], [FOR_APP, FOR_USER]),
        ([FOR_USER, FOR_APP], [FOR_APP, FOR_USER]),
        ([FOR_APP, OTHER], [FOR_APP, OTHER]),
        ({"app": ONE, "user": ONE}, [ONE, ONE]),
    ],
)
def test_two_schemes_that_apply_together_take_two_keys(credentials: object, keys: list[object]) -> None:
    assert opened(credentials, ("app", "user")) == keys


def test_one_key_does_not_go_out_under_two_names() -> None:
    with pytest.raises(MissingCredentialsError, match=r'credentials=\{"user": ApiKey\(key\)\}'):
        opened(ONE, ("app", "user"))
    with pytest.raises(MissingCredentialsError, match=r'credentials=\{"app": ApiKey\(key\)\}'):
        opened(FOR_USER, ("app", "user"))
    assert opened(ONE, ("app",), ("user",)) == [ONE]


def test_schemes_of_one_place_are_one_key() -> None:
    schemes = {"old": USER_KEY, "new": Scheme("api-key", location="header", parameter="X-API-Key"), "app": APP_KEY}
    product = Product("metrics", title="Metrics", servers=(), schemes=schemes, package="x")
    held = Simulation().call(CredentialSet.parse(ONE).resolve())
    assert [one.credential for one in resolve_security(product, [("old", "new")], held)] == [ONE, ONE]
    with pytest.raises(MissingCredentialsError):
        resolve_security(product, [("old", "new", "app")], held)


def test_two_keys_that_nothing_tells_apart_are_answered_with_how_to_name_them() -> None:
    with pytest.raises(ConfigurationError, match="could take each of 2 credentials") as caught:
        opened([ONE, OTHER], ("app", "user"))
    assert caught.value.advice is not None
    assert 'credentials={"app": …}, role="app"' in caught.value.advice


@pytest.mark.parametrize(
    ("credentials", "security", "told"),
    [
        (None, ("oauth",), ["ClientCredentials(client_id, client_secret)", "XCAAS_CLIENT_SECRET", "Sample - API"]),
        (PLAIN, ("key", "token"), ["ApiKey(key, token)", "XCAAS_API_TOKEN"]),
        (OAUTH_KEY, ("key",), ["ApiKey(key)", "XCAAS_API_KEY"]),
        (ApiKey("k", role="search"), ("manage",), ["(the management key)"]),
        (BasicToken("t", "x", role="data"), ("action",), ["BasicToken(tenant, token)", "(the action token)"]),
        (None, ("login",), ["WorkAnalyticsLogin(api_key, username, password)", "XCAAS_PASSWORD"]),
        (ApiKey("k", products="contacts"), ("key",), ["ApiKey(key)"]),
    ],
)
def test_what_is_missing_is_said(credentials: object, security: tuple[str, ...], told: list[str]) -> None:
    with pytest.raises(MissingCredentialsError, match="Sample takes a credential") as caught:
        chosen(credentials, security)
    for text in told:
        assert text in str(caught.value)


def test_missing_alternatives_are_all_told() -> None:
    with pytest.raises(MissingCredentialsError) as caught:
        chosen(None, ("oauth",), ("key",))
    assert "; or ApiKey(key)" in str(caught.value)


def test_client_credentials_go_to_the_alternative_that_says_where_to_get_a_token() -> None:
    schemes = {"bearer": Scheme("http-bearer"), "oauth": Scheme("oauth2", token_url="https://x.example/token")}
    product = Product("sample", title="Sample", servers=(), schemes=schemes, package="x")

    def names(credential: ClientCredentials, *security: tuple[str, ...]) -> list[str]:
        held = Simulation().call(CredentialSet.parse(credential).resolve())
        return [one.name for one in resolve_security(product, security, held)]

    assert names(OAUTH_KEY, ("bearer",), ("oauth",)) == ["oauth"]
    named = ClientCredentials("id", "s", token_url="https://y.example/token")
    assert names(named, ("bearer",), ("oauth",)) == ["bearer"]
    with pytest.raises(MissingCredentialsError, match=r"Give the client BearerToken\(token\) or .*token_url="):
        names(OAUTH_KEY, ("bearer",))


def test_a_scheme_that_is_not_described_is_an_error_of_the_document() -> None:
    with pytest.raises(ConfigurationError, match="'nowhere'"):
        chosen(OAUTH_KEY, ("nowhere",))


@pytest.mark.parametrize("given", [7, [7], {"key": 7}, {"key": {"key": PLAIN}}, [None]])
def test_what_credentials_cannot_be(given: object) -> None:
    with pytest.raises(ConfigurationError, match=r"credentials cannot (be|hold)"):
        chosen(given, ("key",))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            BasicToken("id", "secret"),
            r"does not have: it has BasicToken\(tenant='id', token=\*\*\*\)\. Give the client Clie",
        ),
        (
            {"sampel": OAUTH_KEY},
            r"it has ClientCredentials\(.*\) for 'sampel'; credentials for it are named 'sample' or ",
        ),
        ({"key": OAUTH_KEY}, r"it has ClientCredentials\([^)]*\) for 'key'\. Give"),
        ([ApiKey(f"k{number}") for number in range(8)], r"it has (ApiKey\(key=\*\*\*\),? ){5}and 3 more\. Give"),
    ],
)
def test_what_there_is_instead_is_said(given: object, told: str) -> None:
    with pytest.raises(MissingCredentialsError, match=told):
        chosen(given, ("oauth",))


def test_a_function_that_raises() -> None:
    def vault() -> object:
        raise RuntimeError("with a secret in it")

    with pytest.raises(SecretUnavailableError, match="raised RuntimeError") as caught:
        chosen(vault, ("key",))
    assert "secret in it" not in str(caught.value)
    assert caught.value.__context__ is None


def test_clients_share_what_one_function_gave() -> None:
    def vault() -> object:
        return OAUTH_KEY

    first = CredentialSet.parse(vault)
    assert CredentialSet.parse(vault) is first
    assert CredentialSet.parse(lambda: OAUTH_KEY) is not first
    assert "function" in repr(first)
    Simulation().call(first.resolve())
    assert "ClientCredentials" in repr(first)


def test_a_function_may_change_its_mind_about_the_kind() -> None:
    given: list[object] = [PLAIN, OAUTH_KEY]
    credentials = CredentialSet.parse(lambda: given.pop(0))
    simulation = Simulation()
    assert [held.credential for held in simulation.call(credentials.resolve())] == [PLAIN]
    credentials._ask()  # pyright: ignore[reportPrivateUsage]
    assert [held.credential for held in simulation.call(credentials.resolve())] == [OAUTH_KEY]


def test_keys_that_a_function_gives_in_another_order_stay_with_their_products() -> None:
    def key(name: str, product: str) -> ApiKey:
        return ApiKey(name, products=product)

    given: list[object] = [[key("a", "one"), key("b", "two")], [key("b2", "two"), key("a2", "one")]]
    credentials, simulation = CredentialSet.parse(lambda: given[0]), Simulation()
    held = simulation.call(credentials.resolve())
    del given[0]
    found = {one.credential.products: simulation.call(reveal(one.credential, "_key")).reveal() for one in held}
    assert found == {frozenset({"one"}): "a2", frozenset({"two"}): "b2"}


def test_a_function_that_gives_nothing_for_a_while() -> None:
    given: list[object] = [None, OAUTH_KEY, None, 5, OAUTH_KEY]
    credentials = CredentialSet.parse(lambda: given.pop(0))
    simulation = Simulation()
    assert simulation.call(credentials.resolve()) == ()
    (held,) = simulation.call(credentials.resolve())
    for told in ("gave none", "cannot be int"):
        with pytest.raises(SecretUnavailableError, match=told):
            credentials._ask()  # pyright: ignore[reportPrivateUsage]
    assert simulation.call(credentials.resolve()) == (held,)
