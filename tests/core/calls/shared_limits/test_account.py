"""Account digests: the same for the same credentials, without secrets."""

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
    """Return the account digest of a client with these credentials."""
    flow = account_digest(account, product, CredentialSet.parse(list(credentials)))
    return run(flow, FakeServer().sync_io())


def test_a_digest_is_short_and_stable() -> None:
    assert digest(ApiKey("k")) == digest(ApiKey("k"))
    assert len(digest(ApiKey("k"))) == 32


def test_different_keys_have_different_digests() -> None:
    assert len({digest(ApiKey("k")), digest(ApiKey("l")), digest(ClientCredentials("k", "s")), digest()}) == 4


def test_a_rotated_secret_keeps_the_digest() -> None:
    assert digest(ClientCredentials("id", "old")) == digest(ClientCredentials("id", "new"))


def test_credentials_of_other_products_do_not_change_the_digest() -> None:
    others = [BasicToken("tenant", "t"), ApiKey("x", products=["q"]), WorkAnalyticsLogin("k", "u", "p")]
    assert digest(ApiKey("k"), *others) == digest(ApiKey("k"))


def test_the_order_of_keys_does_not_change_the_digest() -> None:
    search, management = ApiKey("one", role="search"), ApiKey("two", role="management")
    assert digest(search, management) == digest(management, search)


def test_an_account_name_replaces_the_keys() -> None:
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
def test_each_kind_of_credential_changes_the_digest(credential: Credential, scheme: Scheme) -> None:
    product = Product("q", title="Q", servers=(), schemes={"s": scheme}, package="q")
    assert digest(credential, product=product) != digest(product=product)
