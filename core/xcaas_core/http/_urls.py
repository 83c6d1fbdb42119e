"""URLs: `base_url` in place of a server's origin, token endpoints, links in responses."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from .._errors import ConfigurationError

__all__ = [
    "is_insecure",
    "origin_of",
    "parse_base_url",
    "rebase",
    "refuse_plain_http",
    "resolve_link",
    "same_origin",
    "token_address",
]

_PORTS: Final = {"http": 80, "https": 443}

Settings = Callable[[str], str | None]


def rebase(address: str, base_url: str | None) -> str:
    """Return `address` with the origin of `base_url`.

    A path in `base_url` is prepended, unless the address begins with it already.
    """
    parts = urlsplit(address)
    if base_url is not None:
        base = parse_base_url(base_url)
        if not parts.netloc and not address.startswith("/"):
            # Relative references are resolved by RFC 3986, with the base path as a folder.
            return _checked_url(urlsplit(urljoin(f"{base_url.rstrip('/')}/", address)))
        prefix = base.path.rstrip("/")
        path = parts.path if f"{parts.path}/".startswith(f"{prefix}/") else prefix + parts.path
        parts = parts._replace(scheme=base.scheme, netloc=base.netloc, path=path)
    elif not parts.netloc:
        raise ConfigurationError(
            "the spec names no complete server address", advice="Pass base_url='https://…' to the client."
        )
    return _checked_url(parts)


def _checked_url(parts: SplitResult) -> str:
    if parts.scheme not in _PORTS:
        raise ConfigurationError(f"an address with {parts.scheme or 'no scheme'} instead of https cannot be called")
    _check_host(parts.hostname or "")
    return parts.geturl()


def token_address(address: str, base_url: str | None) -> str:
    """Return the URL of a token endpoint, as `rebase` does. Plain HTTP is refused except to this machine."""
    url = rebase(address, base_url)
    parts = urlsplit(url)
    if is_insecure(parts):
        raise _plain_http_error(
            parts,
            "This is for a token: use https://. Only this machine (localhost, 127.0.0.1, ::1) may be asked for tokens "
            "over http://, whatever insecure_hosts says.",
        )
    return url


def refuse_plain_http(url: str, insecure_hosts: Collection[str]) -> None:
    """Raise an error for plain HTTP, except to this machine and to `insecure_hosts`."""
    if not url.startswith("http:"):
        return
    parts = urlsplit(url)
    if is_insecure(parts) and parts.hostname not in insecure_hosts:
        raise _plain_http_error(parts, f"Use https://, or allow this host: insecure_hosts=({parts.hostname!r},).")


def is_insecure(parts: SplitResult) -> bool:
    return parts.scheme == "http" and not _is_loopback(parts.hostname or "")


def _plain_http_error(parts: SplitResult, advice: str) -> ConfigurationError:
    return ConfigurationError(
        f"plain HTTP to {parts.hostname} is refused: credentials could be read on the way", advice=advice
    )


def parse_base_url(base_url: str) -> SplitResult:
    """Return the parts of a base URL. Raises `ConfigurationError` if it is invalid."""
    try:
        base = urlsplit(base_url)
        host = base.hostname
        _ = base.port
    except ValueError:
        host = None
        base = urlsplit("")
    if base.scheme not in _PORTS or not host or base.query or base.fragment:
        raise ConfigurationError(
            "base_url is not an address of a server", advice="It looks like https://host, with a path at most."
        )
    if "@" in base.netloc:
        raise ConfigurationError("base_url holds a user name or password", advice="Pass them as credentials=… instead.")
    _check_host(host)
    return base


def _check_host(host: str) -> None:
    """Raise an error for an invalid host name, such as `a..b`, which would fail late and unclearly."""
    if not all(0 < len(label) < 64 for label in host.removesuffix(".").split(".")):
        raise ConfigurationError(
            f"{host!r} cannot be the name of a host", advice="Between its dots there are 1 to 63 letters."
        )


def _is_loopback(host: str) -> bool:
    """Return whether a host is the loopback without asking DNS, which may resolve `127.evil.example` or, against
    RFC 6761, names under `.localhost` to any address."""
    from ipaddress import IPv6Address, ip_address

    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        return address == IPv6Address("::1")  # and no mapped IPv4 address
    return address.is_loopback


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port."""
    parts = urlsplit(url)
    return (parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0))


def same_origin(url: str, other: str) -> bool:
    """Return whether two URLs have the same scheme, host and port."""
    return origin_of(url) == origin_of(other)


def resolve_link(
    link: str, request_url: str, template: str, base_url: str | None, insecure_hosts: Collection[str] = ()
) -> str:
    """Return the URL for a relative or absolute link in a response.

    `request_url` is the URL of the call, `template` the spec's. A link to the spec's server goes to
    `base_url`, if there is one. A plain HTTP link to the called host becomes HTTPS: behind a proxy, a
    server may not know its scheme. Other plain HTTP links are refused, except to this machine and to
    `insecure_hosts`.
    """
    try:
        address = urljoin(request_url, link)
        origin = origin_of(address)
        if base_url is not None and origin == origin_of(template):
            return rebase(address, base_url)
        request_origin = origin_of(request_url)
        parts = urlsplit(address)
    except ValueError:
        raise ConfigurationError("the server gave a link that is not an address") from None
    if origin[0] == "http" and request_origin[0] == "https" and origin[1] == request_origin[1]:
        parts = urlsplit(request_url)._replace(path=parts.path, query=parts.query)
    url = rebase(parts._replace(fragment="").geturl(), None)
    if origin != request_origin:
        refuse_plain_http(url, insecure_hosts)
    return url
