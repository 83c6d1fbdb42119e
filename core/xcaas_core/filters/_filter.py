"""Filters as callers combine and pass them."""

from __future__ import annotations

from typing import Final, NoReturn

from .._errors import ArgumentError
from .._lazy import public
from ..operations._parameter import FilterSpec
from ._parse import parse
from ._render import PLAIN, render
from ._tree import AllOf, AnyOf, Comparison, Node, check_depth, joined

__all__ = ["Filter", "filter_text"]

_PARSE_ADVICE: Final = "Filter.parse makes a filter of text."


@public
class Filter:
    """A condition on list items: comparisons of `F`, joined by `&` (and) and `|` (or).

        calls = (F.type == "callrecording") & (F.created_time >= datetime(2026, 1, 1, tzinfo=UTC))
        client.storage.objects.search(filter=calls)

    Immutable. `str` gives FIQL with times in epoch milliseconds; calls send it in the service's format.
    """

    __slots__ = ("_tree",)

    def __init__(self, tree: Node) -> None:
        if not isinstance(tree, Comparison | AllOf | AnyOf):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ArgumentError(f"a filter is not made of {type(tree).__name__}", advice=_PARSE_ADVICE)
        self._tree: Final = check_depth(tree)

    @property
    def tree(self) -> Node:
        """The condition as a tree of comparisons."""
        return self._tree

    @classmethod
    def parse(cls, text: str) -> Filter:
        """Parse a filter, to join it with others.

        Raises:
            ArgumentError: The text is not FIQL or RSQL; the message says where it goes wrong.
        """
        return cls(parse(text))

    def __and__(self, other: Filter) -> Filter:
        return Filter(joined(AllOf, (self.tree, _tree_of(other))))

    def __or__(self, other: Filter) -> Filter:
        return Filter(joined(AnyOf, (self.tree, _tree_of(other))))

    def __invert__(self) -> NoReturn:
        raise ArgumentError(
            "filters have no 'not'", advice="Use the opposite comparison: != for ==, out(…) for in_(…)."
        )

    def __bool__(self) -> NoReturn:
        raise ArgumentError(
            "a filter is neither true nor false: the service decides for each entry",
            advice="Join comparisons with & and |, each in brackets, instead of `and`, `or`, `not` and chains.",
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and self.tree == other.tree

    def __hash__(self) -> int:
        return hash(self.tree)

    def __str__(self) -> str:
        return render(self.tree, PLAIN)

    def __repr__(self) -> str:
        return f"<Filter {self}>"


def _tree_of(other: object) -> Node:
    if isinstance(other, Filter):
        return other.tree
    advice = _PARSE_ADVICE if isinstance(other, str) else None
    raise ArgumentError(f"a filter is joined with another one, not with {type(other).__name__}", advice=advice)


def filter_text(value: object, spec: FilterSpec) -> str:
    """Return the text of a filter.

    Raises:
        ArgumentError: The value is not a filter, or not one that the parameter accepts.
    """
    if not isinstance(value, Filter):
        kind = type(value).__name__
        raise ArgumentError(f"a filter is text, or fields of F that are compared with values, not {kind}")
    return render(value.tree, spec)
