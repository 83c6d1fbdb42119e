"""An operation, and one call of it, as data.

Generated modules build operations once, at import. They hold no behaviour: `calls/`
turns an operation and its arguments into a request and a response into a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from importlib import import_module
from typing import Final, Generic, TypeAlias, TypeVar

from ._extensions import DownloadSpec, LinkSpec, PaginationSpec, PollingSpec
from ._parameter import Body, Location, Parameter, ResponseSpec, ResponseSpecs
from ._product import Product, Server

__all__ = ["IDEMPOTENT", "Call", "Operation", "Security"]

T_co = TypeVar("T_co", covariant=True)

# Any of these sets of schemes opens the operation, each set needs all of its members.
Security: TypeAlias = "tuple[tuple[str, ...], ...]"

IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"})


@dataclass(slots=True, eq=False)
class Operation(Generic[T_co]):
    """One operation of a product; `T_co` is what a successful call returns.

    `headers` have a fixed value that the service wants with every call and a caller never changes.
    `retry` is what the spec says about repeating: True when a repeat does no harm although the
    method suggests it might, False when it does harm, None when the method decides.
    """

    product: Product
    id: str
    method: str
    path: str
    _: KW_ONLY
    call: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: ResponseSpecs = field(default_factory=dict[str, ResponseSpec])
    errors: ResponseSpecs = field(default_factory=dict[str, ResponseSpec])
    security: Security = ()
    servers: tuple[Server, ...] = ()
    """The product's, unless the operation has its own."""
    paging: PaginationSpec | None = None
    poller: PollingSpec | None = None
    download: DownloadSpec | None = None
    retry: bool | None = None
    accept: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    deprecated: bool = False
    body_argument: str = "body"
    """The name of the argument for the body in Python."""
    # Made on first use by `serialization/_compiled.py`, then kept for all clients.
    compiled: object = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.servers = self.servers or self.product.servers

    def index(self, location: Location, wire: str) -> int | None:
        """Return the place of a parameter in `parameters`, and so in a call's arguments."""
        for position, parameter in enumerate(self.parameters):
            if parameter.wire == wire and parameter.location == location:
                return position
        return None

    def __repr__(self) -> str:
        return f"<Operation {self.call}: {self.method} {self.path}>"


@dataclass(slots=True, eq=False)
class Call(Generic[T_co]):
    """One call of an operation: arguments parallel to its parameters (None = not given) and the body.

    `link` replaces the address by an absolute one that the server gave (a next page); credentials
    go along only if its host is one of the product's. `headers` win over all others; None removes one.
    `stream` leaves the body of a successful response unread.
    """

    operation: Operation[T_co]
    args: tuple[object, ...] = ()
    body: object = None
    _: KW_ONLY
    link: str | None = None
    headers: Mapping[str, str | None] | None = None
    stream: bool = False

    @property
    def arguments(self) -> Iterable[tuple[Parameter, object]]:
        """The first parameters of the operation, as many as there are arguments, each with its own."""
        return zip(self.operation.parameters, self.args, strict=False)

    def argument(self, position: int) -> object:
        """Return what the parameter of this position is given."""
        return self.args[position] if position < len(self.args) else None

    def given(self, wire: str) -> object:
        """Return what the parameter of this name is given; None if it is given nothing."""
        return next((value for parameter, value in self.arguments if parameter.wire == wire), None)

    def related(self, link: LinkSpec, id: str | None = None) -> Call[object]:
        """Return the call of an operation that follows from this one: a job's status, a file's description.

        It has the arguments that both operations share. `id` goes into the parameter that the link names; without it
        the parameter takes the argument of the same name.
        """
        module, _, name = link.operation.partition(":")
        operation: Operation[object] = getattr(import_module(f"{self.operation.product.package}.{module}"), name)
        given = {_key(parameter): value for parameter, value in self.arguments}
        args: list[object] = []
        for parameter in operation.parameters:
            if id is not None and parameter.wire == link.parameter:
                args.append(int(id) if parameter.annotation == "int" and id.isdecimal() and len(id) < 20 else id)
            else:
                args.append(given.get(_key(parameter)))
        return Call(operation, tuple(args), headers=self.headers)

    def with_argument(self, location: Location, wire: str, value: object) -> Call[T_co]:
        """Return the same call with one argument replaced. KeyError if the operation has no such parameter."""
        position = self.operation.index(location, wire)
        if position is None:
            raise KeyError(f"{self.operation.call} has no {location} parameter {wire!r}")
        args = list(self.args) + [None] * (len(self.operation.parameters) - len(self.args))
        args[position] = value
        return replace(self, args=tuple(args))


def _key(parameter: Parameter) -> tuple[bool, str]:
    """Return what makes two parameters of different operations the same one; a path may say what a query says elsewhere."""
    is_header = parameter.location == "header"
    return is_header, parameter.wire.lower() if is_header else parameter.wire
