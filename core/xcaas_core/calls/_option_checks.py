"""What the options of a client may be: types that fit them, and further rules. Each is looked at when a client is made."""

from __future__ import annotations

from typing import Final

from .._checks import invalid_type, is_collection, is_mapping, is_str_mapping
from .._errors import ConfigurationError
from ..operations._product import RateLimit

__all__ = [
    "are_hooks",
    "check_headers",
    "check_in_flight",
    "check_insecure_hosts",
    "check_rate_limits",
    "is_headers",
    "is_list_of_str",
    "is_rate_limits",
    "is_region",
    "is_server",
    "is_str",
    "is_variables",
    "is_whole",
]


def is_str(value: object) -> bool:
    return value is None or isinstance(value, str)


def is_variables(value: object) -> bool:
    return value is None or is_str_mapping(value)


def is_region(value: object) -> bool:
    return isinstance(value, str) or is_variables(value)


def is_server(value: object) -> bool:
    return is_str(value) or (is_whole(value) and isinstance(value, int) and value >= 0)


def is_headers(value: object) -> bool:
    return value is None or is_mapping(value)


def is_list_of_str(value: object) -> bool:
    return not isinstance(value, str) and is_collection(value) and all(isinstance(item, str) for item in value)


def are_hooks(value: object) -> bool:
    return is_collection(value) and all(map(_is_hook, value))


def _is_hook(value: object) -> bool:
    methods = (getattr(value, name, None) for name in ("before", "after"))
    return not isinstance(value, type) and all(map(callable, methods))


def is_rate_limits(value: object) -> bool:
    return isinstance(value, bool) or is_mapping(value)


def is_whole(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool | type)


def check_headers(headers: object) -> None:
    """Refuse headers that cannot be sent. Values are not shown: they may be secret."""
    for name, value in headers.items() if is_mapping(headers) else ():
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


def check_rate_limits(given: object) -> None:
    """Refuse what is no list of limits."""
    for product, limits in given.items() if is_mapping(given) else ():
        if not is_collection(limits) or not all(isinstance(limit, RateLimit) for limit in limits):
            advice = "Pass a list, also for a single limit: [RateLimit(…)]."
            raise invalid_type(f"rate_limits[{product!r}]", limits, "a list of RateLimit", advice)


def check_in_flight(given: object) -> None:
    """Refuse a client that could never call."""
    if isinstance(given, int | float) and given < 1:
        raise ConfigurationError("max_in_flight must let at least one call through")


def check_insecure_hosts(hosts: object) -> None:
    """Refuse what is not the name of one host: neither patterns nor addresses with a scheme, a port or a path."""
    for host in hosts if is_collection(hosts) else ():
        if not isinstance(host, str) or not host or not _HOST.issuperset(host) or host.count(":") == 1:
            raise ConfigurationError(
                f"{host!r} of insecure_hosts is not the name of one host", advice="It looks like 'api.internal'."
            )


_HOST: Final = frozenset("-._:0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
