"""What a client was made from: kept to make changed copies of it, and to take it into other processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from .._checks import invalid_type
from .._errors import ConfigurationError
from ..calls._options import Options, RegionSetting, Timeout
from ..calls._retry import RetryPolicy
from ..sansio._drivers import AsyncTransport, SyncTransport

if TYPE_CHECKING:
    import ssl

    from ..auth import CredentialSet
    from ..calls._engine import Engine
    from ..calls._hooks import Hook
    from ..operations._product import RateLimit
    from ..transport._library import Connection

__all__ = ["ClientOptions", "HttpClient", "TransportFactory", "environment"]


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


class ClientOptions(TypedDict):
    """The arguments of a client. `auth` is one of the HTTP library's kind, which signs by itself, or None."""

    credentials: CredentialSet | None
    auth: object
    region: RegionSetting | None
    tenant: str | None
    cluster: str | None
    variables: Mapping[str, str] | None
    base_url: str | None
    server: int | str | None
    timeout: Timeout | float | None
    retries: RetryPolicy | int | None
    headers: Mapping[str, str] | None
    hooks: Sequence[Hook]
    rate_limits: Mapping[str, Sequence[RateLimit]] | bool
    max_in_flight: int
    trusted_hosts: Sequence[str]
    lenient: bool
    http_client: HttpClient | TransportFactory | None
    verify: ssl.SSLContext | str | bool
    proxy: str | None
    http_library: str | None


def parse_credentials(credentials: object, auth: object) -> tuple[CredentialSet | None, object]:
    """Read what opens the products: credentials, or an `auth` of the HTTP library's kind, which it carries out itself."""
    if credentials is not None and auth is not None:
        raise ConfigurationError("both credentials and auth were given", advice="They mean the same; give one.")
    given = auth if credentials is None else credentials
    if given is None:
        return None, None
    if _signs_by_itself(given):
        return None, given
    from ..auth import CredentialSet

    return CredentialSet.parse(given), None


def options_of(setup: ClientOptions) -> Options:
    """The part that calls look at."""
    settings = dict(setup["variables"] or {})
    for name, value in (("tenant", setup["tenant"]), ("cluster", setup["cluster"])):
        if value is not None:
            settings[name] = value
    return Options(
        region=setup["region"],
        settings=settings,
        base_url=setup["base_url"],
        server=setup["server"],
        timeout=setup["timeout"],
        retries=setup["retries"],
        headers=setup["headers"],
        hooks=setup["hooks"],
        rate_limits=setup["rate_limits"],
        max_in_flight=setup["max_in_flight"],
        trusted_hosts=setup["trusted_hosts"],
        lenient=setup["lenient"],
    )


def _signs_by_itself(given: object) -> bool:
    if isinstance(given, str | tuple | list | dict):
        return False
    from ..transport._library import is_http_auth

    return is_http_auth(given)


def make_engine(setup: ClientOptions) -> Engine:
    """The half that decides."""
    from ..calls._engine import ClientState, Engine

    network = _fake(setup)
    limit = setup["max_in_flight"]
    shared = ClientState(limit) if network is None else ClientState(limit, clock=network.clock, wall=network.clock)
    signs = setup["auth"] or (setup["credentials"] is None and getattr(setup["http_client"], "auth", None))
    return Engine(options_of(setup), setup["credentials"], shared, external_auth=bool(signs))


def make_sync_io(setup: ClientOptions) -> SyncTransport:
    """The half that moves bytes, blocking."""
    network = _fake(setup)
    if network is not None:
        return network.sync_io()
    from ..transport._sync import HttpTransport

    return HttpTransport(_checked(setup, blocking=True), connection=_connection(setup), auth=setup["auth"])


def make_async_io(setup: ClientOptions) -> AsyncTransport:
    """The half that moves bytes, in event loops."""
    network = _fake(setup)
    if network is not None:
        return network.async_io()
    from ..transport._async import AsyncHttpTransport

    return AsyncHttpTransport(_checked(setup, blocking=False), connection=_connection(setup), auth=setup["auth"])


def _fake(setup: ClientOptions) -> TransportFactory | None:
    given: Any = setup["http_client"]
    return given if hasattr(given, "sync_io") and hasattr(given, "async_io") else None


def _connection(setup: ClientOptions) -> Connection | None:
    from ..transport._library import Connection

    if setup["http_client"] is not None:
        return None
    verify = setup["verify"]
    _check_verify(verify)
    try:
        return Connection(verify=verify, proxy=setup["proxy"], library=setup["http_library"])
    except OSError as error:
        if not isinstance(verify, str):
            raise
        raise ConfigurationError(
            f"the CA bundle {verify!r} of verify cannot be used: {error.strerror or error}",
            advice="Give the path of a file in PEM form.",
        ) from error


def _check_verify(verify: object) -> None:
    import ssl

    if not isinstance(verify, bool | str | ssl.SSLContext):
        raise invalid_type("verify", verify, "True, False, the path of a CA bundle as text, or an SSLContext")


def _checked(setup: ClientOptions, *, blocking: bool) -> object:
    """The user's HTTP client, if it is one that can be used."""
    from ..transport._library import is_http_client

    client = setup["http_client"]
    if client is None:
        return None
    if setup["verify"] is not True or setup["proxy"] is not None:
        raise ConfigurationError(
            "verify and proxy cannot be given together with http_client", advice="Set them on your own HTTP client."
        )
    if setup["http_library"] is not None:
        raise ConfigurationError(
            "http_library cannot be given together with http_client",
            advice="Make that client with the library you want.",
        )
    if not is_http_client(client, blocking=blocking):
        wanted = "Client" if blocking else "AsyncClient"
        raise invalid_type("http_client", client, f"an httpx.{wanted} or httpx2.{wanted}")
    return client


class Environment(TypedDict):
    """What the environment says about a client, beside credentials."""

    region: RegionSetting | None
    tenant: str | None
    cluster: str | None
    base_url: str | None


def environment() -> Environment:
    """Read `XCAAS_REGION`, `XCAAS_TENANT`, `XCAAS_CLUSTER` and `XCAAS_BASE_URL`.

    A region is one word, or one per product: `storage=uk,cc_realtime=eu`.
    """
    region = _variable("XCAAS_REGION")
    return {
        "region": _regions(region) if region is not None and "=" in region else region,
        "tenant": _variable("XCAAS_TENANT"),
        "cluster": _variable("XCAAS_CLUSTER"),
        "base_url": _variable("XCAAS_BASE_URL"),
    }


def _variable(name: str) -> str | None:
    return os.environ.get(name, "").strip() or None


def _regions(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    return {product.strip(): word.strip() for product, _, word in pairs}
