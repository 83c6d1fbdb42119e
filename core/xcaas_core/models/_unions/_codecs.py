"""Codecs of unions, whose members are chosen by discriminator, by constants and by shape."""

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
from ._fit import FITS, Alternatives, Fit, can_read, distance, fit, is_constant
from ._marks import Discriminator

__all__ = ["DiscriminatedCodec", "UnionCodec"]

_Tag: TypeAlias = "tuple[bool, object]"

# As Python spells them: generators written in Python put these into documents.
_PYTHON_BOOLEANS: Final = {"True": True, "False": False}


class UnionCodec(Alternatives):
    """One of several types, chosen by trial.

    Of the members that fit completely, the one with the fewest mismatched constants and unknown fields wins;
    then one more specific than `str`; then the first.
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
            _require_object(value, self.members)
            return write_any(value)
        return _write_nearest(members, value)

    def fit(self, raw: object) -> Fit | None:
        members = self._accepting(raw)
        return _nearest(members, raw)[1] if members else None

    def _accepting(self, raw: object) -> list[Codec]:
        return [member for member in self.members if raw.__class__ in member.accepts]


class DiscriminatedCodec(Alternatives):
    """One of several models, chosen by the value of a field, the tag.

    If several variants have the tag, the shape decides. Servers add variants: an object with an unknown tag
    is read as the base of the hierarchy if it has the fields of that, else as an `UnknownModel`.
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
        # Documents write tags as text, even those sent as booleans or numbers.
        for (_, text), variants in tuple(self._tags.items()):
            if isinstance(text, str):
                self._tags.setdefault(
                    _json_tag(_PYTHON_BOOLEANS[text] if text in _PYTHON_BOOLEANS else _parse_scalar(text)), variants
                )
        self._unknown = unknown
        base = discriminator.base
        self._base = None if base is None else codecs.get(base) or ModelCodec(base)

    def read(self, raw: object, context: Context) -> object:
        if not is_object(raw):
            raise ValidationFailure(f"an object was expected, not {describe(raw)}")
        return self._variant(raw).read(raw, context)

    def write(self, value: object) -> JSONValue:
        if not is_mapping(value):
            _require_object(value, self.members)
            return write_any(value)
        if candidates := self._candidates(value):
            return _write_nearest(candidates, value)
        return (self._base or self._unknown).write(value)

    def fit(self, raw: object) -> Fit | None:
        return fit(self._variant(raw), raw) if is_object(raw) else None

    def _variant(self, raw: dict[str, object]) -> Codec:
        """Return the variant to read an object as."""
        candidates = self._candidates(raw)
        has_tag = self.property_name in raw
        if has_tag and len(candidates) == 1:
            return candidates[0]
        nearest, match = _nearest(candidates, raw) if candidates else (self._unknown, None)
        if match is not None:
            return nearest
        if self._base is not None and can_read(self._base, raw):
            return self._base
        return nearest if has_tag else self._unknown

    def _candidates(self, raw: Mapping[str, object]) -> Sequence[Codec]:
        """Return the variants with an object's tag; without a tag, those with any of its fields."""
        if self.property_name not in raw:
            return [member for member in self.members if not member.layout.by_wire.keys().isdisjoint(raw)]
        tag = raw[self.property_name]
        if isinstance(tag, enum.Enum):
            tag = tag.value
        if isinstance(tag, (dict, list)):
            return []
        return self._tags.get(_json_tag(tag)) or [member for member in self.members if self._has_tag(member, tag)]

    def _has_tag(self, member: ModelCodec, tag: object) -> bool:
        """Return whether a tag is a constant of a variant's own field."""
        field = member.layout.by_wire.get(self.property_name)
        return field is not None and is_constant(field.codec, tag)


def _json_tag(tag: object) -> _Tag:
    """Return a key that distinguishes true from 1, but not 1 from 1.0."""
    return isinstance(tag, bool), tag


def _parse_scalar(text: str) -> object:
    """Return the JSON scalar that a text spells, or the text itself."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, (dict, list)) else value


def _nearest(members: Iterable[Codec], raw: object) -> tuple[Codec, Fit | None]:
    """Return the member that fits best, and how well; if none fits, the nearest one, for its error message."""
    ordered = sorted(members, key=lambda member: _distance(member, raw))
    nearest, best = ordered[0], None
    for member in ordered:
        current = fit(member, raw)
        if current is not None and (best is None or current < best):
            nearest, best = member, current
            if current == FITS:
                break
    return nearest, best


def _write_nearest(members: Iterable[Codec], value: object) -> JSONValue:
    """Write a value as the member that fits best, judged by the JSON that each writes."""
    ordered = sorted(members, key=lambda member: _distance(member, value))
    best: tuple[Fit, JSONValue] | None = None
    for member in ordered if len(ordered) > 1 else ():
        try:
            written = member.write(value)
        except (TypeError, ValueError):
            continue
        current = fit(member, written)
        if current is not None and (best is None or current < best[0]):
            best = current, written
            if current == FITS:
                break
    return ordered[0].write(value) if best is None else best[1]


def _require_object(value: object, members: tuple[Codec, ...]) -> None:
    """Reject values that are no objects, if all members are models."""
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
        return str in member.sends  # strings are sequences, too, but not meant as lists
    return isinstance(value, member.sends)


def _distance(member: Codec, value: object) -> tuple[int, int, int]:
    """Return a quick estimate of how far a value is from a member; ties keep the order of the spec."""
    if isinstance(member, ModelCodec) and is_mapping(value):
        return distance(member.layout, value)
    if is_object(value):
        return 0, 0, len(value)  # a map accepts anything: after models that have the fields
    # A string is read as `str` only if nothing more specific fits; a number first as its own type.
    exact = member.exact is type(value) or (not isinstance(value, str) and member.sends[:1] == (type(value),))
    return int(exact if isinstance(value, str) else not exact), 0, 0
