"""The fields of a class: types, docs, defaults, bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xcaas_generator.ir import JSON
from xcaas_generator.load.references import Resolver, Spot
from xcaas_generator.normalise import keywords
from xcaas_generator.normalise.flatten import Flat
from xcaas_generator.normalise.naming import field_name
from xcaas_generator.normalise.shapes import ANY, Entry, FieldDraft, Hint, Shape, entries_in, members_of, one_of
from xcaas_generator.normalise.values import default_of

if TYPE_CHECKING:
    from xcaas_generator.normalise.schemas import Shaper

_MAX_CHAIN = 12


class Annotations:
    """What is said about a value, at its own place or at the places that it refers to."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def chain(self, spots: list[Spot], classes: frozenset[tuple[str, str]] = frozenset()) -> list[Spot]:
        """The places whose annotations count, nearest first: along references and through `allOf`, up to
        `classes`, which have docs of their own."""
        found: list[Spot] = []
        waiting = list(spots)
        while waiting and len(found) < _MAX_CHAIN:
            spot = waiting.pop(0)
            if not isinstance(spot.node, dict) or any(spot.key == other.key for other in found):
                continue
            if spot.key in classes:
                if any(spot is one for one in spots):
                    found.append(spot)
                continue
            found.append(spot)
            if self._resolver.reference(spot) is not None:
                target = self._resolver.target(spot)
                if target is not None:
                    waiting.append(target)
            if isinstance(spot.node.get("allOf"), list):
                waiting.extend(spot.child("allOf").elements())
        return found

    def text(self, spots: list[Spot], key: str) -> str:
        return next((spot.text(key).strip() for spot in spots if spot.text(key).strip()), "")

    def example(self, spots: list[Spot]) -> JSON:
        """The first example of any spelling."""
        for spot in spots:
            single = spot.get("example")
            if single is not None:
                return single if keywords.finite(single) else None
            several = spot.get("examples")
            if isinstance(several, list) and several:
                return several[0] if keywords.finite(several[0]) else None
            if isinstance(several, dict):
                for _, one in spot.child("examples").items():
                    example = self._resolver.deref(one)
                    if example is not None and example.get("value") is not None:
                        value = example.get("value")
                        return value if keywords.finite(value) else None
        return None


def field_drafts(shaper: Shaper, entry: Entry, flat: Flat) -> list[FieldDraft]:
    """In the order of the spec; classes found on the way are named the same in any order."""
    shapes = {
        wire: one_of([shaper.shape_all(spots, Hint(entry, wire)) for spots in flat.properties[wire]])
        for wire in sorted(flat.properties)
    }
    return [
        # Of several definitions the last is the nearest: a part's own stands after what it inherits.
        _draft(shaper, wire, shapes[wire], alternatives[0][::-1], required=wire in flat.required)
        for wire, alternatives in flat.properties.items()
    ]


def _draft(shaper: Shaper, wire: str, shape: Shape, spots: list[Spot], *, required: bool) -> FieldDraft:
    report, annotations = shaper.report, shaper.annotations
    chain = annotations.chain(spots)
    classes = frozenset(entry.spot.key for member in members_of(shape) for entry in entries_in(member))
    own = annotations.chain(spots, classes) if classes else chain
    draft = FieldDraft(wire, field_name(wire), shape, required, spots[0])
    draft.doc = annotations.text(own, "description") or annotations.text(spots, "title")
    draft.example = annotations.example(own)
    draft.limits = keywords.limits(own)
    draft.read_only = any(keywords.flag(spot, "readOnly", report) for spot in own)
    draft.write_only = any(keywords.flag(spot, "writeOnly", report) for spot in own)
    draft.deprecated = any(keywords.flag(spot, "deprecated", report) for spot in own)
    given = next((spot.child("default") for spot in chain if spot.has("default")), None)
    if given is not None:
        draft.default, draft.has_default = default_of(given, shape, report)
    return draft


def extra_shape(shaper: Shaper, entry: Entry, flat: Flat) -> Shape | None:
    """The type of the properties that have no name in the spec; None when that could be anything."""
    if not flat.extra or any(spot.node is True or spot.node == {} for spot in flat.extra):
        return None
    shape = one_of([shaper.shape(spot, Hint(entry, "value")) for spot in flat.extra])
    return None if shape == ANY else shape
