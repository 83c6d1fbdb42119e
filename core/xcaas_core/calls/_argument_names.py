"""What arguments are called in Python, for errors about them.

Operations know the names on the wire only: what nobody needs while all goes well costs nothing at
import. The first error about an argument asks the generated method itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from ..client._resources import Resource

if TYPE_CHECKING:
    from .._errors import ArgumentError
    from ..operations._operation import Operation

__all__ = ["blame_body", "blame_parameter"]

AnyArgumentError = TypeVar("AnyArgumentError", bound="ArgumentError")


class Names(NamedTuple):
    """Python names: of each parameter, in the operation's order, and of the body."""

    parameters: tuple[str, ...]
    body: str | None


def blame_parameter(error: AnyArgumentError, operation: Operation[object], position: int) -> AnyArgumentError:
    """Note on an error which argument it is about."""
    wire = operation.parameters[position].wire
    names = _names(operation)
    error.argument = wire if names is None else names.parameters[position]
    error.wire = wire
    return error


def blame_body(error: AnyArgumentError, operation: Operation[object]) -> AnyArgumentError:
    """Note on an error that it is about the body."""
    names = _names(operation)
    error.argument = (names and names.body) or "body"
    return error


class _Listener:
    """Stands in for a resource, and notes what a method hands over instead of calling."""

    def __init__(self) -> None:
        self.heard: tuple[object, tuple[object, ...], object] = (None, (), None)

    def _call(self, operation: object, args: tuple[object, ...] = (), body: object = None) -> None:
        self.heard = (operation, args, body)

    _paginate = _poll = _download = _call


def _names(operation: Operation[object]) -> Names | None:
    """The names that the generated method has for its arguments; None for operations without one.

    The method hands its arguments over in the operation's order; given its own names as values,
    it says which is which.
    """
    from inspect import signature, unwrap

    for member in _members(operation):
        method: Callable[..., object] = unwrap(member)
        given = list(signature(method).parameters)[1:]
        listener = _Listener()
        method(listener, **{name: name for name in given})
        heard, args, body = listener.heard
        if heard is operation and len(args) == len(operation.parameters):
            return Names(cast("tuple[str, ...]", args), cast("str | None", body))
    return None


def _members(operation: Operation[object]) -> Iterator[Callable[..., object]]:
    """Methods that may be the operation's: in a module that holds it, of a class for blocking calls."""
    verb = operation.call.rpartition(".")[2]
    for name, module in list(sys.modules.items()):
        if not name.startswith(f"{operation.product.package}."):
            continue
        members = list(vars(module).values())
        if any(member is operation for member in members):
            for member in members:
                if isinstance(member, type) and issubclass(member, Resource) and verb in vars(member):
                    yield vars(member)[verb]
