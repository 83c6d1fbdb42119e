"""Render a filter as the text that a parameter accepts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from .._errors import ArgumentError
from ..operations._parameter import FilterSpec
from ._tree import ALIASES, AllOf, AnyOf, Comparison, Node, Value, joined

__all__ = ["PLAIN", "render"]

PLAIN: Final = FilterSpec()
"""FIQL with all operators, and times in epoch milliseconds."""

_UNQUOTED: Final = re.compile(r"[^\s\"'();,=!~<>]+")
# Equivalents of `=in=` and `=out=`, for services without them.
_EXPANSIONS: Final[dict[str, tuple[type[AllOf] | type[AnyOf], str]]] = {"=in=": (AnyOf, "=="), "=out=": (AllOf, "!=")}


def render(node: Node, spec: FilterSpec) -> str:
    """Return the text of a filter.

    Raises:
        ArgumentError: The parameter lacks one of its fields or operators.
    """
    return _Writer(spec).text(node)


class _Writer:
    """Renders filters for one parameter."""

    def __init__(self, spec: FilterSpec) -> None:
        self._spec = spec
        self._spellings = {ALIASES.get(word, word): word for word in reversed(spec.operators)}

    def text(self, node: Node) -> str:
        node = self._expand(node)
        if isinstance(node, Comparison):
            return self._comparison(node)
        if self._spec.alone:
            raise ArgumentError("this filter takes one comparison alone", advice="Make a call for each.")
        if isinstance(node, AnyOf):
            return ",".join(map(self.text, node.members))
        # `;` binds tighter than `,`.
        members = [(self._expand(member), self.text(member)) for member in node.members]
        return ";".join(f"({text})" if isinstance(member, AnyOf) else text for member, text in members)

    def _expand(self, node: Node) -> Node:
        """Return the same condition without `=in=` and `=out=` if the service lacks them."""
        if not isinstance(node, Comparison) or node.operator in self._spellings or node.operator not in _EXPANSIONS:
            return node
        kind, operator = _EXPANSIONS[node.operator]
        return joined(kind, [Comparison(node.field, operator, (value,)) for value in node.values])

    def _comparison(self, node: Comparison) -> str:
        self._check_field(node.field)
        spelling = self._spellings.get(node.operator)
        if spelling is None:
            raise ArgumentError(
                f"this filter has no operator {node.operator}", advice=f"It has {_join(self._spellings)}."
            )
        values = [_quoted(self._text_of(value, node.operator)) for value in node.values]
        return f"{node.field}{spelling}" + (f"({','.join(values)})" if node.operator in _EXPANSIONS else values[0])

    def _check_field(self, name: str) -> None:
        fields = self._spec.fields
        if fields and name not in fields:
            matches = get_close_matches(name, fields, 1)
            hint = f"Did you mean {matches[0]}? " if matches else ""
            advice = f"{hint}It has {_join(fields)}; a filter with any other is given as text."
            raise ArgumentError(f"this filter has no field {name}", advice=advice)

    def _text_of(self, value: Value, operator: str) -> str:
        if not isinstance(value, datetime):
            return value
        from ..models._dates import in_utc, isoformat, to_epoch

        try:
            value = in_utc(value)
        except OverflowError:
            raise ArgumentError(
                f"{value.isoformat()} is no time in UTC", advice="The calendar has the years 1 to 9999."
            ) from None
        if self._spec.times == "date-time":
            return isoformat(value)
        # In whole milliseconds, `>=` and `<` may round up, so that adjacent windows neither overlap nor leave gaps.
        rounding = math.ceil if operator in ("=ge=", "=lt=") else math.floor
        return str(rounding(to_epoch(value, 1000)))


def _join(words: Iterable[str]) -> str:
    return ", ".join(words)


def _quoted(text: str) -> str:
    """Return a value for a filter, quoted if needed, preferably with quotes that need no escapes."""
    if _UNQUOTED.fullmatch(text):
        return text
    quote = '"' if "'" in text and '"' not in text else "'"
    return quote + text.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote
