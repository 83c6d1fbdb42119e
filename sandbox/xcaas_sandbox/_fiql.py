"""Filters in FIQL or RSQL: which rows match. Their grammar is core's, `xcaas_core.filters`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from xcaas_core.filters import ALIASES, AllOf, AnyOf, Comparison, Node, parse

from ._specs import Node as SpecNode

__all__ = ["FilterError", "Lookup", "Test", "check_filter", "compile_filter"]

# Returns the JSON values of a row by selector.
Lookup: TypeAlias = Callable[[str], Iterable[object]]
Test: TypeAlias = Callable[[Lookup], bool]

_NUMBER: Final = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", re.ASCII)
_ORDERS: Final[dict[str, Callable[[int], bool]]] = {
    "=gt=": lambda order: order > 0,
    "=ge=": lambda order: order >= 0,
    "=lt=": lambda order: order < 0,
    "=le=": lambda order: order <= 0,
}


class FilterError(ValueError):
    """The text is not FIQL; the message has the position."""


def compile_filter(text: str) -> Test:
    """Return a function that says whether a row matches a filter."""
    try:
        return _test(parse(text))
    except ValueError as error:
        raise FilterError(str(error)) from None


def check_filter(text: str, spec: SpecNode) -> Iterator[str]:
    """Yield operators and fields that `x-xcaas-filter` does not allow. Invalid filters are reported where they are used."""
    try:
        tree = parse(text)
    except ValueError:
        return
    if spec.get("alone") and not isinstance(tree, Comparison):
        yield "one comparison alone is taken"
    known = {ALIASES.get(word, word) for word in spec["operators"]}
    for comparison in _comparisons(tree):
        if comparison.operator not in known:
            yield f"there is no operator {comparison.operator}"
        if comparison.field not in spec.get("fields", (comparison.field,)):
            yield f"there is no field {comparison.field}"


def _comparisons(node: Node) -> Iterator[Comparison]:
    if isinstance(node, Comparison):
        yield node
    else:
        for member in node.members:
            yield from _comparisons(member)


def _test(node: Node) -> Test:
    if isinstance(node, AllOf | AnyOf):
        tests = [_test(member) for member in node.members]
        combine = all if isinstance(node, AllOf) else any
        return lambda row: combine(test(row) for test in tests)
    values = [value for value in node.values if isinstance(value, str)]
    return _order_test(node, values[0]) if node.operator in _ORDERS else _equality_test(node, values)


def _order_test(node: Comparison, operand: str) -> Test:
    accepts = _ORDERS[node.operator]

    def test(row: Lookup) -> bool:
        orders = (_compare(value, operand) for value in row(node.field))
        return any(order is not None and accepts(order) for order in orders)

    return test


def _equality_test(node: Comparison, operands: list[str]) -> Test:
    tests = [_value_test(operand) for operand in operands]
    expected = node.operator in ("==", "=in=")
    return lambda row: any(test(value) for value in row(node.field) for test in tests) is expected


def _value_test(operand: str) -> Callable[[object], bool]:
    """Return a test for equality with an operand: strings in any case, with `*` for any characters."""
    pattern = re.compile(".*".join(map(re.escape, operand.split("*"))), re.IGNORECASE | re.DOTALL)

    def test(value: object) -> bool:
        if isinstance(value, str) and not _TIME.fullmatch(value):
            return pattern.fullmatch(value) is not None
        return pattern.fullmatch(_text(value)) is not None or _compare(value, operand) == 0

    return test


def _compare(value: object, operand: str) -> int | None:
    """Return -1, 0 or 1 as a value is before, equal to or after an operand; None unless both are numbers, times or strings."""
    text = _text(value)
    for convert in (_number, _timestamp):
        left, right = convert(text), convert(operand)
        if left is not None and right is not None:
            return (left > right) - (left < right)
    if not isinstance(value, str) or _timestamp(text) is not None:
        return None
    return (text.lower() > operand.lower()) - (text.lower() < operand.lower())


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _timestamp(text: str) -> Decimal | None:
    """Return a time in ISO 8601 as seconds since 1970, in UTC if it has no offset."""
    if not _TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return Decimal(repr(aware.timestamp()))
