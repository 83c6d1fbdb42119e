"""`specs/drift.toml`: intended differences from the vendor's documents, with reasons."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from xcaas_generator.drift.compare import Difference
from xcaas_generator.failure import Failure
from xcaas_generator.ir import JSON


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason for differences of a product. In patterns, `*` matches any text."""

    product: str
    patterns: tuple[str, ...]
    text: str
    source: str

    def covers(self, difference: Difference) -> bool:
        """Return whether a pattern matches the difference."""
        return any(self._matches(pattern, difference) for pattern in self.patterns)

    def stale(self, differences: Sequence[Difference]) -> list[str]:
        """Return the patterns that match no difference."""
        return [
            pattern
            for pattern in self.patterns
            if not any(self._matches(pattern, difference) for difference in differences)
        ]

    def _matches(self, pattern: str, difference: Difference) -> bool:
        expression = ".*".join(map(re.escape, pattern.split("*")))
        return difference.product == self.product and re.fullmatch(expression, difference.text) is not None


def read_reasons(path: Path) -> list[Reason]:
    """Return the reasons in a file; none if there is no file.

    Raises:
        Failure: It is not TOML, or an entry lacks its differences, reason or source.
    """
    if not path.exists():
        return []
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"{path}: {error}", code=2) from error
    entries: JSON = content.pop("explained", [])
    if content or not isinstance(entries, list):
        raise Failure(f"{path}: contains something other than [[explained]]", code=2)
    return [_reason(path, number, entry) for number, entry in enumerate(entries, 1)]


def _reason(path: Path, number: int, entry: JSON) -> Reason:
    fields = dict(entry) if isinstance(entry, dict) else {}
    patterns = fields.pop("differences", None)
    valid_patterns = (
        [pattern for pattern in patterns if _is_nonempty_string(pattern)] if isinstance(patterns, list) else []
    )
    product, text, source = (fields.pop(key, None) for key in ("product", "reason", "source"))
    if (
        fields
        or not valid_patterns
        or valid_patterns != patterns
        or not (_is_nonempty_string(product) and _is_nonempty_string(text) and _is_nonempty_string(source))
    ):
        expected = "`product`, `differences` (a list), `reason` and `source`"
        raise Failure(f"{path}: entry {number} of [[explained]] needs {expected}, and nothing else", code=2)
    return Reason(product, tuple(valid_patterns), text, source)


def _is_nonempty_string(value: JSON) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())
