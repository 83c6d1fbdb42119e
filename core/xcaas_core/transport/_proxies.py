"""Proxies: those that the environment names, with the checks that the option has. Loaded where there are any."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final
from urllib.parse import urlsplit

from .._errors import ConfigurationError
from .._redaction import safe_url

__all__ = ["check_proxy", "proxies_by_pattern"]

_PROXIES: Final = ("http", "https", "socks5", "socks5h")


def check_proxy(option: str, proxy: str, shown: str = "") -> None:
    """Refuse what is not the address of a proxy. It may hold a password, so only `shown` is part of the message."""
    try:
        address = urlsplit(proxy)
        scheme = address.scheme if address.hostname and address.port != 0 else ""
    except ValueError:
        scheme = ""
    if scheme not in _PROXIES:
        raise ConfigurationError(f"{option}{shown} is not an address", advice="It looks like http://host:port.")
    if scheme.startswith("socks") and find_spec("socksio") is None:
        which = f" ({option}{shown})" if shown else ""
        raise ConfigurationError(f"a SOCKS proxy{which} needs the package socksio", advice="Run `pip install socksio`.")


def proxies_by_pattern(found: Mapping[str, str]) -> dict[str, str | None]:
    """Return proxies by the pattern of the addresses that they are for; None where there is to be no proxy.

    `found` is what `getproxies` gives. Plain HTTP takes none: a proxy would be elsewhere, and see credentials.
    """
    proxies: dict[str, str | None] = {}
    for scheme in ("https", "all"):
        if given := found.get(scheme):
            address = given if "://" in given else f"http://{given}"
            check_proxy(_variable(f"{scheme}_proxy"), address, f" ({_shown(given)})")
            proxies[f"{scheme}://"] = address
    exceptions = [host.strip() for host in found.get("no", "").split(",") if host.strip()]
    if not proxies or "*" in exceptions:
        return {}
    return {**proxies, **dict.fromkeys(map(_pattern, exceptions)), "http://": None}


def _variable(name: str) -> str:
    """Return the variable in the spelling that the environment has."""
    return next((found for found in os.environ if found.lower() == name), name)


def _shown(proxy: str) -> str:
    return safe_url(proxy) if "@" not in proxy else f"***@{proxy.rpartition('@')[2]}"


def _pattern(host: str) -> str:
    """Return the library's pattern for an entry of NO_PROXY. Of a network, the library knows the first address only."""
    from ipaddress import IPv6Address, ip_address

    if "://" in host:
        return host
    try:
        address = ip_address(host.partition("/")[0].strip("[]"))
    except ValueError:
        return "all://localhost" if host.lower() == "localhost" else f"all://*{host.removeprefix('*')}"
    return f"all://[{address}]" if isinstance(address, IPv6Address) else f"all://{address}"
