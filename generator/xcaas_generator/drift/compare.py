"""How the documents in `specs/` differ from the vendor's own, so that a maintainer notices an update."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xcaas_generator.drift.facts import Facts, Item, bare

_Match = Callable[[Facts, Facts], bool]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, as text that a reason can name."""

    product: str
    text: str

    def __str__(self) -> str:
        return f"{self.product}: {self.text}"


def drift(ours: Mapping[str, Sequence[Facts]], theirs: Sequence[Facts]) -> list[Difference]:
    """Compare our products with everything that the vendor's documents describe."""
    rest = list(theirs)
    pairs: dict[int, Facts] = {}
    # By whole address first, so that no operation is taken by the end of its path that belongs to another.
    for match in (_share_an_address, _share_an_end):
        for operation in (item for operations in ours.values() for item in operations if id(item) not in pairs):
            other = _counterpart(operation, rest, match)
            if other is not None:
                rest.remove(other)
                pairs[id(operation)] = other
    found = [
        Difference(product, f"{operation.method} {operation.path}: {text}")
        for product, operations in ours.items()
        for operation in operations
        for text in _compared(operation, pairs.get(id(operation)))
    ]
    found += [Difference(item.file, f"{item.method} {item.path}: only in the vendor's") for item in rest]
    return found


def _counterpart(operation: Facts, candidates: Sequence[Facts], match: _Match) -> Facts | None:
    """Return the same operation on the other side. Of several that could be it none is."""
    found = [item for item in candidates if item.method == operation.method and match(item, operation)]
    return found[0] if found and (len(found) == 1 or match is _share_an_address) else None


def _share_an_address(one: Facts, other: Facts) -> bool:
    return not one.addresses.isdisjoint(other.addresses)


def _share_an_end(one: Facts, other: Facts) -> bool:
    """Return where servers differ: one path is the end of the other."""
    first, second = bare(one.path), bare(other.path)
    if min(first.count("/"), second.count("/")) < 2 and first != second:
        return False
    return first.endswith(second) or second.endswith(first)


def _compared(ours: Facts, theirs: Facts | None) -> Iterator[str]:
    if theirs is None:
        yield "only in ours"
        return
    for place in sorted({*ours.items, *theirs.items}):
        if place not in theirs.items:
            yield f"{place}: only in ours"
        elif place not in ours.items:
            yield f"{place}: only in the vendor's"
        else:
            yield from (f"{place}: {text}" for text in _unlike(ours.items[place], theirs.items[place]))


def _unlike(ours: Item, theirs: Item) -> Iterator[str]:
    """Yield what differs. Values that only we know do not: enums are open, and the guides name more."""
    if not _agree(ours.kind, theirs.kind):
        yield f"{ours.kind} in ours, {theirs.kind} in the vendor's"
    if ours.required != theirs.required:
        one, other = ("required", "optional") if ours.required else ("optional", "required")
        yield f"{one} in ours, {other} in the vendor's"
    for value in sorted(theirs.values - ours.values):
        yield f"value {value} only in the vendor's"


def _agree(one: str, other: str) -> bool:
    """Return whether types agree. Null says nothing about a type, and a whole number is a number."""
    first, second = (
        {"number" if part == "whole number" else part for part in kind.split(" or ")} for kind in (one, other)
    )
    return first - {"null"} == second - {"null"}
