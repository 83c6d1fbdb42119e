"""Calls of paths that no operation covers."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.origin import StubResponse, serving
from xcaas import (
    ApiKey,
    ArgumentError,
    AsyncXCaaS,
    BearerToken,
    ClientCredentials,
    ConfigurationError,
    NotFoundError,
    WorkAnalyticsLogin,
    XCaaS,
)
from xcaas.testing import FakeServer
from xcaas_generator import cli

API = "/storage/uk/v3"
TOKEN = BearerToken("token")
ITEM = StubResponse(body=b'{"id":"1"}', headers=["X-Request-Id: r-1"])
BODY = {"name": "größe", "empty": None, "many": [1, 2.5]}


def storage_at(url: str) -> XCaaS:
    return XCaaS(base_url=url, credentials=TOKEN, region="uk")


def test_a_path_is_relative_to_the_product_or_the_host() -> None:
    with serving(ITEM) as origin, storage_at(origin.url) as client:
        response = client.request(
            "get", "/items/new", query={"q": "a b&c", "tags": ["x", "y"], "no": None}, product="storage"
        )
        assert (response.status, response.value, response.request_id) == (200, {"id": "1"}, "r-1")
        assert response.json() == {"id": "1"}
        assert origin.seen[-1].target == f"{API}/items/new?q=a%20b%26c&tags=x&tags=y"
        # From the root of the host, as in guides.
        client.request("GET", f"{API}/items/new", product="storage")
        assert origin.seen[-1].target == f"{API}/items/new"


@pytest.mark.parametrize(
    ("arguments", "media_type", "body"),
    [
        ({"json": BODY}, "application/json", None),
        ({"content": "größe"}, "text/plain; charset=utf-8", "größe".encode()),
        ({"content": b"\x00\xff"}, "application/octet-stream", b"\x00\xff"),
        ({"content": b"a,b", "headers": {"Content-Type": "text/csv"}}, "text/csv", b"a,b"),
    ],
    ids=["json", "text", "bytes", "named type"],
)
def test_bodies_are_sent_with_their_media_type(arguments: dict[str, Any], media_type: str, body: bytes | None) -> None:
    with serving(StubResponse(status=204)) as origin, storage_at(origin.url) as client:
        assert client.request("POST", "/items", product="storage", **arguments).value is None
        request = origin.seen[-1]
        assert request.headers["content-type"] == media_type
        assert json.loads(request.body) == BODY if body is None else request.body == body


def test_request_of_an_async_client_returns_the_value() -> None:
    async def main(url: str) -> object:
        async with AsyncXCaaS(base_url=url, credentials=TOKEN, region="uk") as client:
            return (await client.request("GET", "/items/new", product="storage")).value

    with serving(ITEM) as origin:
        assert asyncio.run(main(origin.url)) == {"id": "1"}


def test_error_statuses_raise_as_for_operations() -> None:
    with serving(StubResponse(status=404, body=b'{"message":"none"}')) as origin, storage_at(origin.url) as client:
        with pytest.raises(NotFoundError) as caught:
            client.request("GET", "/items/none", product="storage")
        assert (caught.value.status, caught.value.operation) == (404, "request")


def test_the_product_determines_address_and_credentials() -> None:
    server = FakeServer()
    with XCaaS(http_client=server, credentials=ClientCredentials("id", "secret"), region="uk") as client:
        client.request("GET", "/storage/{region}/v3/objects/new", product="storage")
        sent = server.requests[-1]
        assert sent.url == "https://api.8x8.com/storage/uk/v3/objects/new"
        assert sent.headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("GET", "items"), "path: 'items' is neither"),
        (("GET", "/storage/ca/v3/objects"), "path: it begins with /storage/ca/v3, where this client calls /storage/uk"),
        (("GET", None), "path: None is neither"),
        (("GET /x", "/items"), "method: 'GET /x' is not an HTTP method"),
        (("", "/items"), "method: '' is no"),
        (("GET", "/items/../../buckets"), "has '.' or '..' among its segments"),
        (("GET", "/items/%2e%2e/buckets"), "has '.' or '..' among its segments"),
        (("GET", "https://[bad/x"), "is not an address"),
        (("GET", "/items\r\nforged"), r"'/items\\r\\nforged' contains a control character"),
        (("GET", "/storage/us\nforged/v3/items"), "contains a control character"),
        (("GET", "https://host.example/x\ty"), "contains a control character"),
    ],
)
def test_invalid_methods_and_paths_raise_argument_error(arguments: tuple[str, str], message: str) -> None:
    with storage_at("https://127.0.0.1:1") as client, pytest.raises(ArgumentError, match=message):
        client.request(*arguments, product="storage")


def test_names_of_parameters_and_products_must_be_strings() -> None:
    names: Any = {1: "x"}
    product: Any = 1
    with storage_at("https://127.0.0.1:1") as client:
        with pytest.raises(ArgumentError, match="query: names must be str, not int"):
            client.request("GET", "/items", query=names, product="storage")
        with pytest.raises(ConfigurationError, match="there is no product 1"):
            client.request("GET", "/items", product=product)


def test_json_and_content_together_raise_argument_error() -> None:
    with storage_at("https://127.0.0.1:1") as client, pytest.raises(ArgumentError, match="content: json was given"):
        client.request("POST", "/items", json={}, content=b"", product="storage")


def test_unknown_or_missing_products_raise_configuration_error() -> None:
    with XCaaS(http_client=FakeServer(), credentials=ApiKey("key")) as client:
        with pytest.raises(ConfigurationError, match=r"no product 'storrage'.* storage"):
            client.request("GET", "/x", product="storrage")
        with pytest.raises(ConfigurationError, match="no product was named"):
            client.request("GET", "/x")


def test_full_urls_must_be_on_a_host_of_the_product() -> None:
    server = FakeServer()
    with XCaaS(http_client=server, credentials=ClientCredentials("id", "secret"), region="uk") as client:
        client.request("GET", "https://api.8x8.com/storage/uk/v3/objects/new", product="storage")
        assert server.requests[-1].url == "https://api.8x8.com/storage/uk/v3/objects/new"
        before = len(server.requests)
        with pytest.raises(ArgumentError, match=r"evil\.example is not a host of storage"):
            client.request("GET", "https://evil.example/storage", product="storage")
        assert len(server.requests) == before


def test_full_urls_of_other_products_are_rejected_even_after_calls() -> None:
    server = FakeServer()
    credentials = [ClientCredentials("id", "secret"), ApiKey("key")]
    with XCaaS(http_client=server, credentials=credentials, region="uk", base_url="https://own.example") as client:
        client._engine.shared.origins.add(("https", "other.example", 443))  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(ArgumentError, match=r"other\.example is not a host of storage"):
            client.request("GET", "https://other.example/x", product="storage")
        client.request("GET", "https://own.example/storage/uk/v3/x", product="storage")
        assert server.requests[-1].headers["authorization"]


def test_credentials_that_a_product_needs_together_are_sent_together() -> None:
    server = FakeServer()
    with XCaaS(http_client=server, credentials=WorkAnalyticsLogin("key-1", "user", "word")) as client:
        client.request("GET", "/v1/new", product="work_analytics")
    assert {"8x8-apikey", "authorization"} <= server.requests[-1].headers.keys()
    with XCaaS(http_client=server, credentials=ApiKey("key-1", "token-1")) as client:
        client.request("GET", "/new", product="recent_calls")
    assert {"8x8-apikey", "token"} <= server.requests[-1].headers.keys()


@pytest.mark.parametrize("headers", [{"X-Name": "größe"}, {"X-Name": "a\r\nb: c"}, {"X Name": "a"}])
def test_invalid_headers_raise_configuration_error(headers: dict[str, str]) -> None:
    with storage_at("https://127.0.0.1:1") as client, pytest.raises(ConfigurationError, match=r"X.Name"):
        client.request("GET", "/items", product="storage", headers=headers)


def test_endpoints_of_requests_are_not_kept() -> None:
    with serving(ITEM) as origin, storage_at(origin.url) as client:
        for number in range(20):
            client.request("GET", f"/items/{number}", product="storage")
        assert not client._engine._endpoints  # pyright: ignore[reportPrivateUsage]


def test_placeholders_are_filled_by_an_async_client() -> None:
    async def main() -> str:
        server = FakeServer()
        async with AsyncXCaaS(http_client=server, credentials=ClientCredentials("id", "secret"), region="uk") as client:
            await client.request("DELETE", "/storage/{region}/v3/objects/new", product="storage")
        return f"{server.requests[-1].method} {server.requests[-1].path}"

    assert asyncio.run(main()) == "DELETE /storage/uk/v3/objects/new"


def test_a_client_of_one_product_needs_no_product_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = tmp_path / "petshop.yaml"
    spec.write_text(SPEC)
    assert cli.main(["--quiet", "build", str(spec), "--package", "one_pet_shop", "--out", str(tmp_path)]) == 0
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    package = importlib.import_module("one_pet_shop")
    with serving(ITEM) as origin, package.Client(base_url=origin.url) as client:
        assert client.request("GET", "/v1/pets/new").value == {"id": "1"}
        assert origin.seen[-1].target == "/v1/pets/new"


SPEC = """
openapi: 3.1.0
info: {title: Pet shop, version: "1"}
servers: [{url: https://pets.example/v1}]
paths:
  /pets:
    get: {operationId: listPets, responses: {"204": {description: none}}}
"""


def test_options_of_a_resource_apply_to_its_calls_only() -> None:
    with serving(ITEM) as origin, storage_at(origin.url) as client:
        objects = client.storage.objects.with_options(
            timeout=5,
            retries=0,
            headers={"X-Trace": "t-1"},
            query={"name": "größe", "beta": True, "tags": ["a b", "c"], "no": None},
        )
        assert type(objects) is type(client.storage.objects)
        objects.get("o1")
        sent = origin.seen[-1]
        assert sent.target == f"{API}/objects/o1?name=gr%C3%B6%C3%9Fe&beta=true&tags=a%20b&tags=c"
        assert sent.headers["x-trace"] == "t-1"
        # `raw` uses them too; other resources do not.
        assert client.raw(objects.get, "o1").status == 200
        assert origin.seen[-1].target == sent.target
        client.storage.objects.get("o1")
        assert (origin.seen[-1].target, origin.seen[-1].headers.get("x-trace")) == (f"{API}/objects/o1", None)


def test_query_options_of_async_clients_and_resources_are_combined() -> None:
    async def main(url: str) -> None:
        async with AsyncXCaaS(base_url=url, credentials=TOKEN, region="uk", query={"all": 1}) as client:
            await client.storage.objects.with_options(query={"beta": 1}).get("o1")
            await client.with_options(query={"more": 2}).storage.objects.get("o2")

    with serving(ITEM) as origin:
        asyncio.run(main(origin.url))
        assert [request.target for request in origin.seen] == [
            f"{API}/objects/o1?all=1&beta=1",
            f"{API}/objects/o2?all=1&more=2",
        ]


def test_invalid_options_of_a_resource_raise_configuration_error() -> None:
    with storage_at("https://127.0.0.1:1") as client, pytest.raises(ConfigurationError, match="query"):
        client.storage.objects.with_options(query="beta=1")  # type: ignore[arg-type]  # pyright: ignore
