"""What a client's options may be. Looked at once, so that a mistake is told where it was made and not at some call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final, TypeAlias, cast
from urllib.parse import urlsplit

from .._checks import check_library, invalid_type, is_str_mapping
from .._errors import ConfigurationError
from ..operations._product import RateLimit

__all__ = ["Regions", "check_options", "check_region"]


def check_options(given: Mapping[str, object]) -> None:
    """Refuse what no client can be made from: `given` are all arguments of a client by name."""
    for name, (fits, wanted) in _WANTED.items():
        value = given[name]
        if not fits(value):
            raise invalid_type(name, value, wanted, _ADVICE.get(name))
    _check_headers(cast("Mapping[object, object]", given["headers"] or {}))
    _check_rate_limits(given["rate_limits"])
    _check_proxy(cast("str | None", given["proxy"]))
    check_library("http_library", cast("str | None", given["http_library"]))
    if cast("int", given["max_in_flight"]) < 1:
        raise ConfigurationError("max_in_flight must let at least one call through")


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


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_server(value: object) -> bool:
    return _is_text(value) or (_is_whole(value) and isinstance(value, int) and value >= 0)


def _is_region(value: object) -> bool:
    return _is_text(value) or is_str_mapping(value)


def _is_list_of_texts(value: object) -> bool:
    if isinstance(value, str) or not isinstance(value, Collection):
        return False
    return all(isinstance(item, str) for item in cast("Collection[object]", value))


def _are_hooks(value: object) -> bool:
    if not isinstance(value, Collection):
        return False
    return all(
        callable(getattr(hook, "before", None))
        and callable(getattr(hook, "after", None))
        and not isinstance(hook, type)
        for hook in cast("Collection[object]", value)
    )


def _are_limits(value: object) -> bool:
    return isinstance(value, bool | Mapping)


def _is_whole(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool | type)


_WANTED: Final[dict[str, tuple[Callable[[object], bool], str]]] = {
    "region": (_is_region, "one word, or a mapping from product to word"),
    "tenant": (_is_text, "text"),
    "cluster": (_is_text, "text"),
    "variables": (is_str_mapping, "a mapping from name to text"),
    "base_url": (_is_text, "text"),
    "server": (_is_server, "an index, or a name, description or address as text"),
    "headers": (lambda value: value is None or isinstance(value, Mapping), "a mapping from name to text"),
    "hooks": (_are_hooks, "a list of objects with the methods before and after"),
    "rate_limits": (_are_limits, "True, False, or a mapping from product to a list of RateLimit"),
    "max_in_flight": (_is_whole, "a whole number"),
    "lenient": (lambda value: isinstance(value, bool), "True or False"),
    "trusted_hosts": (_is_list_of_texts, "a list of hosts"),
    "proxy": (_is_text, "text"),
    "http_library": (_is_text, "text"),
}
_ADVICE: Final = {
    "hooks": "Pass a list, also for a single hook: [hook].",
    "trusted_hosts": "Pass a list, also for a single host: ['files.example.com'].",
}


def _check_headers(headers: Mapping[object, object]) -> None:
    for name, value in headers.items():
        if not isinstance(name, str) or not _TOKEN.issuperset(name) or not name:
            raise ConfigurationError(
                f"{name!r} is not the name of a header", advice="It holds letters, digits and hyphens only."
            )
        if not isinstance(value, str) or not value.isascii() or not value.replace("\t", " ").isprintable():
            raise ConfigurationError(
                f"the header {name} cannot be sent", advice="Its value must be text in ASCII, without line ends."
            )


# RFC 9110, 5.6.2.
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _check_rate_limits(given: object) -> None:
    if not isinstance(given, Mapping):
        return
    for product, limits in cast("Mapping[object, object]", given).items():
        if not _is_list_of_limits(limits):
            advice = "Pass a list, also for a single limit: [RateLimit(…)]."
            raise invalid_type(f"rate_limits[{product!r}]", limits, "a list of RateLimit", advice)


def _is_list_of_limits(value: object) -> bool:
    return isinstance(value, Collection) and all(
        isinstance(limit, RateLimit) for limit in cast("Collection[object]", value)
    )


def _check_proxy(proxy: str | None) -> None:
    """The address is not shown: it may hold a password."""
    if proxy is None:
        return
    try:
        address = urlsplit(proxy)
        scheme = address.scheme if address.hostname and address.port != 0 else ""
    except ValueError:
        scheme = ""
    if scheme not in _PROXIES:
        raise ConfigurationError("proxy is not an address", advice="It looks like http://host:port.")
    if scheme.startswith("socks"):
        from importlib.util import find_spec

        if find_spec("socksio") is None:
            raise ConfigurationError("a SOCKS proxy needs the package socksio", advice="Run `pip install socksio`.")


_PROXIES: Final = ("http", "https", "socks5", "socks5h")
