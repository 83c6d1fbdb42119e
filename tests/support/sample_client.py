"""A small client as generated: operations with OAuth, with an API key in a header, and in the query."""

from __future__ import annotations

from collections.abc import Iterator

from xcaas_core.client._resources import AsyncProductClient, ProductClient
from xcaas_core.operations._operation import Operation
from xcaas_core.operations._product import Product, Scheme, Server
from xcaas_core.sdk import AsyncClientBase, ClientBase, binary_body, json_response

__all__ = ["AsyncClient", "Client", "chunks"]

PRODUCT = Product(
    "sample",
    title="Sample",
    servers=(Server("https://api.example.com/v1"),),
    schemes={
        "oauth": Scheme("oauth2", credential="client-credentials", token_url="https://api.example.com/oauth/v2/token"),
        "key": Scheme("api-key", credential="api-key", location="header", parameter="x-api-key"),
        "query": Scheme("api-key", location="query", parameter="api_key"),
    },
    package="tests.support.sample_client",
    console_name="Sample - API",
)

GET: Operation[object] = Operation(
    PRODUCT, "getThing", "GET", "/thing", call="sample.get", responses={"200": json_response()}, security=(("oauth",),)
)
PUT: Operation[object] = Operation(
    PRODUCT,
    "putThing",
    "PUT",
    "/thing",
    call="sample.put",
    body=binary_body(),
    responses={"200": json_response()},
    security=(("oauth",),),
)
KEYED: Operation[object] = Operation(
    PRODUCT, "getKeyed", "GET", "/keyed", call="sample.keyed", responses={"200": json_response()}, security=(("key",),)
)
QUERIED: Operation[object] = Operation(
    PRODUCT,
    "getQueried",
    "GET",
    "/queried",
    call="sample.q",
    responses={"200": json_response()},
    security=(("query",),),
)


class Sample(ProductClient):
    __slots__ = ()

    def get(self) -> object:
        return self._caller.call(GET)

    def put(self, body: object) -> object:
        return self._caller.call(PUT, (), body)

    def keyed(self) -> object:
        return self._caller.call(KEYED)

    def queried(self) -> object:
        return self._caller.call(QUERIED)


class Client(ClientBase):
    @property
    def sample(self) -> Sample:
        return self._resource(Sample)


class AsyncSample(AsyncProductClient):
    __slots__ = ()

    async def get(self) -> object:
        return await self._caller.call(GET)


class AsyncClient(AsyncClientBase):
    @property
    def sample(self) -> AsyncSample:
        return self._resource(AsyncSample)


def chunks() -> Iterator[bytes]:
    """A body that can be sent only once."""
    yield b"one"
    yield b"two"
