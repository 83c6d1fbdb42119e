"""Results small enough for a model's context: limited rows, short values, no empty fields."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from ..output._rows import is_object, is_sequence

__all__ = ["MAX_ROWS", "ROWS_SCHEMA", "Result", "RowBuffer", "compact", "with_times"]

Result: TypeAlias = dict[str, Any]

MAX_ROWS: Final = 500
_MAX_CHARACTERS: Final = 60_000
"""In all rows together. The last row may exceed it."""
_MAX_TEXT_LENGTH: Final = 4_000
_MAX_ITEMS: Final = 200

ROWS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}},
        "cursor": {"type": "string", "description": "For read_on. Only there when the list was cut."},
        "note": {"type": "string"},
    },
    "required": ["rows"],
}


@dataclass
class RowBuffer:
    """Collects rows up to a limit of number and size."""

    limit: int
    rows: list[Any] = field(default_factory=list[Any])
    _size: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= self.limit or self._size >= _MAX_CHARACTERS

    def add(self, row: Any) -> None:
        """Add a row."""
        row = compact(row)
        self._size += len(json.dumps(row, ensure_ascii=False))
        self.rows.append(row if is_object(row) else {"value": row})

    def result(self, cursor: str | None, extra: dict[str, Any]) -> Result:
        """Return the rows, with a note and the cursor if there are more."""
        result: Result = {**compact(extra), "rows": self.rows}
        if cursor is not None:
            result["cursor"] = cursor
            result["note"] = (
                "Cut: there is more than these rows. Narrow the question, or call read_on with this cursor."
            )
        return result


def compact(value: Any) -> Any:
    """Return a JSON value without empty fields, and with long strings and lists truncated."""
    if is_object(value):
        parts = {name: compact(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None and part != [] and part != {}}
    if is_sequence(value):
        items = [compact(item) for item in value[:_MAX_ITEMS]]
        omitted = len(value) - _MAX_ITEMS
        return [*items, f"… and {omitted} more"] if omitted > 0 else items
    if isinstance(value, str) and len(value) > _MAX_TEXT_LENGTH:
        return f"{value[:_MAX_TEXT_LENGTH]}… ({len(value)} characters in all)"
    return value


def with_times(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a row with the named fields, in epoch milliseconds, as ISO 8601. A value of 0 becomes None."""
    return {name: _to_time(value) if name in names else value for name, value in row.items()}


def _to_time(milliseconds: Any) -> Any:
    try:
        moment = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return milliseconds
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if int(milliseconds) else None
