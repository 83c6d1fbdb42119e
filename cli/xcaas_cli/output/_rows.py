"""Results as JSON: models by the service's names, everything else as it is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeGuard

from xcaas import Model

__all__ = ["as_row", "cell", "is_object", "is_sequence", "pairs", "plain", "selected"]


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether a value is a JSON object."""
    return isinstance(value, dict)


def plain(value: Any) -> Any:
    """Return a value as JSON."""
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
    """Return an object as it is, anything else as the one field of a row."""
    return value if is_object(value) else {"value": value}


def selected(row: Any, columns: list[str] | None) -> Any:
    """Return the fields of a row that were asked for, in that order; those that it lacks are null."""
    if columns is None or not is_object(row):
        return row
    return {column: _found(row, column) for column in columns}


def cell(value: Any) -> str:
    """Return a value as the text of a cell."""
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


def pairs(value: Any) -> dict[str, Any] | None:
    """Return a list of keys and values, which many services have, as an object; None if it is something else."""
    if not is_sequence(value) or not value:
        return None
    found = {part["key"]: part["value"] for part in value if is_object(part) and set(part) == {"key", "value"}}
    return found if len(found) == len(value) else None


def _found(row: Any, column: str) -> Any:
    """Return the field of an object, or that of each object of a list."""
    if is_sequence(row):
        named = pairs(row)
        return [_found(part, column) for part in row] if named is None else named.get(column)
    if not is_object(row):
        return None
    if column in row:
        return row[column]
    name, dot, rest = column.partition(".")
    return _found(row.get(name), rest) if dot else None
