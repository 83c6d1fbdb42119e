"""`xcaas doctor`: finding connection and credential problems, with advice on how to fix them."""

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

_MAX_CLOCK_DIFFERENCE = 60  # seconds
_PRODUCT = "storage"
"""The product that lists the customer's regions."""

Finding = tuple[bool, str, str]
"""Whether the check passed, its subject, and the result."""


class _Doctor(click.Command):
    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        self.params = [*connection_options()]
        return super().get_params(ctx)

    def invoke(self, ctx: click.Context) -> None:
        """Print a line per finding. Exit with 1 if there is a problem."""
        from xcaas import XCaaSError

        with make_client(ctx.params):  # raises for settings that no product accepts
            pass
        settings = {**ctx.params, "timeout": 10.0 if ctx.params["timeout"] is None else ctx.params["timeout"]}
        healthy = True
        for name, check in _CHECKS.items():
            try:
                findings = list(check(settings))
            except XCaaSError as error:
                findings = [(False, name, str(error))]
            for ok, subject, text in findings:
                healthy = healthy and ok
                sys.stdout.write(f"{'ok  ' if ok else 'FAIL'}  {subject:<11}  {text}\n")
                sys.stdout.flush()
        if not healthy:
            ctx.exit(1)


doctor = _Doctor(
    "doctor", help="Check host names, proxy, connection, clock, credentials and regions, and say how to fix problems."
)


def _credentials(settings: dict[str, Any]) -> Iterator[Finding]:
    source, credentials = find_credentials(settings.get("profile"))
    names = ", ".join(type(credential).__name__ for credential in credentials)
    yield bool(credentials), "credentials", f"{names} ({source})" if credentials else "none. Run: xcaas auth login"


def _proxies(settings: dict[str, Any]) -> Iterator[Finding]:
    proxies = {name: address for name, address in getproxies().items() if name in ("http", "https", "all")}
    for scheme, address in proxies.items():
        parts = urlsplit(address)
        yield True, "proxy", f"{scheme} through {parts.hostname}:{parts.port or 80}"
    if not proxies:
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
    """Call an operation that needs no credential. Any response shows that the service is reachable, and its time."""
    from xcaas import ResponseError

    operations = manifest().operations
    call = next(operation["call"] for operation in operations if not (operation["security"] or operation["deprecated"]))
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
    difference = abs((parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds())
    if difference <= _MAX_CLOCK_DIFFERENCE:
        yield True, "clock", "matches the service's"
    else:
        yield False, "clock", f"{difference:.0f} seconds off the service's. Set it, or use NTP."


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
    regions = client.with_options(region=None).storage.regions.list()
    region = client.options.region
    ok = region not in manifest().regions[_PRODUCT] or region in regions
    advice = "" if ok else f". There is no data in yours, {region}. Give --region"
    yield ok, "regions", f"{_PRODUCT}: {', '.join(regions)}{advice}"


_CHECKS: dict[str, Callable[[dict[str, Any]], Iterator[Finding]]] = {
    "credentials": _credentials,
    "proxy": _proxies,
    "host": _hosts,
    "connection": _clock,
    "token": _token,
}
