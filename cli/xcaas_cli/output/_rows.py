"""Results as JSON values: models with wire names, everything else unchanged."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeGuard

from xcaas import Model

__all__ = ["as_row", "cell", "is_object", "is_sequence", "pairs_to_dict", "plain", "select_fields"]


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether a value is a JSON object."""
    return isinstance(value, dict)


def plain(value: Any) -> Any:
    """Return a value as a JSON value."""
    if isinstance(value, Model):
        return value.to_dict()
    if is_dataclass(value):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    if _is_mapping(value):
        return {str(name): plain(inner) for name, inner in value.items()}
    if is_sequence(value):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def as_row(value: Any) -> dict[str, Any]:
    """Return an object unchanged, and any other value as a row with one field."""
    return value if is_object(value) else {"value": value}


def select_fields(row: Any, columns: list[str] | None) -> Any:
    """Return the given fields of a row, in that order; missing ones are None."""
    if columns is None or not is_object(row):
        return row
    return {column: _get_field(row, column) for column in columns}


def cell(value: Any) -> str:
    """Return a value as the text of a table cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_sequence(value: Any) -> TypeGuard[Sequence[Any]]:
    """Return whether a value is a list."""
    return isinstance(value, list | tuple)


def _is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def pairs_to_dict(value: Any) -> dict[str, Any] | None:
    """Return a list of `{"key": …, "value": …}` as a dict; None for any other value."""
    if not is_sequence(value) or not value:
        return None
    items = {part["key"]: part["value"] for part in value if is_object(part) and set(part) == {"key", "value"}}
    return items if len(items) == len(value) else None


def _get_field(row: Any, column: str) -> Any:
    """Return a field of an object, or of each object of a list."""
    if is_sequence(row):
        items = pairs_to_dict(row)
        return [_get_field(part, column) for part in row] if items is None else items.get(column)
    if not is_object(row):
        return None
    if column in row:
        return row[column]
    name, dot, rest = column.partition(".")
    return _get_field(row.get(name), rest) if dot else None
