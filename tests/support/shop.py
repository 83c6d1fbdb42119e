"""A fictional product, with one operation for each feature of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xcaas_core.sdk import (
    AsyncClientBase,
    AsyncProductClient,
    AsyncResource,
    ClientBase,
    Operation,
    PaginationSpec,
    Product,
    ProductClient,
    Resource,
    Scheme,
    Server,
    StopCondition,
    Variable,
    binary_body,
    binary_response,
    empty_response,
    header,
    json_body,
    json_error,
    json_response,
    multipart_body,
    path,
    query,
)

if TYPE_CHECKING:
    from xcaas_core import AsyncPager, Pager
    from xcaas_core.calls._session import AsyncSession, Session

__all__ = ["AsyncShop", "Shop"]

PRODUCT: Final = Product(
    "shop",
    title="A shop",
    servers=(
        Server(
            "https://api.shop.example{region}/shop/v1",
            (Variable("region", "", ("", "/eu"), names={"us": "", "eu": "/eu"}, source="region"),),
        ),
    ),
    schemes={"key": Scheme("api-key", credential="api-key", location="header", parameter="x-api-key")},
    package="shop",
)
_ERRORS = {"404": json_error(message="/fault/text", code="/fault/code")}

GET: Final[Operation[object]] = Operation(
    PRODUCT,
    "getItem",
    "GET",
    "/items/{id}",
    call="shop.items.get",
    parameters=(path("id"), query("tags", "list[str]", explode=False), header("X-Tenant", source="tenant")),
    responses={"200": json_response()},
    errors=_ERRORS,
)
CREATE: Final[Operation[object]] = Operation(
    PRODUCT,
    "createItem",
    "POST",
    "/items",
    call="shop.items.create",
    body=json_body(),
    responses={"201": json_response()},
)
SEARCH: Final[Operation[object]] = Operation(
    PRODUCT,
    "searchItems",
    "POST",
    "/items/search",
    call="shop.items.search",
    body=json_body(),
    responses={"200": json_response()},
    retry=True,
)
REMOVE: Final[Operation[None]] = Operation(
    PRODUCT,
    "removeItem",
    "DELETE",
    "/items/{id}",
    call="shop.items.remove",
    parameters=(path("id"),),
    responses={"204": empty_response()},
)
CONTENT: Final[Operation[bytes]] = Operation(
    PRODUCT,
    "getContent",
    "GET",
    "/items/{id}/content",
    call="shop.items.content",
    parameters=(path("id"),),
    responses={"200": binary_response(media_type="audio/*")},
    accept="audio/*",
)
STORE: Final[Operation[object]] = Operation(
    PRODUCT,
    "storeContent",
    "PUT",
    "/items/{id}/content",
    call="shop.items.store",
    parameters=(path("id"),),
    body=binary_body("audio/mpeg"),
    responses={"200": json_response()},
)
ATTACH: Final[Operation[object]] = Operation(
    PRODUCT,
    "attach",
    "PUT",
    "/items/{id}/files",
    call="shop.items.attach",
    parameters=(path("id"),),
    body=multipart_body(),
    responses={"200": json_response()},
)
SECRET: Final[Operation[object]] = Operation(
    PRODUCT,
    "getSecret",
    "GET",
    "/secret",
    call="shop.items.secret",
    responses={"200": json_response()},
    security=(("key",),),
)
EVERY: Final[Operation[object]] = Operation(
    PRODUCT,
    "listItems",
    "GET",
    "/items",
    call="shop.items.every",
    parameters=(query("page", "int"),),
    responses={"200": json_response()},
    paging=PaginationSpec("page", "page", items="", last=(StopCondition(("header", "X-Total"), "item-count"),)),
)


class Items(Resource):
    __slots__ = ()

    def get(self, id: str, *, tags: list[str] | None = None, tenant: str | None = None) -> object:
        return self._caller.call(GET, (id, tags, tenant))

    def every(self, *, page: int | None = None) -> Pager[object]:
        return self._caller.paginate(EVERY, (page,))

    def create(self, body: object) -> object:
        return self._caller.call(CREATE, (), body)

    def search(self, body: object) -> object:
        return self._caller.call(SEARCH, (), body)

    def remove(self, id: str) -> None:
        return self._caller.call(REMOVE, (id,))

    def content(self, id: str) -> bytes:
        return self._caller.call(CONTENT, (id,))

    def store(self, id: str, body: object) -> object:
        return self._caller.call(STORE, (id,), body)

    def attach(self, id: str, body: object) -> object:
        return self._caller.call(ATTACH, (id,), body)

    def secret(self) -> object:
        return self._caller.call(SECRET)


class AsyncItems(AsyncResource):
    __slots__ = ()

    async def get(self, id: str, *, tags: list[str] | None = None, tenant: str | None = None) -> object:
        return await self._caller.call(GET, (id, tags, tenant))

    def every(self, *, page: int | None = None) -> AsyncPager[object]:
        return self._caller.paginate(EVERY, (page,))

    async def create(self, body: object) -> object:
        return await self._caller.call(CREATE, (), body)

    async def store(self, id: str, body: object) -> object:
        return await self._caller.call(STORE, (id,), body)

    async def attach(self, id: str, body: object) -> object:
        return await self._caller.call(ATTACH, (id,), body)

    async def content(self, id: str) -> bytes:
        return await self._caller.call(CONTENT, (id,))


class ShopProduct(ProductClient):
    __slots__ = ()

    @property
    def items(self) -> Items:
        return self._resource(Items)


class AsyncShopProduct(AsyncProductClient):
    __slots__ = ()

    @property
    def items(self) -> AsyncItems:
        return self._resource(AsyncItems)


class Shop(ClientBase):
    """The client for tests."""

    __slots__ = ()

    @property
    def shop(self) -> ShopProduct:
        return self._resource(ShopProduct)

    @property
    def items(self) -> Items:
        return self.shop.items

    @property
    def session(self) -> Session:
        return self._session


class AsyncShop(AsyncClientBase):
    """The async client for tests."""

    __slots__ = ()

    @property
    def shop(self) -> AsyncShopProduct:
        return self._resource(AsyncShopProduct)

    @property
    def items(self) -> AsyncItems:
        return self.shop.items

    @property
    def session(self) -> AsyncSession:
        return self._session
