"""All options of a client: those of calls, what opens the products, and how connections are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from .._checks import check_library
from .._errors import ConfigurationError
from ..calls import _option_checks as checks
from ..calls._options import Options, option, rules_of
from ..sansio._drivers import AsyncTransport, SyncTransport

if TYPE_CHECKING:
    import ssl

    from ..auth import CredentialSet

__all__ = [
    "ClientOptions",
    "HttpClient",
    "Regions",
    "TransportFactory",
    "check_region",
    "given_options",
    "options_from_env",
]


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


def _check_proxy(proxy: object) -> None:
    if isinstance(proxy, str):
        from ..transport._proxies import check_proxy

        check_proxy("proxy", proxy)


def _check_http_library(name: object) -> None:
    if isinstance(name, str):
        check_library("http_library", name)


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class ClientOptions(Options):
    """The arguments of a client. `auth` is one of the HTTP library's kind, which signs by itself, or None."""

    credentials: CredentialSet | None = option(shared=True)
    auth: object = option(shared=True)
    http_client: HttpClient | TransportFactory | None = option(shared=True)
    verify: ssl.SSLContext | str | bool = option(True, shared=True)
    proxy: str | None = option(None, checks.is_str, "text", check=_check_proxy, shared=True)
    http_library: str | None = option(None, checks.is_str, "text", check=_check_http_library, shared=True)

    def __post_init__(self) -> None:
        self.credentials, self.auth = _parse_credentials(self.credentials, self.auth)
        Options.__post_init__(self)


def given_options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options among the arguments of a method."""
    return {name: arguments[name] for name in rules_of(ClientOptions) if name in arguments}


def options_from_env(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a client, those that were not given from the environment."""
    found = {name: rule.from_env() for name, rule in rules_of(ClientOptions).items() if given[name] is None}
    if given["credentials"] is None and given["auth"] is None:
        from ..auth import credentials_from_env

        found["credentials"] = credentials_from_env() or None
    return {**given, **found}


def _parse_credentials(credentials: object, auth: object) -> tuple[CredentialSet | None, object]:
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


def _signs_by_itself(given: object) -> bool:
    if isinstance(given, str | tuple | list | dict):
        return False
    from ..transport._library import is_http_auth

    return is_http_auth(given)


Regions: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Words for the regions of products, by product; none where any word will do."""


def check_region(given: str | Mapping[str, str] | None, known: Regions) -> None:
    """Refuse a region that no product has, or that the product does not have for which it is given."""
    if given is None or not known:
        return
    regions = dict(known)
    if isinstance(given, str):
        if not any(_is_region_of(given, words) for words in regions.values()):
            raise ConfigurationError(f"no product has the region {given!r}", advice=f"There are {_listed(known)}.")
        return
    for product, word in given.items():
        words = regions.get(product)
        if words is None:
            raise ConfigurationError(f"{product} has no regions, but {word!r} is given for it", advice="Leave it out.")
        if not _is_region_of(word, words):
            raise ConfigurationError(f"{product} has no region {word!r}", advice=f"Choose one of {', '.join(words)}.")


def _is_region_of(word: str, words: tuple[str, ...]) -> bool:
    return not words or word in words


def _listed(known: Regions) -> str:
    """Name all regions, and the products that have them."""
    products: dict[tuple[str, ...], list[str]] = {}
    for product, words in known:
        products.setdefault(words, []).append(product)
    return "; ".join(f"{', '.join(words)} ({', '.join(names)})" for words, names in products.items())
