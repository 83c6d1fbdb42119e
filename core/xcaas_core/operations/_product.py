"""A product as data: its servers, its security schemes and where its models live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Literal, TypeAlias

__all__ = ["Product", "RateLimit", "Scheme", "SchemeKind", "Server", "Variable", "own_product"]

SchemeKind: TypeAlias = Literal["http-basic", "http-bearer", "api-key", "oauth2", "openid", "mutual-tls", "other"]


class Variable:
    """A variable in a server address.

    Without a default, a call needs the setting. `names` maps the word that people use to the text in the address (`{"us": "", "eu": "/eu"}`).
    `source` names the client setting that fills the variable: region, tenant, cluster, …
    """

    __slots__ = ("default", "enum", "name", "names", "source")

    def __init__(
        self,
        name: str,
        default: str | None = None,
        enum: tuple[str, ...] = (),
        names: Mapping[str, str] | None = None,
        source: str | None = None,
    ) -> None:
        self.name: str = name
        self.default: str | None = default
        self.enum: tuple[str, ...] = enum
        self.names: Mapping[str, str] = names or {}
        self.source: str | None = source


class Server:
    """A server address, with `{variables}`. May be relative, as OpenAPI allows."""

    __slots__ = ("description", "name", "url", "variables")

    def __init__(
        self, url: str, variables: tuple[Variable, ...] = (), *, name: str | None = None, description: str | None = None
    ) -> None:
        self.url: str = url
        self.variables: tuple[Variable, ...] = variables
        self.name: str | None = name
        self.description: str | None = description


class Scheme:
    """A security scheme of the spec. `credential` is the kind of credential that opens it,
    `options` further facts for that kind (token kind, key role, …)."""

    __slots__ = ("credential", "kind", "location", "options", "parameter", "token_url")

    def __init__(
        self,
        kind: SchemeKind,
        *,
        credential: str | None = None,
        location: Literal["header", "query", "cookie"] | None = None,
        parameter: str | None = None,
        token_url: str | None = None,
        options: Mapping[str, object] | None = None,
    ) -> None:
        self.kind: SchemeKind = kind
        self.credential: str | None = credential
        self.location: Literal["header", "query", "cookie"] | None = location
        self.parameter: str | None = parameter
        self.token_url: str | None = token_url
        self.options: Mapping[str, object] = options or {}


class RateLimit:
    """At most `calls` calls in any `per` seconds."""

    __slots__ = ("calls", "per")

    def __init__(self, calls: int, per: float) -> None:
        try:
            works = calls >= 1 and per > 0
        except TypeError:
            works = False
        if not works:
            raise ValueError("a rate limit needs at least one call in a positive number of seconds")
        self.calls: int = calls
        self.per: float = per

    def __repr__(self) -> str:
        return f"RateLimit(calls={self.calls}, per={self.per})"


class Product:
    """One product. `name` is its name in Python, `console_name` its name in the vendor's console
    and in token answers, `package` the import path under which its models and operations live."""

    __slots__ = ("console_name", "name", "package", "rate_limits", "schemes", "servers", "title")

    def __init__(
        self,
        name: str,
        *,
        title: str,
        servers: tuple[Server, ...],
        schemes: Mapping[str, Scheme],
        package: str,
        console_name: str | None = None,
        rate_limits: tuple[RateLimit, ...] = (),
    ) -> None:
        self.name: str = name
        self.title: str = title
        self.servers: tuple[Server, ...] = servers
        self.schemes: Mapping[str, Scheme] = schemes
        self.package: str = package
        self.console_name: str | None = console_name
        self.rate_limits: tuple[RateLimit, ...] = rate_limits

    def __repr__(self) -> str:
        return f"<Product {self.name}>"


def own_product(cls: type) -> Iterator[Product]:
    """A client that is one product has its facts beside it."""
    package = cls.__module__.rpartition(".")[0]
    try:
        module = import_module(f"{package}._product")
    except ImportError:
        return
    product: Product = module.PRODUCT
    yield product
