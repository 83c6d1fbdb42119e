"""From the tree of a filter to the text that one parameter of a service takes."""

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
"""FIQL with all its operators, and times as the services with FIQL take them."""

_NEEDS_NO_QUOTES: Final = re.compile(r"[^\s\"'();,=!~<>]+")
# What `=in=` and `=out=` mean, for services without them.
_EACH: Final[dict[str, tuple[type[AllOf] | type[AnyOf], str]]] = {"=in=": (AnyOf, "=="), "=out=": (AllOf, "!=")}


def render(node: Node, spec: FilterSpec) -> str:
    """Return the text of a filter.

    Raises:
        ArgumentError: The parameter does not have one of its fields or operators.
    """
    return _Writer(spec).text(node)


class _Writer:
    """The words of one parameter."""

    def __init__(self, spec: FilterSpec) -> None:
        self._spec = spec
        self._spelled = {ALIASES.get(word, word): word for word in reversed(spec.operators)}

    def text(self, node: Node) -> str:
        node = self._known(node)
        if isinstance(node, Comparison):
            return self._comparison(node)
        if self._spec.alone:
            raise ArgumentError("this filter takes one comparison alone", advice="Make a call for each.")
        if isinstance(node, AnyOf):
            return ",".join(map(self.text, node.members))
        # `;` binds tighter than `,`.
        members = [(self._known(member), self.text(member)) for member in node.members]
        return ";".join(f"({text})" if isinstance(member, AnyOf) else text for member, text in members)

    def _known(self, node: Node) -> Node:
        """Return the same condition, without `=in=` and `=out=` where the service does not have them."""
        if not isinstance(node, Comparison) or node.operator in self._spelled or node.operator not in _EACH:
            return node
        kind, operator = _EACH[node.operator]
        return joined(kind, [Comparison(node.field, operator, (value,)) for value in node.values])

    def _comparison(self, node: Comparison) -> str:
        self._check_field(node.field)
        spelled = self._spelled.get(node.operator)
        if spelled is None:
            raise ArgumentError(
                f"this filter has no operator {node.operator}", advice=f"It has {_list(self._spelled)}."
            )
        values = [_quoted(self._written(value, node.operator)) for value in node.values]
        return f"{node.field}{spelled}" + (f"({','.join(values)})" if node.operator in _EACH else values[0])

    def _check_field(self, name: str) -> None:
        fields = self._spec.fields
        if fields and name not in fields:
            meant = get_close_matches(name, fields, 1)
            guess = f"Did you mean {meant[0]}? " if meant else ""
            advice = f"{guess}It has {_list(fields)}; a filter with any other is given as text."
            raise ArgumentError(f"this filter has no field {name}", advice=advice)

    def _written(self, value: Value, operator: str) -> str:
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
        # Nothing lies between two milliseconds, so that `>=` and `<` may go up to the next, and windows adjoin.
        edge = math.ceil if operator in ("=ge=", "=lt=") else math.floor
        return str(edge(to_epoch(value, 1000)))


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


def _quoted(text: str) -> str:
    """Return a value as it stands in a filter: as it is, or in the quotes that need no escapes, if there are some."""
    if _NEEDS_NO_QUOTES.fullmatch(text):
        return text
    quote = '"' if "'" in text and '"' not in text else "'"
    return quote + text.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote
