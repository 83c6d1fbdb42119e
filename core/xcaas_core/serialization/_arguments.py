"""Errors about arguments: which one it was, by its name in Python."""

from __future__ import annotations

from typing import TypeVar

from .._errors import ArgumentError
from ..operations._operation import Operation

__all__ = ["blame_body", "blame_parameter"]

AnyArgumentError = TypeVar("AnyArgumentError", bound=ArgumentError)


def blame_parameter(error: AnyArgumentError, operation: Operation[object], position: int) -> AnyArgumentError:
    """Note on an error which argument it is about."""
    parameter = operation.parameters[position]
    error.argument = parameter.argument
    error.wire = parameter.wire
    return error


def blame_body(error: AnyArgumentError, operation: Operation[object]) -> AnyArgumentError:
    """Note on an error that it is about the body."""
    error.argument = error.argument or operation.body_argument
    return error
