"""Credentials on requests, for every kind of security scheme."""

from __future__ import annotations

import pytest

from tests.support.credentials import OAUTH, SECRET, STORAGE, TOKEN_URL, request
from tests.support.signed_requests import KEY, authorized, basic_parts, product
from tests.support.simulation import Simulation, TokenEndpoint, fake_context
from xcaas_core import ApiKey, BasicToken, BearerToken, ClientCredentials, WorkAnalyticsLogin
from xcaas_core._errors import ConfigurationError
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.auth.security._authorizer import build_authorizer
from xcaas_core.operations._product import Scheme
from xcaas_core.sansio._messages import Request


def test_token_is_sent_as_bearer() -> None:
    assert authorized(ClientCredentials("id", SECRET), OAUTH).headers == {"authorization": "Bearer token-1"}


def test_api_key_is_sent_in_a_header() -> None:
    assert authorized(ApiKey("the-key"), KEY).headers == {"x-api-key": "the-key"}


def test_key_and_tenant_token_are_sent_in_two_headers() -> None:
    key = Scheme("api-key", credential="api-key", location="header", parameter="8x8-apikey")
    token = Scheme("api-key", credential="api-token", location="header", parameter="token")
    sent = authorized(ApiKey("the-key", "the-token"), key, token)
    assert sent.headers == {"8x8-apikey": "the-key", "token": "the-token"}


def test_tenant_token_is_sent_as_basic() -> None:
    scheme = Scheme("http-basic", credential="basic-token", options={"token": "action"})
    tokens = [BasicToken("tenant", "d-token", role="data"), BasicToken("tenant", "a-töken", role="action")]
    assert basic_parts(authorized(tokens, scheme)) == ("tenant", "a-töken")


def test_keys_are_selected_by_role() -> None:
    keys = [ApiKey("to-search", role="search"), ApiKey("to-manage", role="management")]
    search = Scheme(
        "api-key", credential="api-key", location="header", parameter="x-api-key", options={"key": "search"}
    )
    manage = Scheme(
        "api-key", credential="api-key", location="header", parameter="x-api-key", options={"key": "management"}
    )
    assert authorized(keys, search).headers["x-api-key"] == "to-search"
    assert authorized(keys, manage).headers["x-api-key"] == "to-manage"


def test_work_analytics_sends_its_key_everywhere_and_its_login_to_the_token_endpoint() -> None:
    key = Scheme("api-key", credential="work-analytics-login", location="header", parameter="8x8-apikey")
    token = Scheme("oauth2", credential="work-analytics-login", token_url="https://api.example.com/wa/token")
    simulation = Simulation(TokenEndpoint(lifetime=1800))
    target = product(key, token)
    login = WorkAnalyticsLogin("wa-key", "user@example.com", "p&ssword")
    authorizer = build_authorizer(
        target, (("s0", "s1"),), CredentialSet.parse(login), context=fake_context(simulation.clock)
    )
    assert authorizer is not None
    sent = request()
    simulation.call(authorizer.authorize(sent, deadline=None))
    assert sent.headers == {"8x8-apikey": "wa-key", "authorization": "Bearer token-1"}
    token_request = simulation.endpoint.seen[0]
    assert token_request.url == "https://api.example.com/wa/token"
    assert token_request.headers["8x8-apikey"] == "wa-key"
    assert "authorization" not in token_request.headers
    assert token_request.content == b"username=user%40example.com&password=p%26ssword"


def test_login_without_a_key_header_in_the_spec_raises() -> None:
    token = Scheme("oauth2", credential="work-analytics-login", token_url="https://api.example.com/wa/token")
    login = WorkAnalyticsLogin("wa-key", "user@example.com", "password")
    with pytest.raises(ConfigurationError, match="Sample takes a login, but its document names no header for the key"):
        authorized(login, token)


def test_client_credentials_are_sent_as_basic_to_the_token_operation() -> None:
    scheme = Scheme("http-basic", credential="client-credentials", options={"use": "token-endpoint"})
    assert basic_parts(authorized(ClientCredentials("id", SECRET), scheme)) == ("id", SECRET)


@pytest.mark.parametrize(
    ("scheme", "credentials", "expected"),
    [
        (Scheme("http-bearer"), BearerToken("t"), {"authorization": "Bearer t"}),
        (Scheme("openid"), BearerToken(lambda: "t"), {"authorization": "Bearer t"}),
        (Scheme("http-bearer"), {"s0": "t"}, {"authorization": "Bearer t"}),
        (Scheme("http-basic"), {"s0": ("u", "p")}, {"authorization": "Basic dTpw"}),
        (Scheme("http-basic"), BasicToken("u", "p"), {"authorization": "Basic dTpw"}),
        (Scheme("api-key", location="header", parameter="X-Key"), {"s0": "k"}, {"x-key": "k"}),
        (Scheme("api-key", location="header", parameter="Authorization"), ApiKey("k"), {"authorization": "k"}),
        (Scheme("api-key", location="cookie", parameter="sid"), ApiKey("k+/="), {"cookie": "sid=k+/="}),
        (Scheme("api-key", location="cookie", parameter="sid"), ApiKey("k; a=1"), {"cookie": "sid=k%3B%20a=1"}),
        (Scheme("oauth2", token_url=TOKEN_URL), ClientCredentials("i", "s"), {"authorization": "Bearer token-1"}),
        (Scheme("oauth2", token_url=TOKEN_URL), BearerToken("t"), {"authorization": "Bearer t"}),
        (
            Scheme("http-bearer"),
            ClientCredentials("i", "s", token_url="https://id.example.com/token"),
            {"authorization": "Bearer token-1"},
        ),
        (Scheme("mutual-tls"), None, {}),
    ],
)
def test_schemes_put_credentials_on_requests(scheme: Scheme, credentials: object, expected: dict[str, str]) -> None:
    assert authorized(credentials, scheme).headers == expected


def test_query_key_is_replaced_and_other_parameters_are_kept() -> None:
    scheme = Scheme("api-key", location="query", parameter="api key")
    sent = request("https://api.example.com/things?a=1&b=%20")
    for _ in range(2):
        authorized(ApiKey("k&1"), scheme, outgoing=sent)
    assert sent.url == "https://api.example.com/things?a=1&b=%20&api%20key=k%261"


def test_callers_other_cookies_are_kept() -> None:
    sent = request(cookie="lang=en; sid=old")
    assert authorized(ApiKey("k"), Scheme("api-key", location="cookie", parameter="sid"), outgoing=sent).headers == {
        "cookie": "lang=en; sid=k"
    }


def test_callers_key_header_is_kept() -> None:
    sent = Request("GET", "https://api.example.com", {"X-Api-Key": "the caller's"})
    assert authorized(ApiKey("ours"), KEY, outgoing=sent).headers == {"X-Api-Key": "the caller's"}


def test_anonymous_operations_have_no_authorizer() -> None:
    context = fake_context(lambda: 0.0)
    assert build_authorizer(STORAGE, (), None, context=context) is None
    assert build_authorizer(STORAGE, ((),), None, context=context) is None


def test_token_endpoint_follows_base_url() -> None:
    simulation = Simulation()
    context = fake_context(simulation.clock, base_url="http://127.0.0.1:9")
    authorizer = build_authorizer(
        STORAGE, (("oauth",),), CredentialSet.parse(ClientCredentials("id", SECRET)), context=context
    )
    assert authorizer is not None
    simulation.call(authorizer.authorize(request(), deadline=None))
    assert simulation.endpoint.seen[0].url == "http://127.0.0.1:9/oauth/v2/token"
