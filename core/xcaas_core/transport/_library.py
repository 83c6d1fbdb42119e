"""The HTTP library, behind what the rest of this room asks of it.

`httpx2` is preferred where it is installed, `httpx` otherwise, unless `XCAAS_HTTP_LIBRARY` or the option
`http_library` names one; users may pass a client of either.
`_sync.py` and `_async.py` carry out what flows ask for with what is made here.
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
# What speaks HTTP for each of them.
_CORES: Final = {"httpx2": "httpcore2", "httpx": "httpcore"}


def _module(name: str) -> ModuleType:
    return import_module(name)


def _chosen(name: str | None) -> str:
    """Return the library that clients of the SDK's own are made from."""
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


def _library_of(thing: object) -> str | None:
    """Return which of the libraries an object's class comes from, also through a subclass of the user's."""
    for cls in type(thing).__mro__:
        root = cls.__module__.partition(".")[0]
        if root in _LIBRARIES:
            return root
    return None


def is_http_auth(thing: object) -> bool:
    """Return whether a user's `auth` is an HTTP library's own kind, and not one of our credentials."""
    name = _library_of(thing)
    return name is not None and isinstance(thing, _module(name).Auth)


def is_http_client(thing: object, *, blocking: bool) -> bool:
    """Return whether a user's `http_client` is a client of a library that we know, of the right kind."""
    name = _library_of(thing)
    return name is not None and isinstance(thing, _module(name).Client if blocking else _module(name).AsyncClient)


class Connection:
    """How connections are made by clients that the SDK makes itself.

    One TLS context serves all of them; loading the certificates takes longer than all else. Requests
    go straight to the library's transport: what its client would do on top (cookies, redirects, its own
    log of addresses) is not wanted here, and takes a fifth of a call's time. Only proxies from the
    environment need the client, which knows how to choose among them.
    """

    def __init__(
        self, *, verify: ssl.SSLContext | str | bool = True, proxy: str | None = None, library: str | None = None
    ) -> None:
        self.library = _chosen(library)
        self.proxy = proxy
        self._proxies = _proxies_from_env() if proxy is None else {}
        # As a proxy that sends its request back may show them.
        self.secrets = [login for given in (proxy, *self._proxies.values()) if given for login in _login(given)]
        self.tls = _tls_context(self.library, verify)
        module = _module(self.library)
        with module.Client(transport=module.MockTransport(_module), trust_env=False) as client:
            encodings: str = client.headers["accept-encoding"]
        # The classes that requests are built with.
        self.kinds: tuple[Any, Any] = (module.Request, module.URL)
        self.defaults = {"accept-encoding": encodings, "connection": "keep-alive", "user-agent": AGENT}

    def make(self, *, blocking: bool, direct: bool) -> Any:
        """Return a new transport of the library (`direct`), or a client."""
        library = _module(self.library)
        name = "HTTPTransport" if direct else "Client"
        # Each serves one call at a time (`_pool.py`): one connection per server.
        limits = library.Limits(max_connections=None, max_keepalive_connections=4, keepalive_expiry=15.0)
        kind = getattr(library, name if blocking else f"Async{name}")
        options: dict[str, Any] = {"verify": self.tls, "limits": limits, "trust_env": False}
        if direct or not self._proxies:
            made = kind(**options, proxy=self.proxy)
        else:
            transport = library.HTTPTransport if blocking else library.AsyncHTTPTransport
            mounts = {
                pattern: None if proxy is None else transport(**options, proxy=proxy)
                for pattern, proxy in self._proxies.items()
                if _is_pattern(library, pattern)
            }
            made = kind(**options, mounts=mounts)
        for pool in _pools(made):
            # Only pools of the user's own making take a backend. This one makes their connections from now on.
            pool._network_backend = self._backend(blocking)
        return made

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

    found = getproxies()
    if not found:
        return {}
    from ._proxies import proxies_by_pattern

    return proxies_by_pattern(found)


def _login(proxy: str) -> list[str]:
    """Return the login in a proxy's address, as it is sent, and what is secret in it: the password, or a user alone."""
    from urllib.parse import unquote, urlsplit

    address = urlsplit(proxy)
    user, password = unquote(address.username or ""), unquote(address.password or "")
    return [basic(user, password), MaskedStr(password or user)] if user or password else []


def _is_pattern(library: Any, pattern: str) -> bool:
    """Return whether an entry of NO_PROXY can be read. Those that cannot are passed over, as curl and Go do."""
    try:
        library.URL(pattern)
    except library.InvalidURL:
        return False
    return True


def _pools(made: Any) -> Iterator[Any]:
    """Return the connection pools of a transport, or of a client's transports."""
    for transport in (made, getattr(made, "_transport", None), *getattr(made, "_mounts", {}).values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            yield pool


def is_connected(client: object) -> bool:
    """Return whether a client holds connections."""
    return any(pool.connections for pool in _pools(client))


def _tls_context(library: str, verify: ssl.SSLContext | str | bool) -> ssl.SSLContext:
    source = ("verify", verify) if isinstance(verify, str) else _bundle_from_env() if verify is True else None
    try:
        if source is not None:
            return _trusting(source[1])
        context: ssl.SSLContext = _module(library).create_ssl_context(verify=verify)
    except (OSError, ValueError) as error:  # the latter for a path that no file can have
        if source is None:
            raise
        name, path = source
        reason = error.strerror if isinstance(error, OSError) else None
        raise ConfigurationError(
            f"the CA bundle {path!r} of {name} cannot be used: {reason or error}",
            advice="Give the path of a file in PEM form.",
        ) from error
    return context


def _bundle_from_env() -> tuple[str, str] | None:
    """Return the variable that names certificates to trust, and its value; None where none does."""
    found = ((variable, os.environ.get(variable)) for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    return next(((variable, path) for variable, path in found if path), None)


def _trusting(path: str) -> ssl.SSLContext:
    import ssl

    if any(map(os.path.isdir, path.split(os.pathsep))):
        return ssl.create_default_context(capath=path)
    return ssl.create_default_context(cafile=path)


def auth_bases() -> list[type]:
    """Return the base classes that the libraries which are installed want an `auth` object to have."""
    return [_module(name).Auth for name in _LIBRARIES if find_spec(name) is not None]
