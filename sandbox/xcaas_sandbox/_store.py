"""Things that a product keeps: made, read back, replaced, deleted, filtered and sorted.

Handlers run one after another on the server's only thread, so nothing here is locked.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from ._fiql import FilterError, compile_filter
from ._replies import Problem
from ._specs import Node, is_list, is_node

__all__ = ["Store", "filtered", "members", "ordered", "values_at"]


class Store:
    """Rows of one kind by id, in the order of their making.

    Args:
        kind: What a row is, for messages: "user".
        prefix: Put ahead of the numbers that new ids are made of.
    """

    def __init__(self, kind: str, prefix: str = "") -> None:
        self._kind = kind
        self._prefix = prefix
        self._numbers = itertools.count(1001)
        self._rows: dict[str, Node] = {}

    def new_id(self) -> str:
        return f"{self._prefix}{next(self._numbers)}"

    def put(self, row_id: str, row: Node) -> Node:
        """Keep a copy of a row under its id, in place of one that has it already."""
        self._rows[row_id] = copy.deepcopy(row)
        return self._rows[row_id]

    def get(self, row_id: str) -> Node:
        """Return the row itself, so that changes to it stay. 404 if there is none."""
        found = self._rows.get(row_id)
        if found is None:
            raise self.missing(row_id)
        return found

    def remove(self, row_id: str) -> Node:
        self.get(row_id)
        return self._rows.pop(row_id)

    def missing(self, row_id: str) -> Problem:
        return Problem(404, f"There is no {self._kind} {row_id}", code="NOT_FOUND")

    def rows(self) -> list[Node]:
        return list(self._rows.values())

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._rows

    def __len__(self) -> int:
        return len(self._rows)


def members(row: Node, *path: str) -> list[Node]:
    """Return the objects of a list in a row; none where the list or what should hold it is missing or null."""
    found: Any = row
    for name in path:
        found = found.get(name) if is_node(found) else None
    return [member for member in found if is_node(member)] if is_list(found) else []


def values_at(row: Any, path: str) -> list[str]:
    """Return everything in a row under a dotted path, as text; lists on the way are gone through."""
    return [_text(leaf) for leaf in _leaves(row, path)]


def _leaves(row: Any, path: str) -> list[Any]:
    found: list[Any] = [row]
    for name in path.split("."):
        found = [part[name] for member in found for part in _listed(member) if is_node(part) and name in part]
    return [leaf for member in found for leaf in _listed(member) if leaf is not None]


def _listed(value: Any) -> Iterable[Any]:
    return value if is_list(value) else (value,)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def filtered(rows: Sequence[Node], condition: str | None) -> list[Node]:
    """Return the rows that a FIQL or RSQL condition lets through; all without one. 400 for one that can't be read."""
    if not condition:
        return list(rows)
    try:
        test = compile_filter(condition)
    except FilterError as error:
        raise Problem(400, f"filter: {error}", code="VALIDATION_ERROR", field="filter") from None
    return [row for row in rows if test(partial(_leaves, row))]


def ordered(rows: Sequence[Node], keys: Iterable[str]) -> list[Node]:
    """Return rows sorted by dotted paths, each with `-` ahead for descending. Later keys decide between equals."""
    result = list(rows)
    for key in reversed([key.strip() for key in keys if key.strip()]):
        path = key.lstrip("+-")
        result.sort(key=lambda row: [value.lower() for value in values_at(row, path)], reverse=key.startswith("-"))
    return result
