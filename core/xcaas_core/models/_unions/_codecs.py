"""Codecs of one of several: told apart by a discriminator, by constants, and by what fits."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from ..._checks import is_mapping, is_object
from .._codec import Codec, write_any
from .._context import Context, ValidationFailure, describe
from .._json import JSONValue
from .._layout import ModelBase, ModelCodec
from ._fit import FITS, Alternatives, Fit, can_read, distance, fit, knows
from ._marks import Discriminator

__all__ = ["DiscriminatedCodec", "UnionCodec"]

_Tag: TypeAlias = "tuple[bool, object]"

# As Python writes them: generators that are written in it put these into documents.
_PYTHON: Final = {"True": True, "False": False}


class UnionCodec(Alternatives):
    """One of several types, found by trial.

    Of the members that fit through and through, the one with all known values right and the fewest unknown
    fields wins; then the one that says more than just "text"; then the first.
    """

    __slots__ = ("accepts", "faithful", "members", "nullable", "sends")

    def __init__(self, members: tuple[Codec, ...]) -> None:
        super().__init__(" | ".join(member.name for member in members))
        self.members = members
        self.faithful = all(member.faithful for member in members)
        self.accepts = frozenset[type]().union(*(member.accepts for member in members))
        self.sends = tuple(kind for member in members for kind in member.sends)
        self.nullable = any(member.nullable for member in members)

    def read(self, raw: object, context: Context) -> object:
        members = self._accepting(raw)
        if not members:
            raise ValidationFailure(f"{self.name} was expected, not {describe(raw)}")
        member = members[0] if len(members) == 1 else _nearest(members, raw)[0]
        return member.read(raw, context)

    def write(self, value: object) -> JSONValue:
        members = [member for member in self.members if _sends(member, value)]
        if not members or _is_model(value):
            _refuse_no_object(value, self.members)
            return write_any(value)
        return _write_nearest(members, value)

    def fit(self, raw: object) -> Fit | None:
        members = self._accepting(raw)
        return _nearest(members, raw)[1] if members else None

    def _accepting(self, raw: object) -> list[Codec]:
        return [member for member in self.members if raw.__class__ in member.accepts]


class DiscriminatedCodec(Alternatives):
    """One of several models, as the value of one of their fields says.

    A value that several variants share narrows the choice, and the shape decides. Servers grow new variants: a
    value that nobody knows gives the base of the hierarchy where its fields are there, else an
    `UnknownModel` with all that came.
    """

    __slots__ = ("_base", "_tags", "_unknown", "members", "property_name", "variants")

    accepts = frozenset({dict})
    faithful = True
    sends = (Mapping,)

    def __init__(self, members: tuple[Codec, ...], discriminator: Discriminator, unknown: Codec) -> None:
        super().__init__(" | ".join(member.name for member in members))
        self.members = tuple(member for member in members if isinstance(member, ModelCodec))
        self.property_name = discriminator.property_name
        self.variants = discriminator.variants
        codecs = {member.model: member for member in self.members}
        self._tags: dict[_Tag, list[ModelCodec]] = {}
        for tag, model in discriminator.variants:
            self._tags.setdefault(_json_tag(tag), []).append(codecs.get(model) or ModelCodec(model))
        # Documents write tags as text, also those that travel as booleans or numbers.
        for (_, text), variants in tuple(self._tags.items()):
            if isinstance(text, str):
                self._tags.setdefault(_json_tag(_PYTHON[text] if text in _PYTHON else _scalar(text)), variants)
        self._unknown = unknown
        base = discriminator.base
        self._base = None if base is None else codecs.get(base) or ModelCodec(base)

    def read(self, raw: object, context: Context) -> object:
        if not is_object(raw):
            raise ValidationFailure(f"an object was expected, not {describe(raw)}")
        return self._variant(raw).read(raw, context)

    def write(self, value: object) -> JSONValue:
        if not is_mapping(value):
            _refuse_no_object(value, self.members)
            return write_any(value)
        if candidates := self._candidates(value):
            return _write_nearest(candidates, value)
        return (self._base or self._unknown).write(value)

    def fit(self, raw: object) -> Fit | None:
        return fit(self._variant(raw), raw) if is_object(raw) else None

    def _variant(self, raw: dict[str, object]) -> Codec:
        """Return the variant that an object is."""
        candidates = self._candidates(raw)
        tagged = self.property_name in raw
        if tagged and len(candidates) == 1:
            return candidates[0]
        nearest, found = _nearest(candidates, raw) if candidates else (self._unknown, None)
        if found is not None:
            return nearest
        if self._base is not None and can_read(self._base, raw):
            return self._base
        return nearest if tagged else self._unknown

    def _candidates(self, raw: Mapping[str, object]) -> Sequence[Codec]:
        """Return the variants that an object names; without a tag, those that have any of its fields."""
        if self.property_name not in raw:
            return [member for member in self.members if not member.layout.by_wire.keys().isdisjoint(raw)]
        tag = raw[self.property_name]
        if isinstance(tag, enum.Enum):
            tag = tag.value
        if isinstance(tag, (dict, list)):
            return []
        return self._tags.get(_json_tag(tag)) or [member for member in self.members if self._is_of(member, tag)]

    def _is_of(self, member: ModelCodec, tag: object) -> bool:
        """Return whether a variant says of itself that it has a tag."""
        known = member.layout.by_wire.get(self.property_name)
        return known is not None and knows(known.codec, tag)


def _json_tag(tag: object) -> _Tag:
    """Return a key that tells true from 1, and not 1 from 1.0."""
    return isinstance(tag, bool), tag


def _scalar(text: str) -> object:
    """Return the boolean, the number or null that a text is in JSON; the text, if it is none."""
    try:
        found: object = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(found, (dict, list)) else found


def _nearest(members: Iterable[Codec], raw: object) -> tuple[Codec, Fit | None]:
    """Return the member that fits best, and how well. Where none fits, the nearest one is to say what is wrong."""
    ordered = sorted(members, key=lambda member: _distance(member, raw))
    nearest, best = ordered[0], None
    for member in ordered:
        found = fit(member, raw)
        if found is not None and (best is None or found < best):
            nearest, best = member, found
            if found == FITS:
                break
    return nearest, best


def _write_nearest(members: Iterable[Codec], value: object) -> JSONValue:
    """Write a value as the member that fits best. It may not be JSON yet, so that what each would send decides."""
    ordered = sorted(members, key=lambda member: _distance(member, value))
    best: tuple[Fit, JSONValue] | None = None
    for member in ordered if len(ordered) > 1 else ():
        try:
            written = member.write(value)
        except (TypeError, ValueError):
            continue
        found = fit(member, written)
        if found is not None and (best is None or found < best[0]):
            best = found, written
            if found == FITS:
                break
    return ordered[0].write(value) if best is None else best[1]


def _refuse_no_object(value: object, members: tuple[Codec, ...]) -> None:
    """Refuse all but objects where all members are models."""
    if value is None or _is_model(value) or isinstance(value, Mapping):
        return
    if all(isinstance(member, ModelCodec) for member in members):
        names = ", ".join(member.name for member in members)
        raise TypeError(f"{names} or a mapping was expected, not {type(value).__name__}")


def _is_model(value: object) -> bool:
    return isinstance(value, ModelBase)


def _sends(member: Codec, value: object) -> bool:
    if isinstance(value, bool):
        return bool in member.sends or object in member.sends
    if isinstance(value, (str, bytes)) and Sequence in member.sends:
        return str in member.sends  # text is a sequence too, but never meant as a list
    return isinstance(value, member.sends)


def _distance(member: Codec, value: object) -> tuple[int, int, int]:
    """Return how far a value is from a member at first sight; sorting is stable, so that the spec's order decides
    the rest."""
    if isinstance(member, ModelCodec) and is_mapping(value):
        return distance(member.layout, value)
    if is_object(value):
        return 0, 0, len(value)  # a map takes anything: after a model that knows its fields
    # Text is text when nothing more precise fits; a number is first of all itself.
    exact = member.exact is type(value) or (not isinstance(value, str) and member.sends[:1] == (type(value),))
    return int(exact if isinstance(value, str) else not exact), 0, 0
