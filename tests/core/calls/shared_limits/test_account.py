"""For whom calls are counted: the same digest for the same key, and no secret in it."""

from __future__ import annotations

import pytest

from xcaas_core import ApiKey, BasicToken, BearerToken, ClientCredentials, Credential, WorkAnalyticsLogin
from xcaas_core.auth.credentials._set import CredentialSet
from xcaas_core.calls.shared_limits._account import account_digest
from xcaas_core.operations._product import Product, Scheme
from xcaas_core.sansio._drivers import run
from xcaas_core.testing import FakeServer

PRODUCT = Product(
    "p",
    title="P",
    servers=(),
    schemes={
        "search": Scheme("api-key", credential="api-key", options={"key": "search"}),
        "management": Scheme("api-key", credential="api-key", options={"key": "management"}),
        "oauth": Scheme("oauth2", credential="client-credentials", token_url="https://x.example/token"),
    },
    package="p",
)


def digest(*credentials: Credential, account: str | None = None, product: Product = PRODUCT) -> str:
    """Return for whom calls of a client with these credentials count."""
    flow = account_digest(account, product, CredentialSet.parse(list(credentials)))
    return run(flow, FakeServer().sync_io())


def test_it_is_short_and_stays_the_same() -> None:
    assert digest(ApiKey("k")) == digest(ApiKey("k"))
    assert len(digest(ApiKey("k"))) == 32


def test_other_keys_are_other_accounts() -> None:
    assert len({digest(ApiKey("k")), digest(ApiKey("l")), digest(ClientCredentials("k", "s")), digest()}) == 4


def test_a_rotated_secret_is_the_same_account() -> None:
    assert digest(ClientCredentials("id", "old")) == digest(ClientCredentials("id", "new"))


def test_what_is_for_other_products_makes_no_difference() -> None:
    others = [BasicToken("tenant", "t"), ApiKey("x", products=["q"]), WorkAnalyticsLogin("k", "u", "p")]
    assert digest(ApiKey("k"), *others) == digest(ApiKey("k"))


def test_the_order_of_keys_makes_no_difference() -> None:
    one, two = ApiKey("one", role="search"), ApiKey("two", role="management")
    assert digest(one, two) == digest(two, one)


def test_a_name_stands_for_all_keys() -> None:
    assert digest(ApiKey("k"), account="acme") == digest(BearerToken("t"), account="acme")
    assert digest(account="acme") != digest(account="other")
    assert run(account_digest(None, PRODUCT, None), FakeServer().sync_io()) == digest()


@pytest.mark.parametrize(
    ("credential", "scheme"),
    [
        (BasicToken("tenant", "t"), Scheme("http-basic")),
        (WorkAnalyticsLogin("k", "user", "p"), Scheme("http-bearer", credential="work-analytics-login")),
        (BearerToken("token"), Scheme("http-bearer")),
    ],
)
def test_every_kind_of_credential_is_an_account(credential: Credential, scheme: Scheme) -> None:
    product = Product("q", title="Q", servers=(), schemes={"s": scheme}, package="q")
    assert digest(credential, product=product) != digest(product=product)
