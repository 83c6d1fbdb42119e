"""Results that fit a model's window: few rows, short values, nothing empty."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from ..output._rows import is_object, is_sequence

__all__ = ["MAX_ROWS", "ROWS_SCHEMA", "Cut", "Result", "compact", "with_instants"]

Result: TypeAlias = dict[str, Any]

MAX_ROWS: Final = 500
_MAX_CHARACTERS: Final = 60_000
"""Of all rows together; the last one may go beyond it."""
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
class Cut:
    """Rows up to a limit, of their number and of their size."""

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

    def result(self, cursor: str | None, beside: dict[str, Any]) -> Result:
        """Return the rows, with a note where they are not all."""
        found: Result = {**compact(beside), "rows": self.rows}
        if cursor is not None:
            found["cursor"] = cursor
            found["note"] = "Cut: there is more than these rows. Narrow the question, or call read_on with this cursor."
        return found


def compact(value: Any) -> Any:
    """Return a JSON value without fields that are empty, and with texts and lists cut that are too long."""
    if is_object(value):
        parts = {name: compact(part) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None and part != [] and part != {}}
    if is_sequence(value):
        items = [compact(item) for item in value[:_MAX_ITEMS]]
        rest = len(value) - _MAX_ITEMS
        return [*items, f"… and {rest} more"] if rest > 0 else items
    if isinstance(value, str) and len(value) > _MAX_TEXT_LENGTH:
        return f"{value[:_MAX_TEXT_LENGTH]}… ({len(value)} characters in all)"
    return value


def with_instants(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a row with some fields, which are epoch milliseconds, as ISO 8601; a field that is 0 is left out."""
    return {name: _instant(value) if name in names else value for name, value in row.items()}


def _instant(milliseconds: Any) -> Any:
    try:
        moment = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return milliseconds
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if int(milliseconds) else None
