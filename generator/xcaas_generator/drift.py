"""How the documents in `specs/` differ from the vendor's own, so that a maintainer notices an update."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .drift_facts import Facts, bare
from .failure import Failure


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, as text that an ignore file can name."""

    product: str
    text: str

    def __str__(self) -> str:
        return f"{self.product}: {self.text}"


@dataclass(frozen=True, slots=True)
class Ignored:
    """Differences that are there on purpose. `*` stands for any text."""

    pattern: str
    reason: str

    def covers(self, difference: Difference) -> bool:
        """Whether the difference is one of these."""
        return re.fullmatch(".*".join(map(re.escape, self.pattern.split("*"))), str(difference)) is not None


def read_ignored(path: Path) -> list[Ignored]:
    """The ignore file; nothing is ignored if there is none.

    Raises:
        Failure: It is not TOML, or an entry gives no reason.
    """
    if not path.exists():
        return []
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"{path}: {error}", code=2) from error
    found: list[Ignored] = []
    for number, entry in enumerate(content.get("ignore", []), 1):
        pattern, reason = entry.get("difference"), entry.get("reason")
        if not isinstance(pattern, str) or not isinstance(reason, str) or not reason.strip():
            raise Failure(f"{path}: entry {number} of [[ignore]] needs a `difference` and a `reason`", code=2)
        found.append(Ignored(pattern, reason))
    return found


def drift(ours: dict[str, list[Facts]], theirs: Sequence[Facts]) -> list[Difference]:
    """Compare our products with everything that the vendor's documents describe."""
    rest = list(theirs)
    found: list[Difference] = []
    for product, operations in ours.items():
        for operation in operations:
            other = _counterpart(operation, rest)
            name = f"{operation.method} {operation.path}"
            if other is None:
                found.append(Difference(product, f"{name}: only in ours"))
                continue
            rest.remove(other)
            found += [Difference(product, f"{name}: {text}") for text in _items(operation, other)]
    found += [Difference(item.file, f"{item.method} {item.path}: only in the vendor's") for item in rest]
    return found


def _counterpart(operation: Facts, candidates: Iterable[Facts]) -> Facts | None:
    """The same operation on the other side: by whole address or, where servers differ, by the end of the path."""
    same_method = [item for item in candidates if item.method == operation.method]
    for item in same_method:
        if item.addresses & operation.addresses:
            return item
    endings = [item for item in same_method if _share_an_end(item, operation)]
    return endings[0] if len(endings) == 1 else None


def _share_an_end(one: Facts, other: Facts) -> bool:
    first, second = bare(one.path), bare(other.path)
    if min(first.count("/"), second.count("/")) < 2 and first != second:
        return False
    return first.endswith(second) or second.endswith(first)


def _items(ours: Facts, theirs: Facts) -> Iterator[str]:
    for place in sorted({*ours.items, *theirs.items}):
        if place not in theirs.items:
            yield f"{place}: only in ours"
        elif place not in ours.items:
            yield f"{place}: only in the vendor's"
        elif not _agree(ours.items[place], theirs.items[place]):
            yield f"{place}: {ours.items[place]} in ours, {theirs.items[place]} in the vendor's"


def _agree(one: str, other: str) -> bool:
    """Null says nothing about a type, and a whole number is a number."""
    first, second = (
        {"number" if part == "whole number" else part for part in kind.split(" or ")} for kind in (one, other)
    )
    return first - {"null"} == second - {"null"}
