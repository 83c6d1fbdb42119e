"""Addresses: server templates, the base address that replaces their origin, links that servers give."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from .._errors import ConfigurationError

__all__ = [
    "is_open_to_others",
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
    """Return `address` with its origin replaced by that of `base_url`, its path kept.

    A path in `base_url` goes in front, unless the address begins with it already.
    """
    parts = urlsplit(address)
    if base_url is not None:
        base = parse_base_url(base_url)
        if not parts.netloc and not address.startswith("/"):
            # Relative to the base address, as RFC 3986 resolves it from within that folder.
            return _checked(urlsplit(urljoin(f"{base_url.rstrip('/')}/", address)))
        prefix = base.path.rstrip("/")
        path = parts.path if f"{parts.path}/".startswith(f"{prefix}/") else prefix + parts.path
        parts = parts._replace(scheme=base.scheme, netloc=base.netloc, path=path)
    elif not parts.netloc:
        raise ConfigurationError(
            "the spec names no complete server address", advice="Pass base_url='https://…' to the client."
        )
    return _checked(parts)


def _checked(parts: SplitResult) -> str:
    if parts.scheme not in _PORTS:
        raise ConfigurationError(f"an address with {parts.scheme or 'no scheme'} instead of https cannot be called")
    _refuse_odd_host(parts.hostname or "")
    return parts.geturl()


def token_address(address: str, base_url: str | None) -> str:
    """Return the address of a token endpoint, as `rebase` does. Plain HTTP is refused except to this machine."""
    url = rebase(address, base_url)
    parts = urlsplit(url)
    if is_open_to_others(parts):
        raise _plain_http(
            parts,
            "This is for a token: use https://. Only this machine (localhost, 127.0.0.1, ::1) may be asked for tokens "
            "over http://, whatever insecure_hosts says.",
        )
    return url


def refuse_plain_http(url: str, insecure_hosts: Collection[str]) -> None:
    """Refuse to send credentials over plain HTTP, except to this machine and to the hosts that the user listed."""
    if not url.startswith("http:"):
        return
    parts = urlsplit(url)
    if is_open_to_others(parts) and parts.hostname not in insecure_hosts:
        raise _plain_http(parts, f"Use https://, or allow this host: insecure_hosts=({parts.hostname!r},).")


def is_open_to_others(parts: SplitResult) -> bool:
    return parts.scheme == "http" and not _is_this_machine(parts.hostname or "")


def _plain_http(parts: SplitResult, advice: str) -> ConfigurationError:
    return ConfigurationError(
        f"plain HTTP to {parts.hostname} is refused: credentials could be read on the way", advice=advice
    )


def parse_base_url(base_url: str) -> SplitResult:
    """Return the parts of a base address. `ConfigurationError` for what is no address of a server."""
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
    _refuse_odd_host(host)
    return base


def _refuse_odd_host(host: str) -> None:
    """Refuse a host that no name server could be asked for, such as one with two dots in a row: it would fail late
    and with an odd error."""
    if not all(0 < len(label) < 64 for label in host.removesuffix(".").split(".")):
        raise ConfigurationError(
            f"{host!r} cannot be the name of a host", advice="Between its dots there are 1 to 63 letters."
        )


def _is_this_machine(host: str) -> bool:
    """Return whether a host is the loopback, whatever a name server says: `127.evil.example` is anybody's,
    and so may be a name under `.localhost`, where the resolver does not keep to RFC 6761."""
    from ipaddress import IPv6Address, ip_address

    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        return address == IPv6Address("::1")  # and no IPv4 address in disguise
    return address.is_loopback


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port, by which two addresses are of one server or not."""
    parts = urlsplit(url)
    return (parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0))


def same_origin(one: str, other: str) -> bool:
    """Return whether two addresses have the same scheme, host and port."""
    return origin_of(one) == origin_of(other)


def resolve_link(
    link: str, asked: str, template: str, base_url: str | None, insecure_hosts: Collection[str] = ()
) -> str:
    """Return the address to ask for a link that a server gave, relative or absolute.

    `asked` is the operation's own address and `template` the one that the spec gives. A link to the
    spec's server goes to `base_url`, if there is one, like every other call. A server behind a proxy
    that thinks it speaks plain HTTP is taken to mean its own HTTPS address. Links to other servers that
    speak plain HTTP are refused, except to this machine and to the hosts that the user listed.
    """
    try:
        address = urljoin(asked, link)
        origin = origin_of(address)
        if base_url is not None and origin == origin_of(template):
            return rebase(address, base_url)
        own = origin_of(asked)
        parts = urlsplit(address)
    except ValueError:
        raise ConfigurationError("the server gave a link that is not an address") from None
    if origin[0] == "http" and own[0] == "https" and origin[1] == own[1]:
        parts = urlsplit(asked)._replace(path=parts.path, query=parts.query)
    url = rebase(parts._replace(fragment="").geturl(), None)
    if origin != own:
        refuse_plain_http(url, insecure_hosts)
    return url
