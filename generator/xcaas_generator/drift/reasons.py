"""`specs/drift.toml`: the differences from the vendor's documents that are there on purpose, each with its reason."""

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
    """Why one product differs at some places. In a pattern `*` stands for any text."""

    product: str
    patterns: tuple[str, ...]
    text: str
    source: str

    def covers(self, difference: Difference) -> bool:
        """Return whether the difference is one of these."""
        return any(self._stands_for(pattern, difference) for pattern in self.patterns)

    def stale(self, found: Sequence[Difference]) -> list[str]:
        """Return the patterns that match nothing any more."""
        return [pattern for pattern in self.patterns if not any(self._stands_for(pattern, one) for one in found)]

    def _stands_for(self, pattern: str, difference: Difference) -> bool:
        expression = ".*".join(map(re.escape, pattern.split("*")))
        return difference.product == self.product and re.fullmatch(expression, difference.text) is not None


def read_reasons(path: Path) -> list[Reason]:
    """Return the reasons in a file; none if there is no file.

    Raises:
        Failure: It is not TOML, or an entry doesn't say what it explains, why, and by which source.
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
    given = dict(entry) if isinstance(entry, dict) else {}
    patterns = given.pop("differences", None)
    listed = [one for one in patterns if _says(one)] if isinstance(patterns, list) else []
    product, text, source = (given.pop(key, None) for key in ("product", "reason", "source"))
    if given or not listed or listed != patterns or not (_says(product) and _says(text) and _says(source)):
        wanted = "`product`, `differences` (a list), `reason` and `source`"
        raise Failure(f"{path}: entry {number} of [[explained]] needs {wanted}, and nothing else", code=2)
    return Reason(product, tuple(listed), text, source)


def _says(value: JSON) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())
