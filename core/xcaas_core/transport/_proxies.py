"""Proxies from the environment and their checks. Imported only if there are any."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final
from urllib.parse import urlsplit

from .._errors import ConfigurationError
from .._redaction import safe_url

__all__ = ["check_proxy", "proxies_by_pattern"]

_SCHEMES: Final = ("http", "https", "socks5", "socks5h")


def check_proxy(option: str, proxy: str, shown: str = "") -> None:
    """Raise `ConfigurationError` for an invalid proxy address. As it may contain a password, messages show only `shown`."""
    try:
        address = urlsplit(proxy)
        scheme = address.scheme if address.hostname and address.port != 0 else ""
    except ValueError:
        scheme = ""
    if scheme not in _SCHEMES:
        raise ConfigurationError(f"{option}{shown} is not an address", advice="It looks like http://host:port.")
    if scheme.startswith("socks") and find_spec("socksio") is None:
        source = f" ({option}{shown})" if shown else ""
        raise ConfigurationError(
            f"a SOCKS proxy{source} needs the package socksio", advice="Run `pip install socksio`."
        )


def proxies_by_pattern(environment: Mapping[str, str]) -> dict[str, str | None]:
    """Return proxies by URL pattern; None for no proxy.

    `environment` is the result of `getproxies`. Plain HTTP uses none: the proxy would see credentials.
    """
    proxies: dict[str, str | None] = {}
    for scheme in ("https", "all"):
        if proxy := environment.get(scheme):
            address = proxy if "://" in proxy else f"http://{proxy}"
            check_proxy(_variable(f"{scheme}_proxy"), address, f" ({_mask_login(proxy)})")
            proxies[f"{scheme}://"] = address
    exceptions = [host.strip() for host in environment.get("no", "").split(",") if host.strip()]
    if not proxies or "*" in exceptions:
        return {}
    return {**proxies, **dict.fromkeys(map(_pattern, exceptions)), "http://": None}


def _variable(name: str) -> str:
    """Return the variable in the spelling of the environment."""
    return next((variable for variable in os.environ if variable.lower() == name), name)


def _mask_login(proxy: str) -> str:
    return safe_url(proxy) if "@" not in proxy else f"***@{proxy.rpartition('@')[2]}"


def _pattern(host: str) -> str:
    """Return the library's pattern for an entry of NO_PROXY. Networks match their first address only."""
    from ipaddress import IPv6Address, ip_address

    if "://" in host:
        return host
    try:
        address = ip_address(host.partition("/")[0].strip("[]"))
    except ValueError:
        return "all://localhost" if host.lower() == "localhost" else f"all://*{host.removeprefix('*')}"
    return f"all://[{address}]" if isinstance(address, IPv6Address) else f"all://{address}"
