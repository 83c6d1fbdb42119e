"""Tools that mock or instrument httpx work with both clients, with and without httpx2 installed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import httpx_aiohttp
import pytest
import respx
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_httpx import HTTPXMock

import xcaas
from tests.support.origin import StubResponse, serving

# Untyped. Imported here, as it looks for the libraries that it can patch.
vcr: Any = import_module("vcr")

NOWHERE = "http://127.0.0.1:9"
TOKEN = {"access_token": "t", "expires_in": "3600", "token_type": "BearerToken"}
Options = Mapping[str, Any]


@pytest.fixture(params=["alone", "option", "variable"])
def options(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Options:
    """Options that make clients use httpx even if httpx2 is installed."""
    match request.param:
        case "alone":
            for name in ("httpx2", "httpcore2"):
                monkeypatch.setitem(sys.modules, name, None)
        case "option":
            return {"http_library": "httpx"}
        case _:
            monkeypatch.setenv("XCAAS_HTTP_LIBRARY", "httpx")
    return {}


def call_blocking(url: str, options: Options) -> str | None:
    credentials = xcaas.ClientCredentials("id", "secret")
    with xcaas.XCaaS(base_url=url, credentials=credentials, retries=0, **options) as client:
        return client.storage.objects.get("o1").id


def call_async(url: str, options: Options) -> str | None:
    async def main() -> str | None:
        credentials = xcaas.ClientCredentials("id", "secret")
        async with xcaas.AsyncXCaaS(base_url=url, credentials=credentials, retries=0, **options) as client:
            return (await client.storage.objects.get("o1")).id

    return asyncio.run(main())


for_both_clients = pytest.mark.parametrize("call", [call_blocking, call_async])
Call = Callable[[str, Options], str | None]


@for_both_clients
def test_respx_mocks_calls(call: Call, options: Options) -> None:
    with respx.mock() as router:
        token = router.post(f"{NOWHERE}/oauth/v2/token").respond(json=TOKEN)
        objects = router.get(url__startswith=f"{NOWHERE}/storage").respond(json={"id": "mocked"})
        assert call(NOWHERE, options) == "mocked"
        assert (token.call_count, objects.call_count) == (1, 1)


@for_both_clients
def test_pytest_httpx_mocks_calls(call: Call, options: Options, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(method="POST", url=f"{NOWHERE}/oauth/v2/token", json=TOKEN)
    httpx_mock.add_response(method="GET", json={"id": "mocked"})
    assert call(NOWHERE, options) == "mocked"
    assert [request.method for request in httpx_mock.get_requests()] == ["POST", "GET"]


@for_both_clients
def test_vcrpy_records_and_replays_calls(call: Call, options: Options, tmp_path: Path) -> None:
    """The second time, the server is gone."""
    cassette = str(tmp_path / "calls.yaml")
    with serving(
        StubResponse(body=b'{"access_token":"t","expires_in":"3600"}'), StubResponse(body=b'{"id":"recorded"}')
    ) as origin:
        with vcr.use_cassette(cassette):
            assert call(origin.url, options) == "recorded"
        assert len(origin.seen) == 2
    with vcr.use_cassette(cassette, record_mode="none") as replayed:
        assert call(origin.url, options) == "recorded"
        assert replayed.play_count == 2


@for_both_clients
def test_opentelemetry_instruments_calls(call: Call, options: Options) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        with serving(
            StubResponse(body=b'{"access_token":"t","expires_in":"3600"}'), StubResponse(body=b'{"id":"o1"}')
        ) as origin:
            assert call(origin.url, options) == "o1"
    finally:
        instrumentor.uninstrument()
    assert [span.name for span in spans.get_finished_spans()] == ["POST", "GET"]


def test_httpx_aiohttp_works_as_http_client() -> None:
    async def main(url: str) -> list[str | None]:
        credentials = xcaas.BearerToken("t")
        async with (
            httpx_aiohttp.HttpxAiohttpClient() as http_client,
            xcaas.AsyncXCaaS(base_url=url, credentials=credentials, http_client=http_client) as client,
        ):
            return [(await client.storage.objects.get(id)).id for id in ("a", "b")]

    with serving(StubResponse(body=b'{"id":"one"}'), StubResponse(body=b'{"id":"two"}')) as origin:
        assert asyncio.run(main(origin.url)) == ["one", "two"]
        assert origin.connections == 1


def test_a_users_mock_transport_works() -> None:
    """Mock transports have no connection to guard."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"id": "mocked"}))
    with (
        httpx.Client(transport=transport) as http_client,
        xcaas.XCaaS(http_client=http_client, credentials=xcaas.BearerToken("t")) as client,
    ):
        assert client.storage.objects.get("o1").id == "mocked"


def test_methods_are_mocked_in_their_class() -> None:
    with xcaas.XCaaS() as client:
        cls = type(client.storage.objects)
        with mock.patch.object(cls, "get", autospec=True, return_value="patched") as patched:
            assert client.storage.objects.get("o1") == "patched"
        assert patched.call_args.args[1:] == ("o1",)
        with pytest.raises(AttributeError):
            mock.patch.object(client.storage.objects, "get").start()
