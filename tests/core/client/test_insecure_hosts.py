"""Plain HTTP without credentials, or to hosts in `insecure_hosts`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.shop import GET, SECRET, Shop
from xcaas import BearerToken, ClientCredentials, XCaaS
from xcaas_core import ApiKey, ConfigurationError
from xcaas_core.operations._operation import Call
from xcaas_core.testing import FakeServer

BASE_URL = "http://inventory"


def shop(**options: Any) -> Shop:
    server = FakeServer(check=False).respond("GET /shop/v1/items/1", json={"id": "1"})
    return Shop(http_client=server, base_url=BASE_URL, retries=0, **options)


def test_any_host_may_be_called_without_credentials() -> None:
    with shop() as client:
        assert client.session.call(GET, ("1",)) == {"id": "1"}


@pytest.mark.parametrize("options", [{"credentials": ApiKey("eght_s3cret")}, {"headers": {"X-Api-Key": "hush"}}])
def test_credentials_are_sent_to_insecure_hosts_only(options: dict[str, Any]) -> None:
    advice = r"insecure_hosts=\('inventory',\)"
    with shop(**options) as client, pytest.raises(ConfigurationError, match=f"plain HTTP to inventory.*{advice}"):
        client.session.exchange(Call(SECRET))
    with shop(**options, insecure_hosts=("Inventory",)) as client:
        client.session.exchange(Call(SECRET))
    with shop(**options) as client:
        client.with_options(insecure_hosts=["inventory"]).session.exchange(Call(SECRET))


def test_links_over_plain_http_to_other_hosts_raise() -> None:
    with shop(insecure_hosts=("files",)) as client:
        with pytest.raises(ConfigurationError, match="plain HTTP to elsewhere"):
            client.session.exchange(Call(GET, link="http://elsewhere/x"))
        client.session.exchange(Call(GET, link="/shop/v1/items/2"))


def test_token_endpoints_require_https() -> None:
    client = XCaaS(
        credentials=ClientCredentials("a", "b"),
        base_url=BASE_URL,
        insecure_hosts=("inventory",),
        http_client=FakeServer(),
    )
    with client, pytest.raises(ConfigurationError, match=r"plain HTTP to inventory.*Only this machine"):
        client.storage.regions.list()


def test_http_auth_requires_insecure_hosts_for_plain_http() -> None:
    options: dict[str, Any] = {"credentials": BearerToken("t"), "base_url": BASE_URL}
    with XCaaS(**options) as client, pytest.raises(ConfigurationError, match="insecure_hosts"):
        client.http_auth(client.storage)
    with XCaaS(**options, insecure_hosts=("inventory",)) as client:
        assert "inventory" in repr(client.http_auth(client.storage))


@pytest.mark.parametrize("host", ["*.internal", "http://api.internal", "api.internal/x", "api.internal:8080", ""])
def test_insecure_hosts_must_be_exact_names(host: str) -> None:
    with pytest.raises(ConfigurationError, match="of insecure_hosts is not the name of one host"):
        shop(insecure_hosts=[host])
    with pytest.raises(ConfigurationError, match="insecure_hosts must be a list of hosts, not str"):
        shop(insecure_hosts=host)
