"""A product as data: its servers, its security schemes and its package."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from importlib import import_module
from typing import Literal, TypeAlias

from .._checks import POSITIVE, check_number
from .._errors import ArgumentError
from .._lazy import public

__all__ = ["Product", "RateLimit", "Scheme", "SchemeKind", "Server", "Variable", "own_product"]

SchemeKind: TypeAlias = Literal["http-basic", "http-bearer", "api-key", "oauth2", "openid", "mutual-tls", "other"]


@dataclass(slots=True, eq=False)
class Variable:
    """A variable in a server address.

    Without a default, calls need the setting. `names` maps its values to texts in the address (`{"us": "", "eu": "/eu"}`).
    `source` is the client setting that fills the variable: region, tenant, cluster, …
    """

    name: str
    default: str | None = None
    enum: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    source: str | None = None


@dataclass(slots=True, eq=False)
class Server:
    """A server address, with `{variables}`. May be relative, as OpenAPI allows."""

    url: str
    variables: tuple[Variable, ...] = ()
    _: KW_ONLY
    name: str | None = None
    description: str | None = None


@dataclass(slots=True, eq=False)
class Scheme:
    """A security scheme of the spec. `credential` is the kind of credential for it,
    `options` are details for that kind (token kind, key role, …)."""

    kind: SchemeKind
    _: KW_ONLY
    credential: str | None = None
    location: Literal["header", "query", "cookie"] | None = None
    parameter: str | None = None
    token_url: str | None = None
    options: Mapping[str, object] = field(default_factory=dict[str, object])


@public
class RateLimit:
    """At most `calls` calls in any `per` seconds."""

    __slots__ = ("calls", "per")

    def __init__(self, calls: int, per: float) -> None:
        check_number("calls of a RateLimit", calls, "a whole number from 1", 1, sys.maxsize, ArgumentError)
        check_number("per of a RateLimit", per, "a positive number of seconds", POSITIVE, kind=ArgumentError)
        self.calls: int = calls
        self.per: float = per

    def __repr__(self) -> str:
        return f"RateLimit(calls={self.calls}, per={self.per})"


@dataclass(slots=True, eq=False)
class Product:
    """One product. `name` is its name in Python, `console_name` that in the vendor's console
    and in token responses, `package` the import path of its models and operations."""

    name: str
    _: KW_ONLY
    title: str
    servers: tuple[Server, ...]
    schemes: Mapping[str, Scheme]
    package: str
    console_name: str | None = None
    rate_limits: tuple[RateLimit, ...] = ()

    def __repr__(self) -> str:
        return f"<Product {self.name}>"


def own_product(cls: type) -> Iterator[Product]:
    """Yield the product of a single-product client, from the module `_product` beside it."""
    package, _, last = cls.__module__.rpartition(".")
    if not last.startswith("_"):  # public classes have their package as module
        package = cls.__module__
    try:
        module = import_module(f"{package}._product")
    except ImportError:
        return
    product: Product = module.PRODUCT
    yield product
