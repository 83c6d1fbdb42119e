"""`xcaas doctor`: finds problems of connection and credentials, and says how to fix them."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import click

from ._auth import token_of
from ._connection import connection_options, find_credentials, make_client
from ._manifest import manifest

if TYPE_CHECKING:
    from xcaas import XCaaS

__all__ = ["doctor"]

_SECONDS_APART = 60
_PRODUCT = "storage"
"""What the regions of a customer are asked of."""

Finding = tuple[bool, str, str]
"""Whether all is well, what was looked at, what was found."""


class _Doctor(click.Command):
    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        self.params = [*connection_options()]
        return super().get_params(ctx)

    def invoke(self, ctx: click.Context) -> None:
        """Print a line per finding. Exit with 1 if there is a problem."""
        from xcaas import XCaaSError

        with make_client(ctx.params):  # refuses settings that fit no product
            pass
        settings = {**ctx.params, "timeout": 10.0 if ctx.params["timeout"] is None else ctx.params["timeout"]}
        well = True
        for name, look in _CHECKS.items():
            try:
                findings = list(look(settings))
            except XCaaSError as error:
                findings = [(False, name, str(error))]
            for fine, subject, text in findings:
                well = well and fine
                sys.stdout.write(f"{'ok  ' if fine else 'FAIL'}  {subject:<11}  {text}\n")
                sys.stdout.flush()
        if not well:
            ctx.exit(1)


doctor = _Doctor(
    "doctor", help="Check host names, proxy, connection, clock, credentials and regions, and say how to fix problems."
)


def _credentials(settings: dict[str, Any]) -> Iterator[Finding]:
    source, found = find_credentials(settings.get("profile"))
    names = ", ".join(type(credential).__name__ for credential in found)
    yield bool(found), "credentials", f"{names} ({source})" if found else "none. Run: xcaas auth login"


def _proxies(settings: dict[str, Any]) -> Iterator[Finding]:
    named = {name: address for name, address in getproxies().items() if name in ("http", "https", "all")}
    for scheme, address in named.items():
        parts = urlsplit(address)
        yield True, "proxy", f"{scheme} through {parts.hostname}:{parts.port or 80}"
    if not named:
        yield True, "proxy", "none"


def _hosts(settings: dict[str, Any]) -> Iterator[Finding]:
    with make_client(settings) as client:
        base_url = client.options.base_url
    servers = [base_url] if base_url else [operation["server"] for operation in manifest().operations]
    hosts = {urlsplit(server).hostname or "" for server in servers}
    for host in sorted(host for host in hosts if "{" not in host):
        if getproxies().get("https") and not proxy_bypass(host):
            yield True, "host", f"{host} (the proxy resolves it)"
            continue
        try:
            socket.getaddrinfo(host, None)
            yield True, "host", host
        except OSError as error:
            yield False, "host", f"{host} cannot be resolved ({error.strerror}). Check the name, DNS and VPN."


def _clock(settings: dict[str, Any]) -> Iterator[Finding]:
    """Call what needs no credential: any response tells that the service can be reached, and its time."""
    from xcaas import ResponseError

    operations = manifest().operations
    call = next(found["call"] for found in operations if not (found["security"] or found["deprecated"]))
    with make_client(settings) as client:
        method: Any = client
        for name in call.split("."):
            method = getattr(method, name)
        try:
            headers = client.raw(method, "none").headers
        except ResponseError as error:
            headers = error.headers
    yield True, "connection", "the service responds"
    if not (date := headers.get("date")):
        return
    apart = abs((parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds())
    if apart <= _SECONDS_APART:
        yield True, "clock", "matches the service's"
    else:
        yield False, "clock", f"{apart:.0f} seconds off the service's. Set it, or use NTP."


def _token(settings: dict[str, Any]) -> Iterator[Finding]:
    with make_client(settings) as client:
        info = token_of(client)
        if info is None:
            yield True, "token", "not requested: there is no key for OAuth products"
            return
        yield True, "token", f"valid for {info.lifetime:.0f} s"
        yield (
            bool(info.products),
            "products",
            ", ".join(info.products) or "the key gives access to none. Check it in the Admin Console.",
        )
        if _PRODUCT in info.products:
            yield from _regions(client)


def _regions(client: XCaaS) -> Iterator[Finding]:
    found = client.with_options(region=None).storage.regions.list()
    chosen = client.options.region
    fine = chosen not in manifest().regions[_PRODUCT] or chosen in found
    advice = "" if fine else f". There is no data in yours, {chosen}. Give --region"
    yield fine, "regions", f"{_PRODUCT}: {', '.join(found)}{advice}"


_CHECKS: dict[str, Callable[[dict[str, Any]], Iterator[Finding]]] = {
    "credentials": _credentials,
    "proxy": _proxies,
    "host": _hosts,
    "connection": _clock,
    "token": _token,
}
