"""Codecs of one of several: told apart by a discriminator, by constants, and by what fits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

from ._base import ModelBase
from ._codec import Codec, write_any
from ._containers import ModelCodec
from ._context import Context
from ._failure import ValidationFailure, describe
from ._json import JSONValue
from ._marks import Discriminator

__all__ = ["DiscriminatedCodec", "UnionCodec"]

_Tag: TypeAlias = "tuple[type, object]"


class UnionCodec(Codec):
    """One of several types, found by trial.

    Of the members that fit through and through, the one that leaves the fewest fields unknown
    wins; then the one that says more than just "text"; then the first.
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
        members = [member for member in self.members if raw.__class__ in member.accepts]
        if not members:
            raise ValidationFailure(f"{self.name} was expected, not {describe(raw)}")
        return _nearest(members, raw).read(raw, context)

    def write(self, value: object) -> JSONValue:
        members = [member for member in self.members if _sends(member, value)]
        if not members or _is_model(value):
            _refuse_no_object(value, self.members)
            return write_any(value)
        return min(members, key=lambda member: _distance(member, value)).write(value)

    def fits(self, raw: object) -> bool:
        return any(raw.__class__ in member.accepts and member.fits(raw) for member in self.members)


class DiscriminatedCodec(Codec):
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
            self._tags.setdefault((tag.__class__, tag), []).append(codecs.get(model) or ModelCodec(model))
        self._unknown = unknown
        base = discriminator.base
        self._base = None if base is None else codecs.get(base) or ModelCodec(base)

    def read(self, raw: object, context: Context) -> object:
        if not isinstance(raw, dict):
            raise ValidationFailure(f"an object was expected, not {describe(raw)}")
        found = cast("dict[str, object]", raw)
        return self._variant(found).read(found, context)

    def write(self, value: object) -> JSONValue:
        if not isinstance(value, Mapping):
            _refuse_no_object(value, self.members)
            return write_any(value)
        found = cast("Mapping[str, object]", value)
        return self._variant(found, sent=True).write(found)

    def fits(self, raw: object) -> bool:
        if not isinstance(raw, dict):
            return False
        found = cast("dict[str, object]", raw)
        return self._variant(found).fits(found)

    def _variant(self, raw: Mapping[str, object], *, sent: bool = False) -> Codec:
        """Return the variant that an object is; of what is sent, values may not be JSON yet."""
        named: Sequence[ModelCodec] = self._named(raw.get(self.property_name))
        if len(named) == 1:
            return named[0]
        if not named and self.property_name not in raw:
            named = [member for member in self.members if not member.layout.by_wire.keys().isdisjoint(raw)]
        if sent and named:
            return min(named, key=lambda member: _distance(member, raw))
        fitting = [member for member in named if member.fits(raw)]
        if fitting:
            return _nearest(fitting, raw)
        if self._base is not None and (sent or self._base.fits(raw)):
            return self._base
        return _nearest(named, raw) if named and self.property_name in raw else self._unknown

    def _named(self, tag: object) -> list[ModelCodec]:
        """Return the variants of a tag. Documents write tags as text, also those that travel as booleans or numbers."""
        if isinstance(tag, (dict, list)):
            return []
        found = self._tags.get((tag.__class__, tag))
        if found is None and isinstance(tag, bool | int | float):
            for text in (json.dumps(tag), str(tag)):
                found = found or self._tags.get((str, text))
        return found or []


def _nearest(members: Sequence[Codec], raw: object) -> Codec:
    """Return the member that fits best. Where none fits, the nearest one is to say what is wrong, and where."""
    if len(members) == 1:
        return members[0]
    ordered = sorted(members, key=lambda member: _distance(member, raw))
    return next((member for member in ordered if member.fits(raw)), ordered[0])


def _refuse_no_object(value: object, members: tuple[Codec, ...]) -> None:
    """Where all members are models, nothing but an object can be right."""
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


def _distance(member: Codec, value: object) -> tuple[int, int]:
    """Return how far a value is from a member; sorting is stable, so that the spec's order decides the rest."""
    if isinstance(member, ModelCodec) and isinstance(value, Mapping):
        return member.layout.distance(cast("Mapping[str, object]", value))
    if isinstance(value, dict):
        return (0, len(cast("dict[str, object]", value)))  # a map takes anything: after a model that knows its fields
    # Text is text when nothing more precise fits; a number is first of all itself.
    exact = member.exact is type(value)
    return (int(exact), 0) if isinstance(value, str) else (int(not exact), 0)
