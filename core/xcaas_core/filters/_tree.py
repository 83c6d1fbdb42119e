"""A filter as a tree of comparisons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from .._errors import ArgumentError

__all__ = [
    "ALIASES",
    "MAX_DEPTH",
    "OPERATORS",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Node",
    "Value",
    "check_depth",
    "joined",
]

# What a field is compared with. Times stay datetimes, as services write them in different formats.
Value: TypeAlias = "str | datetime"

OPERATORS: Final = ("==", "!=", "=gt=", "=ge=", "=lt=", "=le=", "=in=", "=out=")
ALIASES: Final = {">": "=gt=", ">=": "=ge=", "<": "=lt=", "<=": "=le="}
MAX_DEPTH: Final = 50


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field, one of `OPERATORS`, and one value; several for `=in=` and `=out=`. `*` in a value matches any text."""

    field: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Two or more conditions, none of them an `AllOf`, that must all be true."""

    members: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Two or more conditions, none of them an `AnyOf`, of which one must be true."""

    members: tuple[Node, ...]


Node: TypeAlias = "Comparison | AllOf | AnyOf"


def joined(kind: type[AllOf] | type[AnyOf], nodes: Iterable[Node]) -> Node:
    """Join one or more conditions, without redundant nesting."""
    flat: list[Node] = []
    for node in nodes:
        flat += node.members if isinstance(node, kind) and not isinstance(node, Comparison) else (node,)
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def check_depth(node: Node) -> Node:
    """Return the condition.

    Raises:
        ArgumentError: It is nested too deeply.
    """
    if _depth(node) > MAX_DEPTH:
        raise too_deep()
    return node


def too_deep() -> ArgumentError:
    """Return the error for a filter that is nested too deeply."""
    return ArgumentError(f"the conditions of the filter are nested deeper than {MAX_DEPTH}")


def _depth(node: Node) -> int:
    return 0 if isinstance(node, Comparison) else 1 + max(map(_depth, node.members))
