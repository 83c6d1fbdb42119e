"""Comparison of the documents in `specs/` with the vendor's own, to notice updates of the latter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xcaas_generator.drift.facts import Facts, Item, bare

_Match = Callable[[Facts, Facts], bool]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference, as text that patterns of reasons can match."""

    product: str
    text: str

    def __str__(self) -> str:
        return f"{self.product}: {self.text}"


def drift(ours: Mapping[str, Sequence[Facts]], theirs: Sequence[Facts]) -> list[Difference]:
    """Compare our products with all operations in the vendor's documents."""
    unmatched = list(theirs)
    pairs: dict[int, Facts] = {}
    # By address first: matching by the end of the path could otherwise take an operation that matches another exactly.
    for match in (_have_same_address, _have_same_path_end):
        for operation in (item for operations in ours.values() for item in operations if id(item) not in pairs):
            other = _counterpart(operation, unmatched, match)
            if other is not None:
                unmatched.remove(other)
                pairs[id(operation)] = other
    differences = [
        Difference(product, f"{operation.method} {operation.path}: {text}")
        for product, operations in ours.items()
        for operation in operations
        for text in _differences(operation, pairs.get(id(operation)))
    ]
    differences += [Difference(item.file, f"{item.method} {item.path}: only in the vendor's") for item in unmatched]
    return differences


def _counterpart(operation: Facts, candidates: Sequence[Facts], match: _Match) -> Facts | None:
    """Return the matching operation of the other side; None if several match by the end of their paths."""
    matches = [item for item in candidates if item.method == operation.method and match(item, operation)]
    return matches[0] if matches and (len(matches) == 1 or match is _have_same_address) else None


def _have_same_address(left: Facts, right: Facts) -> bool:
    return not left.addresses.isdisjoint(right.addresses)


def _have_same_path_end(left: Facts, right: Facts) -> bool:
    """Return whether one path is the end of the other, for documents with different servers."""
    first, second = bare(left.path), bare(right.path)
    if min(first.count("/"), second.count("/")) < 2 and first != second:
        return False
    return first.endswith(second) or second.endswith(first)


def _differences(ours: Facts, theirs: Facts | None) -> Iterator[str]:
    if theirs is None:
        yield "only in ours"
        return
    for location in sorted({*ours.items, *theirs.items}):
        if location not in theirs.items:
            yield f"{location}: only in ours"
        elif location not in ours.items:
            yield f"{location}: only in the vendor's"
        else:
            yield from (
                f"{location}: {text}" for text in _item_differences(ours.items[location], theirs.items[location])
            )


def _item_differences(ours: Item, theirs: Item) -> Iterator[str]:
    """Yield the differences of two items. Additional values in ours are none: enums are open, and guides list more."""
    if not _are_compatible(ours.kind, theirs.kind):
        yield f"{ours.kind} in ours, {theirs.kind} in the vendor's"
    if ours.required != theirs.required:
        our_state, their_state = ("required", "optional") if ours.required else ("optional", "required")
        yield f"{our_state} in ours, {their_state} in the vendor's"
    for value in sorted(theirs.values - ours.values):
        yield f"value {value} only in the vendor's"


def _are_compatible(left: str, right: str) -> bool:
    """Return whether two types are compatible, ignoring null. A whole number is a number."""
    first, second = (
        {"number" if part == "whole number" else part for part in kind.split(" or ")} for kind in (left, right)
    )
    return first - {"null"} == second - {"null"}
