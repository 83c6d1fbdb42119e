"""Names of the arguments of a method, without collisions."""

from __future__ import annotations

from xcaas_generator import ir
from xcaas_generator.python.names import Scope, safe

__all__ = ["argument_names", "body_argument_name"]


def argument_names(operation: ir.Operation) -> list[str]:
    """Return a name for each parameter, in the operation's order."""
    scope = Scope(("self",))
    return [_claim_name(parameter, scope) for parameter in operation.parameters]


def _claim_name(parameter: ir.Parameter, scope: Scope) -> str:
    name = safe(parameter.name, "parameter")
    return scope.claim(name, f"{parameter.location}_{name}", f"{name}_")


def body_argument_name(operation: ir.Operation) -> str:
    """Return the name of the argument for the body, different from those of the parameters."""
    scope = Scope(("self", *argument_names(operation)))
    name = operation.body.name if operation.body is not None else "body"
    return scope.claim(safe(name, "body"), "body", "request_body", "payload")
