"""What generated blocking clients derive from: `XCaaS`, and `Client` of other packages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

from ._client_common import Client
from ._options import DEFAULT_RETRIES, DEFAULT_TIMEOUT, UNCHANGED, RegionSetting, Timeout, Unchanged
from ._resource import ProductClient, Resource
from ._session import Session
from ._setup import FakeNetwork, HttpClient, environment, make_engine, make_sync_io

if TYPE_CHECKING:
    import ssl

    from ._hooks import Hook
    from ._http import HttpAuth
    from ._product import RateLimit
    from ._reply import RawResponse
    from ._retry import RetryPolicy
    from ._variants import Streamed
    from .auth import Credentials, TokenInfo

__all__ = ["ClientBase"]

P = ParamSpec("P")
T = TypeVar("T")
AnyProduct = TypeVar("AnyProduct", bound=ProductClient)
AnyResource = TypeVar("AnyResource", bound=Resource)


class ClientBase(Client):
    """A blocking client. Safe to share between threads; a context manager."""

    __slots__ = ("_root", "_session")

    def __init__(
        self,
        *,
        credentials: Credentials = None,
        auth: object = None,
        region: RegionSetting | None = None,
        tenant: str | None = None,
        cluster: str | None = None,
        variables: Mapping[str, str] | None = None,
        base_url: str | None = None,
        timeout: Timeout | float | None = DEFAULT_TIMEOUT,
        retries: RetryPolicy | int | None = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        hooks: Sequence[Hook] = (),
        rate_limits: Mapping[str, Sequence[RateLimit]] | bool = True,
        max_in_flight: int = 100,
        trusted_hosts: Sequence[str] = (),
        http_client: HttpClient | FakeNetwork | None = None,
        verify: ssl.SSLContext | str | bool = True,
        proxy: str | None = None,
    ) -> None:
        """
        Args:
            credentials: What opens the products: one credential, several, or a function that gives them.
            auth: The same by another name; an `httpx.Auth` object of your own goes here, too.
            region: The region, in each product's own words; or a mapping from product to region.
            tenant: Tenant id or name, for products that ask for one.
            cluster: Contact-center cluster, such as `na12`, for products that live on one.
            variables: Further words for server addresses and parameters, by their name in the spec.
            base_url: Replaces the origin of every product and token endpoint; paths stay.
            timeout: Seconds for a whole call, retries and body included; or a `Timeout`; None for no limit.
            retries: How often a call is tried again when that does no harm; or a `RetryPolicy`.
            headers: Sent with every call.
            hooks: Told of every attempt.
            rate_limits: True keeps to the documented limits, False to none; or limits per product.
            max_in_flight: Calls at a time; the rest wait for their turn.
            trusted_hosts: Hosts beside the products' own that may see credentials (links to further pages).
            http_client: Your own `httpx.Client` or `httpx2.Client`. It stays yours to close.
            verify: A CA bundle's path, an `SSLContext`, or False for no checks at all.
            proxy: Address of a proxy; without it the environment's are used.
        """
        self._setup = {
            "credentials": credentials,
            "auth": auth,
            "region": region,
            "tenant": tenant,
            "cluster": cluster,
            "variables": variables,
            "base_url": base_url,
            "timeout": timeout,
            "retries": retries,
            "headers": headers,
            "hooks": hooks,
            "rate_limits": rate_limits,
            "max_in_flight": max_in_flight,
            "trusted_hosts": trusted_hosts,
            "http_client": http_client,
            "verify": verify,
            "proxy": proxy,
        }
        self._owner = True
        self._check()
        self._engine = make_engine(self._setup)
        self._session = Session(self._engine, make_sync_io(self._setup))
        self._root = Resource(self._session)

    @classmethod
    def from_env(
        cls,
        *,
        credentials: Credentials = None,
        region: RegionSetting | None = None,
        tenant: str | None = None,
        cluster: str | None = None,
        base_url: str | None = None,
        timeout: Timeout | float | None = DEFAULT_TIMEOUT,
        retries: RetryPolicy | int | None = DEFAULT_RETRIES,
        http_client: HttpClient | FakeNetwork | None = None,
    ) -> Self:
        """A client set up by environment variables; what is given here goes before them.

        `XCAAS_CLIENT_ID` and `XCAAS_CLIENT_SECRET`, `XCAAS_API_KEY`, `XCAAS_API_TOKEN`, `XCAAS_USERNAME`,
        `XCAAS_PASSWORD`, `XCAAS_TENANT`, `XCAAS_CLUSTER`, `XCAAS_REGION` (one word, or one per product:
        `storage=uk,cc_realtime=eu`), `XCAAS_BASE_URL`.
        """
        found = environment()
        if credentials is None:
            from .auth import credentials_from_env

            credentials = credentials_from_env() or None
        return cls(
            credentials=credentials,
            region=found["region"] if region is None else region,
            tenant=found["tenant"] if tenant is None else tenant,
            cluster=found["cluster"] if cluster is None else cluster,
            base_url=found["base_url"] if base_url is None else base_url,
            timeout=timeout,
            retries=retries,
            http_client=http_client,
        )

    def _product(self, cls: type[AnyProduct]) -> AnyProduct:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    def _resource(self, cls: type[AnyResource]) -> AnyResource:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    def with_options(
        self,
        *,
        timeout: Timeout | float | Unchanged | None = UNCHANGED,
        retries: RetryPolicy | int | Unchanged | None = UNCHANGED,
        headers: Mapping[str, str] | Unchanged = UNCHANGED,
        region: RegionSetting | Unchanged | None = UNCHANGED,
        tenant: str | Unchanged | None = UNCHANGED,
        cluster: str | Unchanged | None = UNCHANGED,
        base_url: str | Unchanged | None = UNCHANGED,
        hooks: Sequence[Hook] | Unchanged = UNCHANGED,
    ) -> Self:
        """A client with other options, which shares connections and tokens with this one.

        This client stays as it is. `headers` are added to those that it sends. Close this client, not
        the copies.
        """
        twin = self._changed(
            {
                "timeout": timeout,
                "retries": retries,
                "headers": headers,
                "region": region,
                "tenant": tenant,
                "cluster": cluster,
                "base_url": base_url,
                "hooks": hooks,
            }
        )
        twin._session = Session(twin._engine, self._session.io)
        twin._root = Resource(twin._session)
        return twin

    def raw(self, method: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> RawResponse[T]:
        """Call a method and get its result with status, headers and body.

            answer = client.raw(client.storage.objects.get, "o1")
            answer.headers["x-request-id"], answer.value.id

        For a list in pages, the answer is that of the first page, and `value` the pager.
        """
        from ._variants import raw_twin

        answer: RawResponse[T] = raw_twin(method)(*args, **kwargs)
        return answer

    def streaming(self, method: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Streamed[T]:
        """Call a method and get its answer as soon as the headers are there. Close it, or use `with`.

        with client.streaming(client.storage.objects.get, "o1") as answer:
            for piece in answer.iter_bytes(): ...
        """
        from ._variants import streaming_twin

        answer: Streamed[T] = streaming_twin(method)(*args, **kwargs)
        return answer

    def token_info(self) -> TokenInfo:
        """What the OAuth token says about its key: above all, which products it opens.

        Asks for a token if there is none at hand.
        """
        from ._token_info import token_flow

        return self._session.run(token_flow(self, self._engine))

    def http_auth(self, product: ProductClient) -> HttpAuth:
        """This client's credentials for one product, as `auth=` of an HTTP client of your own.

        httpx.get(address, auth=client.http_auth(client.storage))
        """
        from ._token_info import http_auth

        return http_auth(product, self._engine, self._session)

    def close(self) -> None:
        """Close the connections that this client opened. May be called more than once."""
        if self._owner:
            self._session.io.shut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
