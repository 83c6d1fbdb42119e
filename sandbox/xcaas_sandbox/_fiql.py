"""Filters in FIQL or RSQL: whether a row fits. Their grammar is core's, `xcaas_core.filters`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from xcaas_core.filters import ALIASES, AllOf, AnyOf, Comparison, Node, parse

from ._specs import Node as SpecNode

__all__ = ["FilterError", "Lookup", "Test", "check_filter", "compile_filter"]

# How a row is read: selector → the values it has under that name, as JSON has them.
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
    """The text is not FIQL; the message says where it stops making sense."""


def compile_filter(text: str) -> Test:
    """Turn a filter into a function that says whether a row fits."""
    try:
        return _test(parse(text))
    except ValueError as error:
        raise FilterError(str(error)) from None


def check_filter(text: str, facts: SpecNode) -> Iterator[str]:
    """Yield what a filter says that its `x-xcaas-filter` does not have. What is no filter is told where it is used."""
    try:
        tree = parse(text)
    except ValueError:
        return
    if facts.get("alone") and not isinstance(tree, Comparison):
        yield "one comparison alone is taken"
    known = {ALIASES.get(word, word) for word in facts["operators"]}
    for comparison in _comparisons(tree):
        if comparison.operator not in known:
            yield f"there is no operator {comparison.operator}"
        if comparison.field not in facts.get("fields", (comparison.field,)):
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
        every = all if isinstance(node, AllOf) else any
        return lambda row: every(test(row) for test in tests)
    values = [value for value in node.values if isinstance(value, str)]
    return _ordered(node, values[0]) if node.operator in _ORDERS else _equal(node, values)


def _ordered(node: Comparison, value: str) -> Test:
    fits = _ORDERS[node.operator]

    def test(row: Lookup) -> bool:
        orders = (_order(found, value) for found in row(node.field))
        return any(order is not None and fits(order) for order in orders)

    return test


def _equal(node: Comparison, values: list[str]) -> Test:
    alike = [_alike(value) for value in values]
    wanted = node.operator in ("==", "=in=")
    return lambda row: any(same(found) for found in row(node.field) for same in alike) is wanted


def _alike(value: str) -> Callable[[object], bool]:
    """Return the test whether something equals a value: a text in any case and with `*` for any text."""
    pattern = re.compile(".*".join(map(re.escape, value.split("*"))), re.IGNORECASE | re.DOTALL)

    def test(found: object) -> bool:
        if isinstance(found, str) and not _TIME.fullmatch(found):
            return pattern.fullmatch(found) is not None
        return pattern.fullmatch(_text(found)) is not None or _order(found, value) == 0

    return test


def _order(found: object, value: str) -> int | None:
    """Return whether something comes before (-1) or after (1) a value; None for what are not two numbers, two times or two
    texts."""
    text = _text(found)
    for read in (_number, _moment):
        left, right = read(text), read(value)
        if left is not None and right is not None:
            return (left > right) - (left < right)
    if not isinstance(found, str) or _moment(text) is not None:
        return None
    return (text.lower() > value.lower()) - (text.lower() < value.lower())


def _text(found: object) -> str:
    return str(found).lower() if isinstance(found, bool) else str(found)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _moment(text: str) -> Decimal | None:
    """Return seconds since 1970 for a time in ISO 8601. One without an offset is in UTC."""
    if not _TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return Decimal(repr(aware.timestamp()))
