"""From a client's options to the two halves of it: one that decides, and one that moves bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._checks import invalid_type
from .._errors import ConfigurationError

if TYPE_CHECKING:
    from ..calls._engine import Engine
    from ..calls._options import ClientOptions, TransportFactory
    from ..sansio._drivers import AsyncTransport, SyncTransport
    from ..transport._library import Connection

__all__ = ["make_async_io", "make_engine", "make_sync_io"]


def make_engine(options: ClientOptions) -> Engine:
    """Make the half that decides."""
    from ..calls._engine import ClientState, Engine

    network = _fake(options)
    limit = options.max_in_flight
    shared = ClientState(limit) if network is None else ClientState(limit, clock=network.clock, wall=network.clock)
    signs = options.auth or (options.credentials is None and getattr(options.http_client, "auth", None))
    return Engine(options, options.credentials, shared, external_auth=bool(signs))


def make_sync_io(options: ClientOptions) -> SyncTransport:
    """Make the half that moves bytes, blocking."""
    network = _fake(options)
    if network is not None:
        return network.sync_io()
    from ..transport._sync import HttpTransport

    return HttpTransport(_checked(options, blocking=True), connection=_connection(options), auth=options.auth)


def make_async_io(options: ClientOptions) -> AsyncTransport:
    """Make the half that moves bytes, in event loops."""
    network = _fake(options)
    if network is not None:
        return network.async_io()
    from ..transport._async import AsyncHttpTransport

    return AsyncHttpTransport(_checked(options, blocking=False), connection=_connection(options), auth=options.auth)


def _fake(options: ClientOptions) -> TransportFactory | None:
    given: Any = options.http_client
    return given if hasattr(given, "sync_io") and hasattr(given, "async_io") else None


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


def _checked(options: ClientOptions, *, blocking: bool) -> object:
    """Return the user's HTTP client, if it is one that can be used."""
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
        wanted = "Client" if blocking else "AsyncClient"
        raise invalid_type("http_client", client, f"an httpx.{wanted} or httpx2.{wanted}")
    return client
