"""Plain HTTP inside a network: without credentials, or to hosts that the user names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.shop import GET, SECRET, Shop
from xcaas import BearerToken, ClientCredentials, XCaaS
from xcaas_core import ApiKey, ConfigurationError
from xcaas_core.operations._operation import Call
from xcaas_core.testing import FakeServer

INSIDE = "http://inventory"


def shop(**options: Any) -> Shop:
    server = FakeServer(check=False).respond("GET /shop/v1/items/1", json={"id": "1"})
    return Shop(http_client=server, base_url=INSIDE, retries=0, **options)


def test_without_credentials_any_host_may_be_called() -> None:
    with shop() as client:
        assert client.session.call(GET, ("1",)) == {"id": "1"}


@pytest.mark.parametrize("options", [{"credentials": ApiKey("eght_s3cret")}, {"headers": {"X-Api-Key": "hush"}}])
def test_credentials_need_the_hosts_name(options: dict[str, Any]) -> None:
    advice = r"insecure_hosts=\('inventory',\)"
    with shop(**options) as client, pytest.raises(ConfigurationError, match=f"plain HTTP to inventory.*{advice}"):
        client.session.exchange(Call(SECRET))
    with shop(**options, insecure_hosts=("Inventory",)) as client:
        client.session.exchange(Call(SECRET))
    with shop(**options) as client:
        client.with_options(insecure_hosts=["inventory"]).session.exchange(Call(SECRET))


def test_links_lead_to_no_other_host_over_plain_http() -> None:
    with shop(insecure_hosts=("files",)) as client:
        with pytest.raises(ConfigurationError, match="plain HTTP to elsewhere"):
            client.session.exchange(Call(GET, link="http://elsewhere/x"))
        client.session.exchange(Call(GET, link="/shop/v1/items/2"))


def test_token_endpoints_stay_https() -> None:
    client = XCaaS(
        credentials=ClientCredentials("a", "b"),
        base_url=INSIDE,
        insecure_hosts=("inventory",),
        http_client=FakeServer(),
    )
    with client, pytest.raises(ConfigurationError, match=r"plain HTTP to inventory.*Only this machine"):
        client.storage.regions.list()


def test_http_auth_signs_no_plain_http() -> None:
    options: dict[str, Any] = {"credentials": BearerToken("t"), "base_url": INSIDE}
    with XCaaS(**options) as client, pytest.raises(ConfigurationError, match="insecure_hosts"):
        client.http_auth(client.storage)
    with XCaaS(**options, insecure_hosts=("inventory",)) as client:
        assert "inventory" in repr(client.http_auth(client.storage))


@pytest.mark.parametrize("host", ["*.internal", "http://api.internal", "api.internal/x", "api.internal:8080", ""])
def test_only_exact_hosts_are_taken(host: str) -> None:
    with pytest.raises(ConfigurationError, match="of insecure_hosts is not the name of one host"):
        shop(insecure_hosts=[host])
    with pytest.raises(ConfigurationError, match="insecure_hosts must be a list of hosts, not str"):
        shop(insecure_hosts=host)
