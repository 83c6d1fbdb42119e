"""Stored objects of a product, filtered and sorted.

Handlers run one after another on the server's only thread, so there are no locks.
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
    """Rows of one kind by id, in order of creation.

    Args:
        kind: The kind of row for messages, such as "user".
        prefix: The prefix of new ids, before a number.
    """

    def __init__(self, kind: str, prefix: str = "") -> None:
        self._kind = kind
        self._prefix = prefix
        self._numbers = itertools.count(1001)
        self._rows: dict[str, Node] = {}

    def new_id(self) -> str:
        return f"{self._prefix}{next(self._numbers)}"

    def put(self, row_id: str, row: Node) -> Node:
        """Store a copy of a row under its id, replacing an earlier one."""
        self._rows[row_id] = copy.deepcopy(row)
        return self._rows[row_id]

    def get(self, row_id: str) -> Node:
        """Return the stored row, which may be changed. 404 if there is none."""
        row = self._rows.get(row_id)
        if row is None:
            raise self.missing(row_id)
        return row

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
    """Return the objects of a list in a row; none if the list or a parent is missing or null."""
    value: Any = row
    for name in path:
        value = value.get(name) if is_node(value) else None
    return [member for member in value if is_node(member)] if is_list(value) else []


def values_at(row: Any, path: str) -> list[str]:
    """Return all values at a dotted path in a row as strings, those in lists included."""
    return [_to_str(leaf) for leaf in _leaves(row, path)]


def _leaves(row: Any, path: str) -> list[Any]:
    values: list[Any] = [row]
    for name in path.split("."):
        values = [part[name] for value in values for part in _as_list(value) if is_node(part) and name in part]
    return [leaf for value in values for leaf in _as_list(value) if leaf is not None]


def _as_list(value: Any) -> Iterable[Any]:
    return value if is_list(value) else (value,)


def _to_str(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def filtered(rows: Sequence[Node], condition: str | None) -> list[Node]:
    """Return the rows that match a FIQL or RSQL condition; all without one. 400 if it is invalid."""
    if not condition:
        return list(rows)
    try:
        test = compile_filter(condition)
    except FilterError as error:
        raise Problem(400, f"filter: {error}", code="VALIDATION_ERROR", field="filter") from None
    return [row for row in rows if test(partial(_leaves, row))]


def ordered(rows: Sequence[Node], keys: Iterable[str]) -> list[Node]:
    """Return rows sorted by dotted paths, with the prefix `-` for descending. Later keys decide between equals."""
    result = list(rows)
    for key in reversed([key.strip() for key in keys if key.strip()]):
        path = key.lstrip("+-")
        result.sort(key=lambda row: [value.lower() for value in values_at(row, path)], reverse=key.startswith("-"))
    return result
