"""Calls of one operation that follow from a call of another: a job's status, a file's description."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from ._operation import Call, Operation

if TYPE_CHECKING:
    from ._extensions import Related

__all__ = ["related_call"]


def related_call(related: Related, call: Call[object], id: str | None = None) -> Call[object]:
    """The call of a related operation, with the arguments that both operations share.

    `id` goes into the parameter that the relation names; without it the parameter takes the
    argument of the same name of the first call.
    """
    module, _, name = related.operation.partition(":")
    package = call.operation.product.package
    operation = cast("Operation[object]", getattr(import_module(f"{package}.{module}"), name))
    pairs = zip(call.operation.parameters, call.args, strict=False)
    given = {parameter.wire: value for parameter, value in pairs if parameter.location != "header"}
    if id is not None:
        given[related.parameter] = id
    args = tuple(given.get(parameter.wire) for parameter in operation.parameters)
    return Call(operation, args, headers=call.headers)
