"""Server addresses: templates with variables, which client settings fill in."""

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
_HOST_TEXT: Final = re.compile(r"[A-Za-z0-9.-]+")
_PATH_TEXT: Final = re.compile(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*")


def choose_server(operation: Operation[object], wanted: int | str | None, base_url: str | None) -> Server:
    """Return the server that an operation is called at. A word for one of its product's servers leaves it at its own first;
    without a word, a base address with a server's path means that server."""
    servers = operation.servers or (Server("/"),)
    if wanted is None:
        path = "" if base_url is None else urlsplit(base_url).path.strip("/")
        return next((one for one in servers if path and _path_of(one) == path), servers[0])
    if isinstance(wanted, int):
        if wanted < len(servers):
            return servers[wanted]
    else:
        for listed in (servers, operation.product.servers):
            found = next((one for one in listed if _is_called(one, wanted)), None)
            if found is not None:
                return found if listed is servers else servers[0]
    known = ", ".join(f"{index} ({one.name or one.description or one.url})" for index, one in enumerate(servers))
    raise ConfigurationError(f"{operation.call} has no server {wanted!r}", advice=f"It has {known}.")


def _path_of(server: Server) -> str:
    return re.sub(r"^([a-z][a-z0-9+.-]*:)?//[^/]*", "", server.url).strip("/")


def _is_called(server: Server, word: str) -> bool:
    if server.url.rstrip("/") == word.rstrip("/"):
        return True
    return word.strip().casefold() in (text.casefold() for text in (server.name, server.description) if text)


def server_address(server: Server, setting: Settings, base_url: str | None, product: str = "this product") -> str:
    """Return the address that an operation's path is appended to, without a slash at its end.

    `setting` looks up the client setting that a variable names as its source (region, tenant, …),
    or one of the variable's own name.
    """
    return rebase(server_template(server, setting, product), base_url).rstrip("/")


def server_template(server: Server, setting: Settings, product: str = "this product") -> str:
    """Return a server's address with its variables filled in, before any base address replaces its origin."""
    variables = {variable.name: variable for variable in server.variables}
    authority = _authority_end(server.url)

    def fill(match: re.Match[str]) -> str:
        variable = variables.get(match[1]) or Variable(match[1])
        return _variable_text(variable, setting, product, in_host=match.start() < authority)

    address = _VARIABLE.sub(fill, server.url)
    return f"https:{address}" if address.startswith("//") else address


def _authority_end(template: str) -> int:
    start = template.find("//")
    if start < 0:
        return 0
    end = template.find("/", start + 2)
    return len(template) if end < 0 else end


def _variable_text(variable: Variable, setting: Settings, product: str, *, in_host: bool) -> str:
    name = variable.source or variable.name
    word = setting(name)
    if word is None and name != variable.name:
        word = setting(variable.name)
    if word is None:
        return _default_text(variable, name, product)
    if word in variable.names:
        return variable.names[word]
    if variable.enum or variable.names:
        if word in variable.enum:
            return word
        words = list(variable.names) or [text for text in variable.enum if text]
        raise ConfigurationError(
            f"{name} {word!r} is not one that {product} has", advice=f"Choose one of {', '.join(words)}."
        )
    if not (_HOST_TEXT if in_host else _PATH_TEXT).fullmatch(word) or ".." in word:
        raise ConfigurationError(
            f"{name} {word!r} cannot be part of an address", advice="Letters, digits, dots and hyphens can."
        )
    return word


def _default_text(variable: Variable, name: str, product: str) -> str:
    if variable.default is None:
        raise ConfigurationError(
            f"the address of {product} needs a value for {name}, and the client was given none",
            advice=f"Pass {name}=… to the client.",
        )
    return variable.names.get(variable.default, variable.default)
