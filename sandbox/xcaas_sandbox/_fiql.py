"""FIQL, the filter language of storage, chat and contacts: `type==callrecording;createdTime=gt=0`.

Grammar: `;` binds tighter than `,`; parentheses group. A comparison is
`selector operator value`; values may be quoted and may hold `*` wildcards.
`=in=(a,b)` and `=out=(a,b)` compare with several. RSQL, administration's name for it, is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from typing import Final, TypeAlias

__all__ = ["FilterError", "Lookup", "Test", "compile_filter"]

# How a row is read: selector → the values it has under that name, as text.
Lookup: TypeAlias = Callable[[str], list[str]]
Test: TypeAlias = Callable[[Lookup], bool]

_COMPARISON: Final = re.compile(
    r"(?P<selector>[\w.:-]+?)(?P<operator>==|!=|=gt=|=ge=|=lt=|=le=|>=|<=|>|<)(?P<value>'[^']*'|\"[^\"]*\"|[^;,()]+)"
)
_MEMBERSHIP: Final = re.compile(r"(?P<selector>[\w.:-]+?)=(?P<operator>in|out)=\((?P<values>[^()]*)\)")
_DEEPEST: Final = 50
_ALIASES: Final = {">": "=gt=", ">=": "=ge=", "<": "=lt=", "<=": "=le="}


class FilterError(ValueError):
    """The text is not FIQL; the message says where it stops making sense."""


def compile_filter(text: str) -> Test:
    """Turn a filter into a function that says whether a row fits."""
    if _depth(text) > _DEEPEST:
        raise FilterError(f"parentheses are nested deeper than {_DEEPEST}")
    test, rest = _any(text)
    if rest:
        raise FilterError(f"cannot read the filter from {rest[:20]!r} on")
    return test


def _depth(text: str) -> int:
    depths = accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in text)
    return max(depths, default=0)


def _any(text: str) -> tuple[Test, str]:
    first, rest = _all(text)
    tests = [first]
    while rest.startswith(","):
        test, rest = _all(rest[1:])
        tests.append(test)
    return (lambda row: any(test(row) for test in tests)), rest


def _all(text: str) -> tuple[Test, str]:
    first, rest = _one(text)
    tests = [first]
    while rest.startswith(";"):
        test, rest = _one(rest[1:])
        tests.append(test)
    return (lambda row: all(test(row) for test in tests)), rest


def _one(text: str) -> tuple[Test, str]:
    if text.startswith("("):
        test, rest = _any(text[1:])
        if not rest.startswith(")"):
            raise FilterError("a parenthesis is not closed")
        return test, rest[1:]
    among = _MEMBERSHIP.match(text)
    if among is not None:
        return _membership(among["selector"], among["operator"], among["values"]), text[among.end() :]
    match = _COMPARISON.match(text)
    if match is None:
        raise FilterError(f"cannot read the filter from {text[:20]!r} on")
    selector, value = match["selector"], match["value"].strip("'\"")
    operator = _ALIASES.get(match["operator"], match["operator"])
    return _comparison(selector, operator, value), text[match.end() :]


def _membership(selector: str, operator: str, values: str) -> Test:
    wanted = {value.strip().strip("'\"").lower() for value in values.split(",")}
    return lambda row: any(found.lower() in wanted for found in row(selector)) is (operator == "in")


def _comparison(selector: str, operator: str, value: str) -> Test:
    if operator in ("==", "!="):
        pattern = re.compile(".*".join(re.escape(part) for part in value.split("*")), re.IGNORECASE | re.DOTALL)
        wanted = operator == "=="
        return lambda row: any(pattern.fullmatch(found) for found in row(selector)) is wanted
    return lambda row: any(_ordered(found, operator, value) for found in row(selector))


def _ordered(found: str, operator: str, value: str) -> bool:
    order = _order(found, value)
    return {"=gt=": order > 0, "=ge=": order >= 0, "=lt=": order < 0, "=le=": order <= 0}[operator]


def _order(found: str, value: str) -> int:
    try:
        left, right = float(found), float(value)
    except ValueError:
        # Times in one form, which is how they come, sort like text.
        return (found.lower() > value.lower()) - (found.lower() < value.lower())
    return (left > right) - (left < right)
