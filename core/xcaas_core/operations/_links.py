"""Calls of one operation that follow from a call of another: a job's status, a file's description."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._operation import Call, Operation

if TYPE_CHECKING:
    from ._extensions import LinkSpec
    from ._parameter import Parameter

__all__ = ["argument_of", "related_call"]


def related_call(related: LinkSpec, call: Call[object], id: str | None = None) -> Call[object]:
    """Return the call of a related operation, with the arguments that both operations share.

    `id` goes into the parameter that the relation names; without it the parameter takes the
    argument of the same name of the first call.
    """
    module, _, name = related.operation.partition(":")
    package = call.operation.product.package
    operation: Operation[object] = getattr(import_module(f"{package}.{module}"), name)
    pairs = zip(call.operation.parameters, call.args, strict=False)
    given = {_key(parameter): value for parameter, value in pairs}
    args: list[object] = []
    for parameter in operation.parameters:
        if id is not None and parameter.wire == related.parameter:
            args.append(int(id) if parameter.annotation == "int" and id.isdecimal() and len(id) < 20 else id)
        else:
            args.append(given.get(_key(parameter)))
    return Call(operation, tuple(args), headers=call.headers)


def argument_of(call: Call[object], wire: str) -> object:
    """Return what a call gives to the parameter of this name; None if it gives nothing."""
    pairs = zip(call.operation.parameters, call.args, strict=False)
    return next((value for parameter, value in pairs if parameter.wire == wire), None)


def _key(parameter: Parameter) -> tuple[bool, str]:
    """Return what makes two parameters of different operations the same one; a path may say what a query says elsewhere."""
    is_header = parameter.location == "header"
    return is_header, parameter.wire.lower() if is_header else parameter.wire
