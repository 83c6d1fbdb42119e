"""Fields, whose comparisons are filters."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final, Never, NoReturn, SupportsIndex, TypeAlias
from uuid import UUID

from .._checks import is_iterable
from .._errors import ArgumentError
from ._filter import Filter
from ._parse import FIELD
from ._tree import Comparison, Value

__all__ = ["F", "Field", "Fields"]

Comparable: TypeAlias = "str | SupportsIndex | float | Decimal | datetime | UUID | Enum"


class Field:
    """A field of list items. Comparing it with a value makes a `Filter`.

    In text after `==` or `!=`, `*` matches any text, if the service supports wildcards. A datetime is sent in the
    service's format, and must have a time zone.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = _field_name(name)

    def __getattr__(self, name: str) -> Field:
        return self[_wire_name(name, self)]

    def __getitem__(self, name: str) -> Field:
        return Field(f"{self._name}.{_field_name(name)}")

    def __eq__(self, value: object) -> Filter:  # type: ignore[override]
        return self._compare("==", value)

    def __ne__(self, value: object) -> Filter:  # type: ignore[override]
        return self._compare("!=", value)

    def __gt__(self, value: Comparable) -> Filter:
        return self._compare("=gt=", value)

    def __ge__(self, value: Comparable) -> Filter:
        return self._compare("=ge=", value)

    def __lt__(self, value: Comparable) -> Filter:
        return self._compare("=lt=", value)

    def __le__(self, value: Comparable) -> Filter:
        return self._compare("=le=", value)

    def in_(self, values: Iterable[Comparable]) -> Filter:
        """Return the condition that the field is one of the values."""
        return self._is_among("=in=", values)

    def out(self, values: Iterable[Comparable]) -> Filter:
        """Return the condition that the field is none of the values."""
        return self._is_among("=out=", values)

    # Python reads `F.a == 1 & F.b == 2` as `F.a == (1 & F.b) == 2`.
    def __and__(self, other: Never) -> NoReturn:
        raise _precedence_error(self)

    def __rand__(self, other: Never) -> NoReturn:
        raise _precedence_error(self)

    def __or__(self, other: Never) -> NoReturn:
        raise _precedence_error(self)

    def __ror__(self, other: Never) -> NoReturn:
        raise _precedence_error(self)

    def __bool__(self) -> NoReturn:
        raise ArgumentError(f"{self!r} is not compared with anything", advice='Compare it: F.flag == "true".')

    def __repr__(self) -> str:
        return f"F[{self._name!r}]"

    def _compare(self, operator: str, value: object) -> Filter:
        return Filter(Comparison(self._name, operator, (_operand(value),)))

    def _is_among(self, operator: str, values: object) -> Filter:
        if isinstance(values, str | bytes | Field) or not is_iterable(values):
            raise ArgumentError(
                f"{type(values).__name__} is no list of values", advice='Give a list: F.type.in_(["a", "b"]).'
            )
        operands = tuple(map(_operand, values))
        if not operands:
            raise ArgumentError("a filter cannot compare with an empty list", advice="Leave the condition out.")
        return Filter(Comparison(self._name, operator, operands))


class Fields:
    """The fields of any list. `F.created_time` is `createdTime`, `F.basic_info.status` is `basicInfo.status`, and
    `F["media-processed"]` is the service's own name."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Field:
        return Field(_wire_name(name, self))

    def __getitem__(self, name: str) -> Field:
        return Field(name)

    def __repr__(self) -> str:
        return "F"


F: Final = Fields()
"""The fields of lists, for `filter=`."""


def _precedence_error(field: Field) -> ArgumentError:
    advice = "Put each comparison in brackets: (F.a == 1) & (F.b == 2)."
    return ArgumentError(f"{field!r} is joined before it is compared", advice=advice)


def _field_name(name: object) -> str:
    """Return the name of a field, or raise if it is invalid."""
    if isinstance(name, str) and FIELD.fullmatch(name):
        return name
    raise ArgumentError(f"{name!r} cannot be the name of a field in a filter")


def _wire_name(name: str, owner: object) -> str:
    """Return the name of a field on the wire for an attribute: `createdTime` for `created_time`, `from` for `from_`."""
    if name.startswith("_"):
        # Python and its tools look for names such as `__wrapped__`.
        raise AttributeError(name, name=name, obj=owner)
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _operand(value: object) -> Value:
    """Return a value as text; datetimes unchanged."""
    if isinstance(value, Enum):
        return _operand(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | UUID):
        return str(value)
    if isinstance(value, datetime) and _is_valid(value) and value.tzinfo is not None:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return repr(float(value))
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    if isinstance(value, SupportsIndex):
        return str(value.__index__())
    raise ArgumentError(f"a filter cannot compare with {_describe(value)}", advice=_advice(value))


def _is_valid(value: datetime) -> bool:
    """Return whether a datetime is not pandas' NaT, whose year is NaN."""
    return value.year == value.year


def _describe(value: object) -> str:
    return str(value) if value is None or isinstance(value, float | Decimal | date) else type(value).__name__


def _advice(value: object) -> str | None:
    if value is None:
        return "Filters have no null; leave the condition out."
    if isinstance(value, Field):
        return "A field is compared with a value, not with another field."
    if isinstance(value, date) and not isinstance(value, datetime):
        return "Give a datetime, which says when the day begins, or the text itself."
    if isinstance(value, datetime) and _is_valid(value):
        return "It has no time zone. Write datetime(…, tzinfo=UTC), or value.astimezone() for local time."
    if isinstance(value, timedelta):
        return "Give a point in time: datetime.now(UTC) - timedelta(days=1). Lengths are numbers in the service's own unit."
    if isinstance(value, bytes | bytearray | memoryview):
        return 'Give text: value.decode("utf-8").'
    if isinstance(value, list | tuple | set | frozenset):
        return "Use in_(…) or out(…) for several values."
    return None
