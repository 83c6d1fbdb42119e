"""The options of a client: names, defaults, checks and conversions."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeAlias

from .._checks import check_library, has_methods, invalid_type, is_collection, is_mapping, is_str_mapping
from .._errors import ConfigurationError
from ..operations._product import RateLimit
from ..sansio._drivers import AsyncTransport, SyncTransport
from ._retry import RetryPolicy, Timeout

if TYPE_CHECKING:
    import ssl

    from ..auth.credentials._set import CredentialSet
    from .hooks import Hook
    from .shared_limits import RateLimitStore

__all__ = [
    "DEFAULT_RETRIES",
    "DEFAULT_TIMEOUT",
    "RULES",
    "UNCHANGED",
    "ClientOptions",
    "HttpClient",
    "Regions",
    "TransportFactory",
    "Unchanged",
    "check_region",
    "from_env",
    "option",
]

# RFC 9110, section 5.6.2.
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_HOST: Final = frozenset("-._:0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Unchanged:
    """The type of `UNCHANGED`: the option keeps its value in `with_options`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNCHANGED"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "UNCHANGED"


UNCHANGED: Final = Unchanged()


DEFAULT_TIMEOUT: Final = Timeout()
DEFAULT_RETRIES: Final = RetryPolicy()


class HttpClient(Protocol):
    """A client of `httpx` or `httpx2`: `Client` for blocking clients, `AsyncClient` for async ones."""

    @property
    def is_closed(self) -> bool: ...


class TransportFactory(Protocol):
    """A stand-in for the network, such as `xcaas.testing.FakeServer`."""

    @property
    def clock(self) -> Callable[[], float]: ...
    def sync_io(self) -> SyncTransport: ...
    def async_io(self) -> AsyncTransport: ...


def _is_optional_str(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_optional_str_mapping(value: object) -> bool:
    return value is None or is_str_mapping(value)


def _is_region(value: object) -> bool:
    return isinstance(value, str) or _is_optional_str_mapping(value)


def _is_server(value: object) -> bool:
    return _is_optional_str(value) or (_is_integer(value) and isinstance(value, int) and value >= 0)


def _is_optional_mapping(value: object) -> bool:
    return value is None or is_mapping(value)


def _is_str_collection(value: object) -> bool:
    return not isinstance(value, str) and is_collection(value) and all(isinstance(item, str) for item in value)


def _is_rate_limits(value: object) -> bool:
    return isinstance(value, bool) or is_mapping(value)


def _is_integer(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool | type)


def _check_headers(headers: object) -> None:
    """Raise `ConfigurationError` for headers that cannot be sent. Values may be secret, so they are not shown."""
    for name, value in headers.items() if is_mapping(headers) else ():
        if not isinstance(name, str) or not _TOKEN.issuperset(name) or not name:
            raise ConfigurationError(
                f"{name!r} is not the name of a header", advice="It holds letters, digits and hyphens only."
            )
        if not isinstance(value, str) or not value.isascii() or not value.replace("\t", " ").isprintable():
            raise ConfigurationError(
                f"the header {name} cannot be sent", advice="Its value must be text in ASCII, without line ends."
            )


def _check_rate_limits(limits_by_product: object) -> None:
    for product, limits in limits_by_product.items() if is_mapping(limits_by_product) else ():
        if not is_collection(limits) or not all(isinstance(limit, RateLimit) for limit in limits):
            advice = "Pass a list, also for a single limit: [RateLimit(…)]."
            raise invalid_type(f"rate_limits[{product!r}]", limits, "a list of RateLimit", advice)


def _check_hooks(hooks: object) -> None:
    if hooks != ():
        from .hooks import check_hooks  # a vendored copy may refuse all hooks

        check_hooks(hooks)


def _check_in_flight(slots: object) -> None:
    if isinstance(slots, int | float) and slots < 1:
        raise ConfigurationError("max_in_flight must let at least one call through")


def _check_insecure_hosts(hosts: object) -> None:
    """Check that these are host names: no patterns, and no scheme, port or path."""
    for host in hosts if is_collection(hosts) else ():
        if not isinstance(host, str) or not host or not _HOST.issuperset(host) or host.count(":") == 1:
            raise ConfigurationError(
                f"{host!r} of insecure_hosts is not the name of one host", advice="It looks like 'api.internal'."
            )


def _check_base_url(address: object) -> None:
    if isinstance(address, str):
        from ..http._urls import parse_base_url

        parse_base_url(address)


def _check_proxy(proxy: object) -> None:
    if isinstance(proxy, str):
        from ..transport._proxies import check_proxy

        check_proxy("proxy", proxy)


def _check_http_library(name: object) -> None:
    if isinstance(name, str):
        check_library("http_library", name)


class _Headers(dict[str, str]):
    """The caller's headers, with secrets masked in `repr`."""

    __slots__ = ()

    def __repr__(self) -> str:
        from .._redaction import safe_headers  # imported late, to keep `import xcaas` fast

        return repr(safe_headers(self))


@dataclass(frozen=True, slots=True)
class Rule:
    """The checks of an option, and its environment variable."""

    accepts: Callable[[object], bool] | None = None
    """Whether a value has a valid type."""
    expected: str = ""
    """That type, in messages."""
    advice: str | None = None
    check: Callable[[object], None] | None = None
    """Raises `ConfigurationError` for a value of the right type that cannot be used."""
    variable: str | None = None
    """The environment variable that `from_env` reads."""
    parse: Callable[[str], object] = str
    """Parses the value of that variable."""
    shared: bool = False
    """Whether copies of a client share it, so that `with_options` cannot change it."""

    def validate(self, name: str, value: object) -> None:
        """Raise `ConfigurationError` for an invalid value."""
        if self.accepts is not None and not self.accepts(value):
            raise invalid_type(name, value, self.expected, self.advice)
        if self.check is not None:
            self.check(value)

    def from_env(self) -> object:
        """Return the value from the environment; None if not set."""
        text = os.environ.get(self.variable, "").strip() if self.variable is not None else ""
        return self.parse(text) if text else None


def option(
    default: object = None, accepts: Callable[[object], bool] | None = None, expected: str = "", **rule: Any
) -> Any:
    """Declare an option: a field of `ClientOptions` with its `Rule`."""
    return field(default=default, metadata={"rule": Rule(accepts, expected, **rule)})


def _parse_regions(text: str) -> str | dict[str, str]:
    """Parse one region, or one per product: `storage=uk,cc_realtime=eu`."""
    if "=" not in text:
        return text
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    return {product.strip(): region.strip() for product, _, region in pairs}


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ClientOptions:
    """The options of a client, as its own docstring describes them.

    `auth` is an auth object of the HTTP library, or None.
    """

    region: str | Mapping[str, str] | None = option(
        None, _is_region, "one word, or a mapping from product to word", variable="XCAAS_REGION", parse=_parse_regions
    )
    tenant: str | None = option(None, _is_optional_str, "text", variable="XCAAS_TENANT")
    cluster: str | None = option(None, _is_optional_str, "text", variable="XCAAS_CLUSTER")
    variables: Mapping[str, str] | None = option(None, _is_optional_str_mapping, "a mapping from name to text")
    base_url: str | None = option(None, _is_optional_str, "text", check=_check_base_url, variable="XCAAS_BASE_URL")
    server: int | str | None = option(None, _is_server, "an index from 0, or a name, description or address as text")
    timeout: Timeout = option(DEFAULT_TIMEOUT)
    retries: RetryPolicy = option(DEFAULT_RETRIES)
    headers: Mapping[str, str] = option(None, _is_optional_mapping, "a mapping from name to text", check=_check_headers)
    query: Mapping[str, object] = option(None, _is_optional_mapping, "a mapping from name to value")
    hooks: Sequence[Hook] = option((), check=_check_hooks)
    rate_limits: Mapping[str, Sequence[RateLimit]] | bool = option(
        True,
        _is_rate_limits,
        "True, False, or a mapping from product to a list of RateLimit",
        check=_check_rate_limits,
        shared=True,
    )
    rate_limit_store: RateLimitStore | None = option(
        None,
        lambda value: value is None or has_methods(value, "reserve"),
        "a store with the method reserve (def, not async def), such as RedisRateLimits(…)",
        shared=True,
    )
    max_in_flight: int = option(100, _is_integer, "a whole number", check=_check_in_flight, shared=True)
    trusted_hosts: Sequence[str] = option(
        (),
        _is_str_collection,
        "a list of hosts",
        advice="Pass a list, also for a single host: ['files.example.com'].",
    )
    insecure_hosts: Sequence[str] = option(
        (),
        _is_str_collection,
        "a list of hosts",
        advice="Pass a list, also for a single host: ['api.internal'].",
        check=_check_insecure_hosts,
    )
    lenient: bool = option(False, lambda value: isinstance(value, bool), "True or False")
    credentials: CredentialSet | None = option(shared=True)
    auth: object = option(shared=True)
    http_client: HttpClient | TransportFactory | None = option(shared=True)
    verify: ssl.SSLContext | str | bool = option(True, shared=True)
    proxy: str | None = option(None, _is_optional_str, "text", check=_check_proxy, shared=True)
    http_library: str | None = option(None, _is_optional_str, "text", check=_check_http_library, shared=True)

    def __post_init__(self) -> None:
        """Validate the options, and convert them to immutable or private values."""
        self.credentials, self.auth = _parse_credentials(self.credentials, self.auth)
        for name, rule in RULES.items():
            rule.validate(name, getattr(self, name))
        self.variables = dict(self.variables or {})
        self.timeout = Timeout.of(self.timeout)
        self.retries = RetryPolicy.of(self.retries)
        self.headers = _Headers({name.lower(): value for name, value in (self.headers or {}).items()})
        self.query = dict(self.query or {})
        self.hooks = tuple(self.hooks)
        self.trusted_hosts = tuple(host.lower() for host in self.trusted_hosts)
        self.insecure_hosts = tuple(host.lower() for host in self.insecure_hosts)

    def with_changes(self, changes: Mapping[str, Any]) -> Self:
        """Return a copy with changes, some of which may be `UNCHANGED`. Headers and query parameters are added to the
        present ones."""
        changed = {name: value for name, value in changes.items() if not isinstance(value, Unchanged)}
        for name, current in (("headers", self.headers), ("query", self.query)):
            if is_mapping(changed.get(name)):
                changed[name] = {**current, **changed[name]}
        return replace(self, **changed)

    @property
    def settings(self) -> dict[str, str]:
        """Values for server addresses and parameters, by their name in the spec (`x-xcaas-from`)."""
        options = {"tenant": self.tenant, "cluster": self.cluster}
        return {**(self.variables or {}), **{name: value for name, value in options.items() if value is not None}}

    def setting(self, product: str, name: str) -> str | None:
        """Return a setting of a product by its name in the spec."""
        if name == "region":
            return self.region if isinstance(self.region, str | None) else self.region.get(product)
        return self.settings.get(name)


RULES: Final[Mapping[str, Rule]] = {entry.name: entry.metadata["rule"] for entry in fields(ClientOptions)}


def from_env(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments, with those that are None read from the environment."""
    values = {name: rule.from_env() for name, rule in RULES.items() if arguments[name] is None}
    if arguments["credentials"] is None and arguments["auth"] is None:
        from ..auth.credentials._from_env import credentials_from_env

        values["credentials"] = credentials_from_env() or None
    return {**arguments, **values}


def _parse_credentials(credentials: object, auth: object) -> tuple[CredentialSet | None, object]:
    """Return credentials, or an auth object of the HTTP library, which calls it itself."""
    if credentials is not None and auth is not None:
        raise ConfigurationError("both credentials and auth were given", advice="They mean the same; give one.")
    value = auth if credentials is None else credentials
    if value is None:
        return None, None
    if _is_http_auth(value):
        return None, value
    from ..auth.credentials._set import CredentialSet

    return CredentialSet.parse(value), None


def _is_http_auth(value: object) -> bool:
    if isinstance(value, str | tuple | list | dict):
        return False
    from ..transport._library import is_http_auth

    return is_http_auth(value)


Regions: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of regions by product; empty where any name is accepted."""


def check_region(region: str | Mapping[str, str] | None, known_regions: Regions) -> None:
    """Raise `ConfigurationError` if no product has the region, or not the product it is given for."""
    if region is None or not known_regions:
        return
    regions = dict(known_regions)
    if isinstance(region, str):
        if not any(_has_region(region, names) for names in regions.values()):
            raise ConfigurationError(
                f"no product has the region {region!r}", advice=f"There are {_format_regions(known_regions)}."
            )
        return
    for product, name in region.items():
        names = regions.get(product)
        if names is None:
            raise ConfigurationError(f"{product} has no regions, but {name!r} is given for it", advice="Leave it out.")
        if not _has_region(name, names):
            raise ConfigurationError(f"{product} has no region {name!r}", advice=f"Choose one of {', '.join(names)}.")


def _has_region(region: str, regions: tuple[str, ...]) -> bool:
    return not regions or region in regions


def _format_regions(known_regions: Regions) -> str:
    """List all regions with the products that have them."""
    products: dict[tuple[str, ...], list[str]] = {}
    for product, regions in known_regions:
        products.setdefault(regions, []).append(product)
    return "; ".join(f"{', '.join(regions)} ({', '.join(names)})" for regions, names in products.items())
