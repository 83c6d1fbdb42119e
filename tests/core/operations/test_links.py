"""Links from servers: followed with credentials only to the same server and trusted hosts."""

from __future__ import annotations

import pytest

from tests.support.origin import StubResponse, serving
from tests.support.shop import GET, SECRET, Shop
from xcaas_core import ApiKey, ArgumentError, ConfigurationError
from xcaas_core.operations._operation import Call

KEY = ApiKey("eght_s3cret")
ITEM = StubResponse(body=b'{"id":"1"}')


def test_links_to_the_same_server_send_credentials() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url, credentials=KEY) as client:
        response = client.session.exchange(Call(SECRET, link=f"{origin.url}/next?page=2"))
        assert response.value() == response.json() == {"id": "1"}
        assert response.url == f"{origin.url}/next?page=2"
        client.session.exchange(Call(SECRET, link="/shop/relative"))
    assert [seen.target for seen in origin.seen] == ["/next?page=2", "/shop/relative"]
    assert all(seen.headers["x-api-key"] == "eght_s3cret" for seen in origin.seen)


def test_links_to_another_server_send_no_credentials() -> None:
    with serving(ITEM) as origin, serving(ITEM) as other:
        options = {"Authorization": "mine", "X-Team": "red"}
        with Shop(base_url=origin.url, credentials=KEY, headers=options) as client:
            client.session.exchange(Call(SECRET, link=f"{other.url}/next"))
    assert "x-api-key" not in other.seen[0].headers
    assert "authorization" not in other.seen[0].headers
    assert other.seen[0].headers["x-team"] == "red"


def test_links_to_trusted_hosts_send_credentials() -> None:
    with (
        serving(ITEM) as origin,
        serving(ITEM) as other,
        Shop(base_url=origin.url, credentials=KEY, trusted_hosts=["127.0.0.1"]) as client,
    ):
        client.session.exchange(Call(SECRET, link=f"{other.url}/next"))
    assert other.seen[0].headers["x-api-key"] == "eght_s3cret"


def test_links_over_plain_http_raise() -> None:
    with (
        serving(ITEM) as origin,
        Shop(base_url=origin.url) as client,
        pytest.raises(ConfigurationError, match="plain HTTP") as caught,
    ):
        client.session.exchange(Call(GET, link="http://api.evil.example/x"))
    assert caught.value.operation == "shop.items.get"


def test_links_replace_the_query_and_keep_the_headers() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        client.session.exchange(
            Call(GET, (None, ["a"], "acme"), link="/next?x=1", headers={"Accept": None, "X-N": "2"})
        )
    (seen,) = origin.seen
    assert (seen.target, seen.headers["x-tenant"], seen.headers["x-n"]) == ("/next?x=1", "acme", "2")
    assert seen.headers.get("accept") is None


def test_with_argument_returns_a_changed_call() -> None:
    call = Call(GET, ("1",))
    changed = call.with_argument("query", "tags", ["a"])
    assert (call.args, changed.args) == (("1",), ("1", ["a"], None))
    with pytest.raises(KeyError, match="no query parameter 'page'"):
        call.with_argument("query", "page", 1)


def test_missing_and_surplus_arguments_raise() -> None:
    with serving(ITEM) as origin, Shop(base_url=origin.url) as client:
        with pytest.raises(ArgumentError, match=r"^id: a value is needed, and none was given"):
            client.session.call(GET, (None,))
        with pytest.raises(ArgumentError, match=r"^body: this call takes none"):
            client.session.call(GET, ("1",), {"a": 1})
        with pytest.raises(ArgumentError, match=r"^body: a value is needed"):
            client.items.create(None)
    assert not origin.seen
