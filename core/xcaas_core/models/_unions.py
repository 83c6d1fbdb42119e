"""Codecs of one of several: told apart by a discriminator, or by what fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from ._codec import Codec, write_any
from ._containers import ModelRef
from ._json import JSONValue
from ._misfit import Misfit, Place, Step, describe

if TYPE_CHECKING:
    from ._model import Model

__all__ = ["OneOf", "Tagged"]


class OneOf(Codec):
    """One of several types, found by trial.

    Of the members that fit through and through, the one that leaves the fewest fields unknown
    wins; then the one that says more than just "text"; then the first.
    """

    __slots__ = ("accepts", "defers", "members", "nullable", "sends")

    def __init__(self, members: tuple[Codec, ...]) -> None:
        super().__init__(f"({'|'.join(member.expression for member in members)})")
        self.members = members
        self.accepts = frozenset[type]().union(*(member.accepts for member in members))
        self.defers = frozenset[type]().union(*(member.defers for member in members))
        self.sends = tuple(kind for member in members for kind in member.sends)
        self.nullable = any(member.nullable for member in members)

    def read(self, raw: object, place: Place, step: Step) -> object:
        members = [member for member in self.members if raw.__class__ in member.accepts]
        if not members:
            raise Misfit(f"{self.expression} was expected, not {describe(raw)}")
        if len(members) > 1:
            members.sort(key=lambda member: _distance(member, raw))
            members = [member for member in members if member.fits(raw)] or members
        # Where none fits, the nearest one says what is wrong, and where.
        return members[0].read(raw, place, step)

    def write(self, value: object) -> JSONValue:
        members = [member for member in self.members if _sends(member, value)]
        if not members or _is_model(value):
            _refuse_no_object(value, self.members)
            return write_any(value)
        return min(members, key=lambda member: _distance(member, value)).write(value)

    def fits(self, raw: object) -> bool:
        return any(raw.__class__ in member.accepts and member.fits(raw) for member in self.members)


class Tagged(Codec):
    """One of several models, as the text in one of their fields says.

    Servers grow new variants: those become an `UnknownModel`, with all that came.
    """

    __slots__ = ("by_tag", "members", "tag")

    accepts = frozenset({dict})
    defers = frozenset({dict})
    sends = (Mapping,)

    def __init__(self, members: tuple[Codec, ...], tag: str, by_tag: Mapping[str, ModelRef]) -> None:
        super().__init__(f"({'|'.join(member.expression for member in members)})")
        self.members = members
        self.tag = tag
        self.by_tag = by_tag

    def read(self, raw: object, place: Place, step: Step) -> object:
        if not isinstance(raw, dict):
            raise Misfit(f"an object was expected, not {describe(raw)}")
        found = cast("dict[str, object]", raw)
        return self._variant(found).reader(found, place, step)

    def write(self, value: object) -> JSONValue:
        if not isinstance(value, Mapping):
            _refuse_no_object(value, self.members)
            return write_any(value)
        found = cast("Mapping[str, object]", value)
        return self._variant(found).write(found)

    def fits(self, raw: object) -> bool:
        if not isinstance(raw, dict):
            return False
        found = cast("dict[str, object]", raw)
        return self._variant(found).fits(found)

    def _variant(self, raw: Mapping[str, object]) -> ModelRef:
        tag = raw.get(self.tag)
        return self.by_tag.get(tag if isinstance(tag, str) else str(tag), _UNKNOWN)


def _unknown_model() -> type[Model]:
    from ._model import UnknownModel

    return UnknownModel


_UNKNOWN = ModelRef("UnknownModel", _unknown_model)


def _refuse_no_object(value: object, members: tuple[Codec, ...]) -> None:
    """Where all members are models, nothing but an object can be right."""
    if value is None or _is_model(value) or isinstance(value, Mapping):
        return
    if all(isinstance(member, ModelRef) for member in members):
        names = ", ".join(member.expression for member in members)
        raise TypeError(f"{names} or a mapping was expected, not {type(value).__name__}")


def _is_model(value: object) -> bool:
    return hasattr(type(value), "__model__")


def _sends(member: Codec, value: object) -> bool:
    if isinstance(value, bool):
        return bool in member.sends or object in member.sends
    if isinstance(value, (str, bytes)) and Sequence in member.sends:
        return str in member.sends  # text is a sequence too, but never meant as a list
    return isinstance(value, member.sends)


def _distance(member: Codec, value: object) -> tuple[int, int]:
    """How far a value is from a member; sorting is stable, so that the spec's order decides the rest."""
    if isinstance(member, ModelRef) and isinstance(value, Mapping):
        return member.model.__model__.distance(cast("Mapping[str, object]", value))
    if isinstance(value, dict):
        return (0, len(cast("dict[str, object]", value)))  # a map takes anything: after a model that knows its fields
    # Text is text when nothing more precise fits; a number is first of all itself.
    exact = member.exact is type(value)
    return (int(exact), 0) if isinstance(value, str) else (int(not exact), 0)
