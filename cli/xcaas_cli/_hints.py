"""Type hints of arguments: which values they allow."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin, is_typeddict

import click

from xcaas import Filter, Model

from ._values import KnownValue, Moment, Pair

__all__ = ["Hint", "alternatives", "value_type"]


def alternatives(hint: Any) -> list[Any]:
    """Return the members of a union, without `None`; a type that is no union is its only member."""
    if get_origin(hint) in (Union, types.UnionType):
        return [inner for member in get_args(hint) for inner in alternatives(member)]
    return [] if hint is type(None) else [hint]


@dataclass(frozen=True)
class Hint:
    """The parts of an argument's annotation that matter on the command line."""

    members: tuple[Any, ...]

    @classmethod
    def of(cls, hint: Any) -> Hint:
        """Parse an annotation."""
        return cls(tuple(alternatives(hint)))

    @property
    def item(self) -> Any:
        """The annotation of the items of a list; None if this is not a list."""
        lists = [member for member in self.members if get_origin(member) in (Sequence, list)]
        return get_args(lists[0])[0] if lists else None

    @property
    def is_filter(self) -> bool:
        return Filter in self.members

    @property
    def is_mapping(self) -> bool:
        return any(get_origin(member) in (Mapping, dict) for member in self.members)

    @property
    def is_body(self) -> bool:
        """Whether this is an object of a spec, or a list of such objects."""
        members = self.members if self.item is None else Hint.of(self.item).members
        return any(
            is_typeddict(member) or (isinstance(member, type) and issubclass(member, Model)) for member in members
        )

    @property
    def objects(self) -> list[Any]:
        """The variants of an object, as typed dictionaries."""
        return [member for member in self.members if is_typeddict(member)]


def value_type(hint: Any) -> click.ParamType[Any]:
    """Return the click type of a single value."""
    members = alternatives(hint)
    known_values = [str(value) for member in members if get_origin(member) is Literal for value in get_args(member)]
    if known_values:
        return KnownValue(known_values, open=str in members)
    if any(get_origin(member) in (Mapping, dict) for member in members):
        return Pair()
    for kind, type_ in ((datetime, Moment()), (bool, click.BOOL), (int, click.INT), (float, click.FLOAT)):
        if kind in members:
            return type_
    return click.STRING
