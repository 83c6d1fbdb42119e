"""An operation, and one call of it, as data.

Generated modules create operations at import. They have no behaviour: `calls/` turns an
operation and its arguments into a request, and a response into a value.
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

# Alternative sets of schemes; all schemes of one set are needed.
Security: TypeAlias = "tuple[tuple[str, ...], ...]"

IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"})


@dataclass(slots=True, eq=False)
class Operation(Generic[T_co]):
    """One operation of a product; `T_co` is what a successful call returns.

    `headers` are sent with every call. `retry` says whether a call may be repeated: True or False
    according to the spec, None if the method decides.
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
    """Defaults to the product's servers."""
    paging: PaginationSpec | None = None
    poller: PollingSpec | None = None
    download: DownloadSpec | None = None
    retry: bool | None = None
    accept: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    deprecated: bool = False
    body_argument: str = "body"
    """The name of the body's argument in Python."""
    # Set on first use by `serialization/_compiled.py`, shared by all clients.
    compiled: object = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.servers = self.servers or self.product.servers

    def index(self, location: Location, wire: str) -> int | None:
        """Return the index of a parameter in `parameters`, and of its argument in a call."""
        for position, parameter in enumerate(self.parameters):
            if parameter.wire == wire and parameter.location == location:
                return position
        return None

    def __repr__(self) -> str:
        return f"<Operation {self.call}: {self.method} {self.path}>"


@dataclass(slots=True, eq=False)
class Call(Generic[T_co]):
    """One call of an operation: its arguments, in the order of the parameters (None: not given), and the body.

    `link` is a URL from the server (a next page) that replaces the address; credentials are sent only if
    its host is one of the product's. `headers` override all others; None removes one. `stream` leaves the
    body of a successful response unread.
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
        """Parameters of the operation with their arguments."""
        return zip(self.operation.parameters, self.args, strict=False)

    def argument(self, position: int) -> object:
        """Return the argument at a position, None if there is none."""
        return self.args[position] if position < len(self.args) else None

    def value_of(self, wire: str) -> object:
        """Return the argument for a parameter, None if there is none."""
        return next((value for parameter, value in self.arguments if parameter.wire == wire), None)

    def related(self, link: LinkSpec, id: str | None = None) -> Call[object]:
        """Return a call of a related operation, such as a job's status or a file's description.

        It has the arguments of parameters that both operations have. `id` is for the link's parameter; without it,
        that takes the argument of the same name.
        """
        module, _, name = link.operation.partition(":")
        operation: Operation[object] = getattr(import_module(f"{self.operation.product.package}.{module}"), name)
        arguments = {_parameter_key(parameter): value for parameter, value in self.arguments}
        args: list[object] = []
        for parameter in operation.parameters:
            if id is not None and parameter.wire == link.parameter:
                args.append(int(id) if parameter.annotation == "int" and id.isdecimal() and len(id) < 20 else id)
            else:
                args.append(arguments.get(_parameter_key(parameter)))
        return Call(operation, tuple(args), headers=self.headers)

    def with_argument(self, location: Location, wire: str, value: object) -> Call[T_co]:
        """Return the same call with one argument replaced. Raises KeyError for an unknown parameter."""
        position = self.operation.index(location, wire)
        if position is None:
            raise KeyError(f"{self.operation.call} has no {location} parameter {wire!r}")
        args = list(self.args) + [None] * (len(self.operation.parameters) - len(self.args))
        args[position] = value
        return replace(self, args=tuple(args))


def _parameter_key(parameter: Parameter) -> tuple[bool, str]:
    """Return the key by which parameters of different operations are the same, be they in the path or the query."""
    is_header = parameter.location == "header"
    return is_header, parameter.wire.lower() if is_header else parameter.wire
