"""The base of blocking and async clients: options and copies."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Never, Self, TypeAlias

from .._errors import ConfigurationError
from ..calls._options import (
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    RULES,
    UNCHANGED,
    ClientOptions,
    HttpClient,
    Regions,
    TransportFactory,
    Unchanged,
    check_region,
    from_env,
)
from ..calls._retry import Timeout
from ..operations._product import own_product
from ._resources import AnyGroup, Group
from ._setup import make_engine

if TYPE_CHECKING:
    import ssl

    from typing_extensions import TypeVar

    from ..auth.credentials._set import Credentials
    from ..calls._engine import Engine
    from ..calls._retry import RetryPolicy
    from ..calls.hooks import Hook
    from ..calls.shared_limits import RateLimitStore
    from ..operations._product import RateLimit

    AnyRegion = TypeVar("AnyRegion", default="RegionSetting[str]")
else:
    from typing import TypeVar

    AnyRegion = TypeVar("AnyRegion")

__all__ = ["AnyClient", "AnyRegion", "Client", "RegionSetting", "product_names"]

# Not `Self`, which jedi takes for the base class: editors that use it would show no products.
AnyClient = TypeVar("AnyClient", bound="Client[Any]")

RegionName = TypeVar("RegionName", bound=str)
# One region for all products, or one per product: {"storage": "uk", "cc_realtime": "eu"}. Editors offer the names that
# a generated client knows.
RegionSetting: TypeAlias = "RegionName | str | Mapping[str, RegionName | str] | None"

# Any, because `region` has a bare type variable: in a union, pyright would not offer its literals.
NO_REGION: Any = None
SAME_REGION: Any = UNCHANGED


class Client(Generic[AnyRegion]):
    """The base of blocking and async clients, with the options of both."""

    __slots__ = ("_engine", "_options", "_owns_connections", "_root")

    _regions: ClassVar[Regions] = ()
    _engine: Engine
    _options: ClientOptions
    _owns_connections: bool
    _root: Group[Any]

    def __init__(
        self,
        *misplaced: Never,
        credentials: Credentials = None,
        auth: object = None,
        region: AnyRegion = NO_REGION,
        tenant: str | None = None,
        cluster: str | None = None,
        variables: Mapping[str, str] | None = None,
        base_url: str | None = None,
        server: int | str | None = None,
        timeout: Timeout | float | None = DEFAULT_TIMEOUT,
        retries: RetryPolicy | int | None = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        hooks: Sequence[Hook] = (),
        rate_limits: Mapping[str, Sequence[RateLimit]] | bool = True,
        rate_limit_store: RateLimitStore | None = None,
        max_in_flight: int = 100,
        trusted_hosts: Sequence[str] = (),
        insecure_hosts: Sequence[str] = (),
        lenient: bool = False,
        http_client: HttpClient | TransportFactory | None = None,
        verify: ssl.SSLContext | str | bool = True,
        proxy: str | None = None,
        http_library: Literal["httpx", "httpx2"] | None = None,
    ) -> None:
        """
        Args:
            credentials: One or more credentials, or a function that returns them. A string is sent as a bearer
                token or an API key, whichever the product takes.
            auth: Alias of `credentials`; also takes an `httpx.Auth` object.
            region: Region, as the product names it; or a mapping of product to region.
            tenant: Tenant id or name, for products that need one.
            cluster: Contact-center cluster, such as `na12`, for products that need one.
            variables: Other values for server addresses and parameters, by their name in the spec.
            base_url: Replaces the origin of every product and token endpoint; paths are kept.
            server: Server to use, of those that a product or operation lists: index, name, description or address.
            timeout: Seconds for the whole call, including retries and the body; or a `Timeout`; None for no limit.
            retries: Retries after the first attempt, only where a repeat is safe; or a `RetryPolicy`.
            headers: Headers to send with every call.
            query: Query parameters to add to every call, for those not in the spec; a list repeats its parameter.
            hooks: Objects to call before and after each attempt.
            rate_limits: True to keep to the documented limits, False for no limits; or limits per product.
            rate_limit_store: Shares the rate limits between processes, such as a `RedisRateLimits`.
            max_in_flight: Maximum number of calls at a time; the rest wait.
            trusted_hosts: Further hosts that may receive credentials, such as those of links to the next page.
            insecure_hosts: Exact names of hosts that may receive credentials over plain HTTP. Token endpoints
                still need HTTPS.
            lenient: Keep response fields that don't match the spec as they are, with a warning, instead of raising
                `DecodeError`.
            http_client: Your own `httpx` or `httpx2` client: `Client` for blocking calls, `AsyncClient` for async
                ones. You close it.
            verify: Path of a CA bundle, an `SSLContext`, or False to skip certificate checks.
            proxy: Proxy address; by default, the environment's proxies are used.
            http_library: HTTP library to use; by default `XCAAS_HTTP_LIBRARY`, or else `httpx2` if installed.
        """
        options = _options_in(locals())
        _refuse_positional(type(self).__name__, misplaced)
        self._owns_connections = True
        self._configure(ClientOptions(**options))

    @classmethod
    def from_env(
        cls: type[AnyClient],
        *,
        credentials: Credentials = None,
        auth: object = None,
        region: AnyRegion = NO_REGION,
        tenant: str | None = None,
        cluster: str | None = None,
        variables: Mapping[str, str] | None = None,
        base_url: str | None = None,
        server: int | str | None = None,
        timeout: Timeout | float | None = DEFAULT_TIMEOUT,
        retries: RetryPolicy | int | None = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        hooks: Sequence[Hook] = (),
        rate_limits: Mapping[str, Sequence[RateLimit]] | bool = True,
        rate_limit_store: RateLimitStore | None = None,
        max_in_flight: int = 100,
        trusted_hosts: Sequence[str] = (),
        insecure_hosts: Sequence[str] = (),
        lenient: bool = False,
        http_client: HttpClient | TransportFactory | None = None,
        verify: ssl.SSLContext | str | bool = True,
        proxy: str | None = None,
        http_library: Literal["httpx", "httpx2"] | None = None,
    ) -> AnyClient:
        """Make a client from environment variables. Arguments override them.

        `XCAAS_CLIENT_ID` and `XCAAS_CLIENT_SECRET`, `XCAAS_API_KEY`, `XCAAS_API_TOKEN`, `XCAAS_USERNAME`,
        `XCAAS_PASSWORD`, `XCAAS_TENANT`, `XCAAS_CLUSTER`, `XCAAS_REGION` (one name, or one per product:
        `storage=uk,cc_realtime=eu`), `XCAAS_BASE_URL`. `XCAAS_HTTP_LIBRARY` applies to every client.
        """
        return cls(**from_env(_options_in(locals())))

    @property
    def options(self) -> ClientOptions:
        """The client's options. Use `with_options` for a copy with others."""
        return self._engine.options

    def with_options(
        self: AnyClient,
        *,
        timeout: Timeout | float | Unchanged | None = UNCHANGED,
        retries: RetryPolicy | int | Unchanged | None = UNCHANGED,
        headers: Mapping[str, str] | Unchanged = UNCHANGED,
        query: Mapping[str, object] | Unchanged = UNCHANGED,
        region: AnyRegion = SAME_REGION,
        tenant: str | Unchanged | None = UNCHANGED,
        cluster: str | Unchanged | None = UNCHANGED,
        variables: Mapping[str, str] | Unchanged | None = UNCHANGED,
        base_url: str | Unchanged | None = UNCHANGED,
        server: int | str | Unchanged | None = UNCHANGED,
        hooks: Sequence[Hook] | Unchanged = UNCHANGED,
        trusted_hosts: Sequence[str] | Unchanged = UNCHANGED,
        insecure_hosts: Sequence[str] | Unchanged = UNCHANGED,
        lenient: bool | Unchanged = UNCHANGED,
    ) -> AnyClient:
        """Return a copy with other options. It shares connections, tokens and limits with this client.

        This client does not change. `headers` and `query` are added to its own. Close this client, not the copies.
        To change credentials, limits (`rate_limits`, `rate_limit_store`, `max_in_flight`) or connections
        (`http_client`, `verify`, `proxy`, `http_library`), make a new client: copies share them.
        """
        changes = _options_in(locals())
        copy = object.__new__(type(self))
        copy._options = self._options.with_changes(changes)
        copy._check_products()
        copy._engine = self._engine.with_options(copy._options)
        copy._owns_connections = False
        copy._open(self)
        return copy

    def _resource(self, cls: type[AnyGroup]) -> AnyGroup:
        return self._root._resource(cls)  # pyright: ignore[reportPrivateUsage]

    def _configure(self, options: ClientOptions) -> None:
        """Create the engine and the session."""
        self._options = options
        self._check_products()
        self._engine = make_engine(options)
        self._open(None)

    @abstractmethod
    def _open(self, source: Client[Any] | None) -> None:
        """Open a session, on the connections of another client if there is one."""

    def _check_products(self) -> None:
        """Raise `ConfigurationError` for settings of products that this client does not have: a typo must not send calls
        to another region."""
        for option, value in (("region", self._options.region), ("rate_limits", self._options.rate_limits)):
            if isinstance(value, Mapping):
                products = product_names(type(self))
                unknown = sorted(str(name) for name in value if name not in products)
                if unknown:
                    raise ConfigurationError(
                        f"{option} names {', '.join(unknown)}, which is not a product of this client",
                        advice=_suggestion(unknown[0], products) or f"Choose from {', '.join(sorted(products))}.",
                    )
        check_region(self._options.region, self._regions)
        self._check_credentials()

    def _check_credentials(self) -> None:
        """Raise `ConfigurationError` for typos in `products=`. Other unknown names may be meant for another client."""
        credentials = self._options.credentials
        if credentials is None:
            return
        products = product_names(type(self))
        for name in sorted(credentials.products.difference(products)):
            if suggestion := _suggestion(name, products):
                raise ConfigurationError(
                    f"a credential is for the product {name!r}, which this client does not have", advice=suggestion
                )

    @classmethod
    def _from_options(cls, options: ClientOptions) -> Self:
        client = cls.__new__(cls)
        client._owns_connections = True
        client._configure(options)
        return client

    def __reduce__(self) -> tuple[Callable[[ClientOptions], Self], tuple[ClientOptions]]:
        if self._options.http_client is not None:
            raise TypeError("a client with an http_client of its own cannot be copied or pickled")
        return self._from_options, (self._options,)

    def __repr__(self) -> str:
        options = getattr(self, "_options", None)  # missing if the constructor raised, and a traceback shows the client
        shown = {name: getattr(options, name, None) for name in ("region", "base_url")}
        arguments = [f"{name}={value!r}" for name, value in shown.items() if value is not None]
        return f"{type(self).__name__}({', '.join(arguments)})"


def _options_in(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options among the local variables of a method."""
    return {name: value for name, value in variables.items() if name in RULES}


def _refuse_positional(client: str, arguments: tuple[object, ...]) -> None:
    if arguments:
        raise TypeError(f"{client}() takes keyword arguments only; credentials are given as {client}(credentials=…)")


def product_names(cls: type) -> list[str]:
    """Return the names of a client's products: the properties that generated code adds, or the one product."""
    if own := [product.name for product in own_product(cls)]:
        return own
    generated = [base for base in cls.__mro__ if not base.__module__.startswith(f"{__package__}.")]
    return [name for base in generated for name, member in vars(base).items() if isinstance(member, property)]


def _suggestion(name: str, names: list[str]) -> str | None:
    from difflib import get_close_matches

    matches = get_close_matches(name, names, cutoff=0.8)
    return f"Did you mean {' or '.join(map(repr, matches))}?" if matches else None
