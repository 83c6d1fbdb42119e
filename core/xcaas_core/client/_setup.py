"""Making a client's engine and transport from its options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._checks import invalid_type
from .._errors import ConfigurationError

if TYPE_CHECKING:
    from ..calls._engine import Engine
    from ..calls._options import ClientOptions, TransportFactory
    from ..sansio._drivers import AsyncTransport, SyncTransport
    from ..transport._library import Connection

__all__ = ["make_async_transport", "make_engine", "make_sync_transport"]


def make_engine(options: ClientOptions) -> Engine:
    """Make the engine."""
    from ..calls._engine import ClientState, Engine

    factory = _transport_factory(options)
    limit = options.max_in_flight
    shared = ClientState(limit) if factory is None else ClientState(limit, clock=factory.clock, wall=factory.clock)
    external_auth = options.auth or (options.credentials is None and getattr(options.http_client, "auth", None))
    return Engine(options, options.credentials, shared, external_auth=bool(external_auth))


def make_sync_transport(options: ClientOptions) -> SyncTransport:
    """Make the transport of a blocking client."""
    factory = _transport_factory(options)
    if factory is not None:
        return factory.sync_io()
    from ..transport._sync import HttpTransport

    return HttpTransport(_http_client(options, blocking=True), connection=_connection(options), auth=options.auth)


def make_async_transport(options: ClientOptions) -> AsyncTransport:
    """Make the transport of an async client."""
    factory = _transport_factory(options)
    if factory is not None:
        return factory.async_io()
    from ..transport._async import AsyncHttpTransport

    return AsyncHttpTransport(_http_client(options, blocking=False), connection=_connection(options), auth=options.auth)


def _transport_factory(options: ClientOptions) -> TransportFactory | None:
    client: Any = options.http_client
    return client if hasattr(client, "sync_io") and hasattr(client, "async_io") else None


def _connection(options: ClientOptions) -> Connection | None:
    from ..transport._library import Connection

    if options.http_client is not None:
        return None
    _check_verify(options.verify)
    return Connection(verify=options.verify, proxy=options.proxy, library=options.http_library)


def _check_verify(verify: object) -> None:
    import ssl

    if not isinstance(verify, bool | str | ssl.SSLContext):
        raise invalid_type("verify", verify, "True, False, the path of a CA bundle as text, or an SSLContext")


def _http_client(options: ClientOptions, *, blocking: bool) -> object:
    """Return the user's HTTP client. Raises `ConfigurationError` if it cannot be used."""
    from ..transport._library import is_http_client

    client = options.http_client
    if client is None:
        return None
    if options.verify is not True or options.proxy is not None:
        raise ConfigurationError(
            "verify and proxy cannot be given together with http_client", advice="Set them on your own HTTP client."
        )
    if options.http_library is not None:
        raise ConfigurationError(
            "http_library cannot be given together with http_client",
            advice="Make that client with the library you want.",
        )
    if not is_http_client(client, blocking=blocking):
        expected = "Client" if blocking else "AsyncClient"
        raise invalid_type("http_client", client, f"an httpx.{expected} or httpx2.{expected}")
    return client
