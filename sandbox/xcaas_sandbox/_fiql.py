"""FIQL, the filter language of storage, chat and contacts: `type==callrecording;createdTime=gt=0`.

Grammar: `;` binds tighter than `,`; parentheses group. A comparison is
`selector operator value`; values may be quoted and may hold `*` wildcards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

__all__ = ["FilterError", "compile_filter"]

# How a row is read: selector → the values it has under that name, as text.
Lookup: TypeAlias = Callable[[str], list[str]]
Test: TypeAlias = Callable[[Lookup], bool]

_COMPARISON: Final = re.compile(
    r"(?P<selector>[\w.:-]+?)(?P<operator>==|!=|=gt=|=ge=|=lt=|=le=|>=|<=|>|<)(?P<value>'[^']*'|\"[^\"]*\"|[^;,()]+)"
)
_ALIASES: Final = {">": "=gt=", ">=": "=ge=", "<": "=lt=", "<=": "=le="}


class FilterError(ValueError):
    """The text is not FIQL; the message says where it stops making sense."""


def compile_filter(text: str) -> Test:
    """Turn a filter into a function that says whether a row fits."""
    test, rest = _any(text)
    if rest:
        raise FilterError(f"cannot read the filter from {rest[:20]!r} on")
    return test


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
    match = _COMPARISON.match(text)
    if match is None:
        raise FilterError(f"cannot read the filter from {text[:20]!r} on")
    selector, value = match["selector"], match["value"].strip("'\"")
    operator = _ALIASES.get(match["operator"], match["operator"])
    return _comparison(selector, operator, value), text[match.end() :]


def _comparison(selector: str, operator: str, value: str) -> Test:
    if operator in ("==", "!="):
        pattern = re.compile(".*".join(re.escape(part) for part in value.split("*")), re.IGNORECASE | re.DOTALL)
        wanted = operator == "=="
        return lambda row: any(pattern.fullmatch(found) for found in row(selector)) is wanted
    return lambda row: any(_ordered(found, operator, value) for found in row(selector))


def _ordered(found: str, operator: str, value: str) -> bool:
    try:
        left, right = float(found), float(value)
    except ValueError:
        return False
    return {"=gt=": left > right, "=ge=": left >= right, "=lt=": left < right, "=le=": left <= right}[operator]
