"""The choice of the HTTP library, and its clients and transports.

`httpx2` is preferred if installed, otherwise `httpx`, unless `XCAAS_HTTP_LIBRARY` or the option `http_library` names
one. Users may pass a client of either.
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .._checks import check_library
from .._errors import ConfigurationError
from .._secrets import MaskedStr, basic
from .._version import AGENT
from ._deadlines import Backend

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from types import ModuleType

    import httpx

    from ._async_connections import AsyncBackend

    HttpAuth: TypeAlias = httpx.Auth

__all__ = ["Connection", "auth_bases", "is_connected", "is_http_auth", "is_http_client"]

_LIBRARIES: Final = ("httpx2", "httpx")
# Their HTTP implementations.
_CORES: Final = {"httpx2": "httpcore2", "httpx": "httpcore"}


def _module(name: str) -> ModuleType:
    return import_module(name)


def _choose_library(name: str | None) -> str:
    """Return the library for the SDK's own clients."""
    option = "http_library"
    if name is None:
        option = "XCAAS_HTTP_LIBRARY"
        name = os.environ.get(option, "").strip() or None
        check_library(option, name)
    if name is None:
        return next((name for name in _LIBRARIES if find_spec(name) is not None), "httpx")
    if find_spec(name) is None:
        raise ConfigurationError(f"{option} is {name}, which is not installed", advice=f"Run `pip install {name}`.")
    return name


def _library_of(instance: object) -> str | None:
    """Return the library that an object's class, or a base class, comes from."""
    for cls in type(instance).__mro__:
        root = cls.__module__.partition(".")[0]
        if root in _LIBRARIES:
            return root
    return None


def is_http_auth(value: object) -> bool:
    """Return whether an `auth` is an auth object of an HTTP library."""
    name = _library_of(value)
    return name is not None and isinstance(value, _module(name).Auth)


def is_http_client(value: object, *, blocking: bool) -> bool:
    """Return whether an `http_client` is a client of a supported library, of the right kind."""
    name = _library_of(value)
    return name is not None and isinstance(value, _module(name).Client if blocking else _module(name).AsyncClient)


class Connection:
    """Makes the SDK's own clients and transports.

    They share one TLS context, as loading certificates is slow. Requests go straight to the library's transport: what
    its client adds (cookies, redirects, its own log of addresses) is not wanted here, and takes a fifth of a call's
    time. Only proxies from the environment need the client, which chooses among them.
    """

    def __init__(
        self, *, verify: ssl.SSLContext | str | bool = True, proxy: str | None = None, library: str | None = None
    ) -> None:
        self.library = _choose_library(library)
        self.proxy = proxy
        self._proxies = _proxies_from_env() if proxy is None else {}
        addresses = {address for address in (proxy, *self._proxies.values()) if address}
        # To be masked in errors, as proxies may echo requests.
        self.secrets = [secret for address in addresses for secret in _proxy_secrets(address)]
        # Without its login, for errors; empty if there are none or several.
        self.proxy_name = _without_login(*addresses) if len(addresses) == 1 else ""
        self.tls = _tls_context(self.library, verify)
        module = _module(self.library)
        with module.Client(transport=module.MockTransport(_module), trust_env=False) as client:
            encodings: str = client.headers["accept-encoding"]
        # For building requests.
        self.request_classes: tuple[Any, Any] = (module.Request, module.URL)
        self.defaults = {"accept-encoding": encodings, "connection": "keep-alive", "user-agent": AGENT}

    def make(self, *, blocking: bool, direct: bool) -> Any:
        """Return a new transport of the library (`direct`), or a client."""
        library = _module(self.library)
        name = "HTTPTransport" if direct else "Client"
        # One call at a time (`_pool.py`), so one connection per server.
        limits = library.Limits(max_connections=None, max_keepalive_connections=4, keepalive_expiry=15.0)
        cls = getattr(library, name if blocking else f"Async{name}")
        options: dict[str, Any] = {"verify": self.tls, "limits": limits, "trust_env": False}
        if direct or not self._proxies:
            client = cls(**options, proxy=self.proxy)
        else:
            transport = library.HTTPTransport if blocking else library.AsyncHTTPTransport
            mounts = {
                pattern: None if proxy is None else transport(**options, proxy=proxy)
                for pattern, proxy in self._proxies.items()
                if _is_pattern(library, pattern)
            }
            client = cls(**options, mounts=mounts)
        for pool in _pools(client):
            # No public option sets the backend of these pools.
            pool._network_backend = self._backend(blocking)
        return client

    def _backend(self, blocking: bool) -> Backend | AsyncBackend:
        core = _module(_CORES[self.library])
        if blocking:
            return Backend(core.SyncBackend(), (core.ConnectError, core.ConnectTimeout))
        from ..sansio._event_loops import in_trio
        from ._async_connections import AsyncBackend

        return AsyncBackend(core.TrioBackend() if in_trio() else core.AnyIOBackend())

    @property
    def direct(self) -> bool:
        """Return whether requests can go straight to a transport."""
        return not self._proxies


def _proxies_from_env() -> dict[str, str | None]:
    from urllib.request import getproxies

    proxies = getproxies()
    if not proxies:
        return {}
    from ._proxies import proxies_by_pattern

    return proxies_by_pattern(proxies)


def _proxy_secrets(proxy: str) -> list[str]:
    """Return the secrets in a proxy's address: the header as sent, and the password, or a user alone."""
    from urllib.parse import unquote, urlsplit

    address = urlsplit(proxy)
    user, password = unquote(address.username or ""), unquote(address.password or "")
    return [basic(user, password), MaskedStr(password or user)] if user or password else []


def _without_login(proxy: str) -> str:
    scheme, _, address = proxy.partition("://")
    return f"{scheme}://{address.rpartition('@')[2]}"


def _is_pattern(library: Any, pattern: str) -> bool:
    """Return whether an entry of NO_PROXY is valid. Invalid ones are ignored, as in curl and Go."""
    try:
        library.URL(pattern)
    except library.InvalidURL:
        return False
    return True


def _pools(client: Any) -> Iterator[Any]:
    """Return the connection pools of a transport, or of a client's transports."""
    for transport in (client, getattr(client, "_transport", None), *getattr(client, "_mounts", {}).values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            yield pool


def is_connected(client: object) -> bool:
    """Return whether a client holds connections."""
    return any(pool.connections for pool in _pools(client))


def _tls_context(library: str, verify: ssl.SSLContext | str | bool) -> ssl.SSLContext:
    source = ("verify", verify) if isinstance(verify, str) else _ca_bundle_from_env() if verify is True else None
    try:
        if source is not None:
            return _context_for(source[1])
        context: ssl.SSLContext = _module(library).create_ssl_context(verify=verify)
    except (OSError, ValueError) as error:  # ValueError for an impossible path
        if source is None:
            raise
        name, path = source
        reason = error.strerror if isinstance(error, OSError) else None
        raise ConfigurationError(
            f"the CA bundle {path!r} of {name} cannot be used: {reason or error}",
            advice="Give the path of a file in PEM form.",
        ) from error
    return context


def _ca_bundle_from_env() -> tuple[str, str] | None:
    """Return the variable for a CA bundle and its value; None if there is none."""
    paths = ((variable, os.environ.get(variable)) for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    return next(((variable, path) for variable, path in paths if path), None)


def _context_for(path: str) -> ssl.SSLContext:
    import ssl

    if any(map(os.path.isdir, path.split(os.pathsep))):
        return ssl.create_default_context(capath=path)
    return ssl.create_default_context(cafile=path)


def auth_bases() -> list[type]:
    """Return the base classes of auth objects of all installed libraries."""
    return [_module(name).Auth for name in _LIBRARIES if find_spec(name) is not None]
