"""Server addresses: templates whose variables are client settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from .._errors import ConfigurationError
from ..http._urls import Settings, rebase
from ..operations._product import Server, Variable

if TYPE_CHECKING:
    from ..operations._operation import Operation

__all__ = ["choose_server", "server_address", "server_template"]


_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+")
_PATH: Final = re.compile(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*")


def choose_server(operation: Operation[object], requested: int | str | None, base_url: str | None) -> Server:
    """Return the server of an operation. If `requested` is a server of the product only, it is the operation's first one;
    if it is None, it is the one with the path of `base_url`."""
    servers = operation.servers or (Server("/"),)
    if requested is None:
        path = "" if base_url is None else urlsplit(base_url).path.strip("/")
        return next((server for server in servers if path and _path_of(server) == path), servers[0])
    if isinstance(requested, int):
        if requested < len(servers):
            return servers[requested]
    else:
        for listed in (servers, operation.product.servers):
            server = next((server for server in listed if _has_name(server, requested)), None)
            if server is not None:
                return server if listed is servers else servers[0]
    choices = ", ".join(
        f"{index} ({server.name or server.description or server.url})" for index, server in enumerate(servers)
    )
    raise ConfigurationError(f"{operation.call} has no server {requested!r}", advice=f"It has {choices}.")


def _path_of(server: Server) -> str:
    return re.sub(r"^([a-z][a-z0-9+.-]*:)?//[^/]*", "", server.url).strip("/")


def _has_name(server: Server, name: str) -> bool:
    if server.url.rstrip("/") == name.rstrip("/"):
        return True
    return name.strip().casefold() in (text.casefold() for text in (server.name, server.description) if text)


def server_address(server: Server, setting: Settings, base_url: str | None, product: str = "this product") -> str:
    """Return the address to which an operation's path is appended, without a trailing slash.

    `setting` looks up the client setting that is the source of a variable (region, tenant, …), or
    one of the variable's name.
    """
    return rebase(server_template(server, setting, product), base_url).rstrip("/")


def server_template(server: Server, setting: Settings, product: str = "this product") -> str:
    """Return a server's address with its variables filled in, before a base URL is applied."""
    variables = {variable.name: variable for variable in server.variables}
    authority = _authority_end(server.url)

    def fill(match: re.Match[str]) -> str:
        variable = variables.get(match[1]) or Variable(match[1])
        return _variable_value(variable, setting, product, in_host=match.start() < authority)

    address = _VARIABLE.sub(fill, server.url)
    return f"https:{address}" if address.startswith("//") else address


def _authority_end(template: str) -> int:
    start = template.find("//")
    if start < 0:
        return 0
    end = template.find("/", start + 2)
    return len(template) if end < 0 else end


def _variable_value(variable: Variable, setting: Settings, product: str, *, in_host: bool) -> str:
    name = variable.source or variable.name
    value = setting(name)
    if value is None and name != variable.name:
        value = setting(variable.name)
    if value is None:
        return _default_value(variable, name, product)
    if value in variable.names:
        return variable.names[value]
    if variable.enum or variable.names:
        if value in variable.enum:
            return value
        choices = list(variable.names) or [text for text in variable.enum if text]
        raise ConfigurationError(
            f"{name} {value!r} is not one that {product} has", advice=f"Choose one of {', '.join(choices)}."
        )
    if not (_HOST if in_host else _PATH).fullmatch(value) or ".." in value:
        raise ConfigurationError(
            f"{name} {value!r} cannot be part of an address", advice="Letters, digits, dots and hyphens can."
        )
    return value


def _default_value(variable: Variable, name: str, product: str) -> str:
    if variable.default is None:
        raise ConfigurationError(
            f"the address of {product} needs a value for {name}, and the client was given none",
            advice=f"Pass {name}=… to the client.",
        )
    return variable.names.get(variable.default, variable.default)
